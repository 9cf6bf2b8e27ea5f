"""Collect the messages of each part of the house into the catalogue of the same name."""

from pathlib import Path

from django.conf import settings
from django.core.management.commands import makemessages

DOMAINS = ("django", "djangojs")

HEADER = r"""msgid ""
msgstr ""
"Project-Id-Version: wagtail-ess\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"""


class Command(makemessages.Command):
    """Django's command, with a catalogue for each folder and all settings made."""

    help = (
        "Writes the messages of a folder such as ess_pages/ into the LOCALE_PATHS entry of the "
        "same name, in every language of the site. Run it from the root of the repository."
    )
    # A guessed translation reads as a finished one: a new message starts empty instead.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser):
        """Keep Django's options, with the defaults of this repository."""
        super().add_arguments(parser)
        parser.set_defaults(
            locale=[code for code, _name in settings.LANGUAGES],
            domain=None,
            ignore_patterns=["site/static"],
            # Line numbers and obsolete entries would change a catalogue with no message changed.
            add_location="file",
            no_obsolete=True,
        )

    def handle(self, *args, **options):
        """Collect the messages of Python and templates, then those of scripts."""
        for domain in [options["domain"]] if options["domain"] else DOMAINS:
            super().handle(*args, **{**options, "domain": domain})

    def find_files(self, root):
        """Return the files under each folder that has a catalogue, bound to that catalogue."""
        found = []
        for catalogue in map(Path, settings.LOCALE_PATHS):
            for file in super().find_files(catalogue.name):
                catalogue.mkdir(parents=True, exist_ok=True)
                file.locale_dir = str(catalogue)
                found.append(file)
        return found

    def build_potfiles(self):
        """Give the templates our own header: it holds no date, nor blanks to be filled in."""
        potfiles = super().build_potfiles()
        for potfile in map(Path, potfiles):
            _header, _blank_line, messages = potfile.read_text("utf-8").partition("\n\n")
            potfile.write_text(f"{HEADER}\n{messages}", "utf-8")
        return potfiles

    def copy_plural_forms(self, msgs, locale):
        """Say the language of a new catalogue, beside its plural forms."""
        language = f'"Language: {locale}\\n"\n'
        return super().copy_plural_forms(msgs.replace('"MIME', f'{language}"MIME', 1), locale)
