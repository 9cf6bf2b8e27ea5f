"""What our own sources say is in our own catalogues, complete, in French and in Arabic."""

import shutil
import subprocess
from contextlib import chdir
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "locale"
PARTS = ("site", "ess_pages", "ess_forum")
LANGUAGES = ("fr", "ar")

pytestmark = pytest.mark.skipif(
    not shutil.which("xgettext"), reason="GNU gettext is not installed: no xgettext to compare with"
)
every_catalogue = pytest.mark.parametrize(
    ("part", "language"), [(part, language) for part in PARTS for language in LANGUAGES]
)


def catalogues(locale, part, language):
    """The .po files of one part of the house in one language."""
    return sorted((locale / part / language / "LC_MESSAGES").glob("*.po"))


def messages(locale, part, language):
    return {
        (catalogue.stem, entry.msgctxt, entry.msgid, entry.msgid_plural)
        for catalogue in catalogues(locale, part, language)
        for entry in polib.pofile(str(catalogue))
        if not entry.obsolete
    }


@pytest.fixture(scope="module")
def remade(tmp_path_factory):
    """The catalogues as `makemessages` makes them, from a copy of the sources."""
    root = tmp_path_factory.mktemp("house")
    for part in PARTS:
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        if (LOCALE / part).exists():
            shutil.copytree(LOCALE / part, root / "locale" / part)
    paths = [root / "locale" / part for part in PARTS]
    with override_settings(LOCALE_PATHS=paths), chdir(root):
        call_command("makemessages", verbosity=0)
    return root / "locale"


@every_catalogue
def test_catalogue_holds_exactly_the_messages_of_the_sources(part, language, remade):
    assert messages(LOCALE, part, language) == messages(remade, part, language)


@every_catalogue
def test_every_message_is_translated_for_good(part, language):
    unfinished = [
        entry.msgid
        for catalogue in catalogues(LOCALE, part, language)
        for entry in polib.pofile(str(catalogue))
        if entry.obsolete or entry.fuzzy or not entry.translated()
    ]

    assert not unfinished


@every_catalogue
def test_placeholders_and_plural_forms_are_those_of_the_message(part, language, tmp_path):
    for catalogue in catalogues(LOCALE, part, language):
        check = ["msgfmt", "--check-format", "--check-header", "-o", tmp_path / "checked.mo"]
        checked = subprocess.run([*check, catalogue], capture_output=True, text=True)

        assert checked.returncode == 0, checked.stderr
