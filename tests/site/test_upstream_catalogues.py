"""Whatever a third-party package says, it says in French and in Arabic.

The packages' own catalogues have gaps, and a gap shows nowhere as untranslated: the message is
simply absent. So what a package *can* say is read from its English catalogue and from its source,
and compared with what Django would load. ``locale/upstream`` fills the difference.
"""

import ast
import os
import re
import shutil
from collections import Counter
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import translation
from django.utils.formats import date_format
from wagtail.admin.views.i18n import js_catalog

ROOT = Path(__file__).parents[2]
UPSTREAM = ROOT / "locale" / "upstream"
LANGUAGES = ("fr", "ar")
DOMAINS = ("django", "djangojs")
# French has a third form, for millions, in the scripts of Wagtail; Django's own does without.
PLURAL_FORMS = {
    ("fr", "django"): 2,
    ("fr", "djangojs"): 3,
    ("ar", "django"): 6,
    ("ar", "djangojs"): 6,
}
OUR_OWN = {"ess_pages", "ess_forum", "ess_site", "tests"}

every_catalogue = pytest.mark.parametrize(
    ("language", "domain"), [(language, domain) for domain in DOMAINS for language in LANGUAGES]
)


class Message(NamedTuple):
    """The key under which gettext looks a message up."""

    context: str | None
    id: str
    plural: bool

    @classmethod
    def of(cls, entry):
        return cls(entry.msgctxt, entry.msgid, bool(entry.msgid_plural))


def packages():
    """The names of Django and of every installed app that is not ours."""
    apps_of_others = [
        app.name for app in apps.get_app_configs() if app.name.partition(".")[0] not in OUR_OWN
    ]
    return ["django", *apps_of_others]


def folder_of(package):
    """The folder of a package, installed as an app or not; Django keeps its texts in conf."""
    name = "django.conf" if package == "django" else package
    return Path(find_spec(name).origin).parent


# What the packages can say -----------------------------------------------------------------------


@cache
def said(package, domain):
    """The messages of a package, translated or not."""
    folder = folder_of(package)
    messages = said_in_catalogues(folder / "locale", domain)
    return messages | said_in_python(folder) if domain == "django" else messages


def said_in_catalogues(locale, domain):
    """The English catalogue lists every message; without one, all languages together do."""
    english = locale / "en" / "LC_MESSAGES" / f"{domain}.po"
    catalogues = [english] if english.exists() else locale.glob(f"*/LC_MESSAGES/{domain}.[mp]o")
    return {Message.of(entry) for catalogue in catalogues for entry in entries(catalogue)}


def said_in_python(folder):
    """The messages which the modules hand to gettext: some packages' catalogues lag behind them."""
    return {
        message
        for module in modules(folder)
        if b"gettext" in (source := module.read_bytes())
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and (message := message_of_call(node))
    }


def modules(folder):
    """The modules of a package, without those of packages inside it that bring a catalogue."""
    for path, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if name not in {"migrations", "test", "tests"}
            and not Path(path, name, "locale").exists()
        ]
        yield from (Path(path, name) for name in files if name.endswith(".py"))


def message_of_call(call):
    """The message of a call such as ``pgettext("context", "id")``, or None for any other call."""
    name = getattr(call.func, "attr", None) or getattr(call.func, "id", "")
    kind = re.fullmatch(r"_|(n?)(p?)gettext(?:_lazy|_noop)?", name)
    if not kind:
        return None
    plural, context = bool(kind[1]), bool(kind[2])
    texts_given = call.args[: 1 + plural + context]
    literals = [arg.value for arg in texts_given if isinstance(arg, ast.Constant)]
    if len(literals) < 1 + plural + context:
        return None
    return Message(literals[0] if context else None, literals[context], plural)


# What Django would show --------------------------------------------------------------------------


@cache
def entries(catalogue):
    """The entries of a .po or .mo file; none if there is no such file."""
    if not catalogue.exists():
        return []
    read = polib.mofile if catalogue.suffix == ".mo" else polib.pofile
    return [entry for entry in read(str(catalogue)) if entry.msgid and not entry.obsolete]


def upstream(language, domain):
    return entries(UPSTREAM / language / "LC_MESSAGES" / f"{domain}.po")


def shown_by_package(package, language, domain):
    """A package's own translations, from the compiled catalogue: that is the one Django loads."""
    catalogue = folder_of(package) / "locale" / language / "LC_MESSAGES" / f"{domain}.mo"
    return {Message.of(entry): entry for entry in entries(catalogue)}


@cache
def shown(package, language, domain):
    """The translations that serve a package's messages.

    Django merges the "django" domain of all packages. The admin's scripts get the "djangojs"
    domain of one package at a time. The site's own catalogues come on top of either.
    """
    first_wins = [*packages()[1:], "django"] if domain == "django" else [package]
    translations = {
        Message.of(entry): entry for entry in upstream(language, domain) if entry.translated()
    }
    for source in first_wins:
        translations = shown_by_package(source, language, domain) | translations
    return translations


def texts(entry):
    return [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]


def everything_shown(language, domain):
    """Pairs of a message and the entry that translates it, for all that the packages say."""
    for package in packages():
        translations = shown(package, language, domain)
        for message in said(package, domain) & translations.keys():
            yield message, translations[message]


@every_catalogue
def test_every_message_of_the_packages_is_translated(language, domain):
    missing = {
        f"{package}: {message.context or ''} {message.id!r}"
        for package in packages()
        for message in said(package, domain) - shown(package, language, domain).keys()
    }

    assert not missing


@every_catalogue
def test_translations_keep_the_placeholders_of_their_message(language, domain):
    broken = {
        f"{message.id!r} → {text!r}"
        for message, entry in everything_shown(language, domain)
        for text in texts(entry)
        if not keeps_placeholders(entry, text)
    }

    assert not broken


# The percent sign is optional, so that one lost in translation shows as a difference.
NAMED = re.compile(r"%?\(\w{2,}\)[sd](?!\w)|\{\w*\}")
POSITIONAL = re.compile(r"%[sdifr]")


def keeps_placeholders(entry, text):
    """Every placeholder stays; only the number of a plural may become a word ("two pages")."""
    if not entry.msgid_plural:
        return Counter(POSITIONAL.findall(text)) == Counter(
            POSITIONAL.findall(entry.msgid)
        ) and set(NAMED.findall(text)) == set(NAMED.findall(entry.msgid))
    singular, plural = set(NAMED.findall(entry.msgid)), set(NAMED.findall(entry.msgid_plural))
    kept = set(NAMED.findall(text))
    return (
        kept <= singular | plural
        and len((singular & plural) - kept) <= 1
        and POSITIONAL.findall(text) == POSITIONAL.findall(entry.msgid_plural)
    )


@every_catalogue
def test_translations_keep_the_space_that_joins_them_to_what_follows(language, domain):
    glued = {
        f"{message.id!r} → {text!r}"
        for message, entry in everything_shown(language, domain)
        for text in texts(entry)
        if message.id.endswith(" ") and not text.endswith(" ")
    }

    assert not glued


@every_catalogue
def test_upstream_entries_have_all_their_forms(language, domain):
    incomplete = [
        entry.msgid
        for entry in upstream(language, domain)
        if not entry.translated() or len(texts(entry)) not in {1, PLURAL_FORMS[language, domain]}
    ]

    assert not incomplete


@every_catalogue
def test_upstream_holds_only_what_the_package_named_in_the_comment_says(language, domain):
    stale = [
        f"{entry.comment}: {entry.msgid!r}"
        for entry in upstream(language, domain)
        if Message.of(entry) not in said(entry.comment, domain)
    ]

    assert not stale


@every_catalogue
def test_upstream_translations_keep_the_markup_of_their_message(language, domain):
    tag = re.compile(r"</?\w[^>]*>")
    broken = {
        f"{entry.msgid!r} → {text!r}"
        for entry in upstream(language, domain)
        for text in texts(entry)
        if Counter(tag.findall(text)) != Counter(tag.findall(entry.msgid))
    }

    assert not broken


# Names that Arabic writes in Latin letters as well.
INTERNATIONAL = {"IPv4", "IPv6"}


@pytest.mark.parametrize("domain", DOMAINS)
def test_arabic_translations_are_in_arabic(domain):
    latin = {
        f"{message.id!r} → {text!r}"
        for message, entry in everything_shown("ar", domain)
        for text in texts(entry)
        if message.id not in INTERNATIONAL
        and re.search(r"[A-Za-z]{2}", words := NAMED.sub("", text))
        and not re.search(r"[\u0620-\u064A]", words)
    }

    assert not latin


@pytest.mark.parametrize("domain", DOMAINS)
def test_arabic_translations_close_their_direction_marks(domain):
    unclosed = {
        f"{message.id!r} → {text!r}"
        for message, entry in everything_shown("ar", domain)
        for text in texts(entry)
        if len(re.findall("[\u202a\u202b]", text)) != text.count("\u202c")
        or len(re.findall("[\u2066\u2067\u2068]", text)) != text.count("\u2069")
    }

    assert not unclosed


# What Django does with it ------------------------------------------------------------------------


def test_filters_of_the_admin_are_an_app_so_that_django_loads_their_catalogue():
    assert apps.is_installed("django_filters")


@pytest.fixture
def compiled_upstream(tmp_path, settings):
    shutil.copytree(UPSTREAM, tmp_path / "upstream", ignore=shutil.ignore_patterns("*.mo"))
    settings.LOCALE_PATHS = [tmp_path / "upstream"]
    call_command("compilemessages", verbosity=0)


@pytest.mark.usefixtures("compiled_upstream")
def test_arabic_dates_name_the_months_as_algeria_does():
    with translation.override("ar"):
        named = [
            {date_format(date(2026, month, 1), code) for code in ("F", "M", "b", "N", "E")}
            for month in range(1, 13)
        ]

    assert named == [
        {"جانفي"}, {"فيفري"}, {"مارس"}, {"أفريل"}, {"ماي"}, {"جوان"},
        {"جويلية"}, {"أوت"}, {"سبتمبر"}, {"أكتوبر"}, {"نوفمبر"}, {"ديسمبر"},
    ]  # fmt: skip


@pytest.mark.usefixtures("compiled_upstream")
def test_scripts_of_the_admin_get_the_translations(rf):
    with translation.override("ar"):
        script = js_catalog(rf.get("/")).content.decode()

    assert '"Changes have been autosaved.": "\\u062d' in script
