"""Loads `site/demo/` by the road that editors take.

French pages are created and published, submitted to wagtail-localize, translated by the PO file
that it exports, filled in from `ar.po`, and published in Arabic. Records about pages are created
last: who came, what became of resolutions.
"""

import datetime
import json
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polib
import yaml
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files import File
from django.db import models, transaction
from django.utils import timezone
from wagtail.fields import StreamField
from wagtail.models import Locale, Page, Site
from wagtail_localize.models import TranslationSource

from ess_pages.actions.proposals import propose_entry

from . import demo_forum, demo_joining, demo_road
from .models import NetworkSettings
from .privacy.actions.consents import note_consent
from .privacy.models import ConsentText

FOLDER = Path(__file__).resolve().parents[1] / "demo"
# Development only: see settings.DEMO_ACCOUNTS.
PASSWORD = "ensemble-2016"  # noqa: S105
# Groups that are made up, as the association is.
NETWORKS = {
    "linkedin_group": "https://www.linkedin.com/groups/00000000/",
    "facebook_group": "https://www.facebook.com/groups/ess.exemple/",
}
ACCOUNTS = {
    "editor@example.org": ["Editors"],
    "moderator@example.org": ["Moderators"],
    "member@example.org": [],
}


class DemoError(Exception):
    """The demonstration content does not hold together."""


@transaction.atomic
def load(say: Callable[[str], Any], with_accounts: bool) -> None:
    """Create every page of `site/demo/`, in French and in Arabic, and the records about them.

    `say` is given a line for each step. Accounts, and what they did, are created where they are
    wanted. Raises DemoError, having created nothing, when a text has no Arabic or an Arabic text
    has no use.
    """
    made: dict[str, models.Model] = {}
    _create_all("fr.yaml", made)
    pages = [instance for instance in made.values() if isinstance(instance, Page)]
    say(f"{len(pages)} pages created in French.")
    _translate(pages)
    say(f"{len(pages)} pages translated into Arabic.")
    demo_road.write_texts(FOLDER / "texts.yaml", made)
    say("The texts of the recommendations written.")
    _create_all("records.yaml", made)
    if with_accounts:
        _create_accounts(made)
    NetworkSettings.objects.create(site=Site.objects.get(is_default_site=True), **NETWORKS)
    say("What happened around them recorded.")
    events = demo_road.play(FOLDER / "road.yaml", made)
    say(f"{events} events on the road of the recommendations played.")
    events = demo_forum.play(FOLDER / "forum.yaml", made)
    say(f"{events} events in the forum played.")
    if with_accounts:
        sent = demo_joining.play(FOLDER / "joining.yaml")
        say(f"{sent} people invited.")
    _agree(_publish_text())
    say("A text on personal data published, to which all accounts agree.")


def _create_accounts(made: dict[str, models.Model]) -> None:
    """Create the demo accounts, their e-mail addresses verified, and what they did."""
    users = {}
    for email in ACCOUNTS:
        name = email.partition("@")[0].capitalize()
        users[email] = get_user_model().objects.create_user(
            email, PASSWORD, first_name="Demo", last_name=name
        )
        EmailAddress.objects.create(user=users[email], email=email, verified=True, primary=True)
    _create_all("accounts.yaml", made)
    # Last: moderators would be sent a mail about what is proposed.
    for email, groups in ACCOUNTS.items():
        users[email].groups.set(Group.objects.filter(name__in=groups))


def _publish_text() -> ConsentText:
    """Publish the text on personal data, by nobody."""
    bodies = yaml.safe_load((FOLDER / "consent.yaml").read_text(encoding="utf-8"))
    return ConsentText.objects.create(number=1, body_fr=bodies["fr"], body_ar=bodies["ar"])


def _agree(text: ConsentText) -> None:
    """Have every account agree to it, as those do who sign up."""
    for user in get_user_model().objects.all():
        note_consent(user, text, settings.LANGUAGE_CODE)


# French


def _create_all(name: str, made: dict[str, Any]) -> None:
    """Create what a file describes; `made` is what its documents refer to, by key."""

    class Loader(yaml.SafeLoader):
        """Resolves references: `site/demo/README.md` lists them."""

    resolvers: dict[str, Callable[[str], Any]] = {
        "!ref": lambda key: made[key].pk,
        "!key": lambda key: made[key].translation_key,
        "!record": lambda name: _record(*name.split(".")).pk,
        "!records": lambda names: _records(*names.split()),
        "!user": lambda email: get_user_model().objects.get(email=email).pk,
        "!in_days": lambda days: _in_days(*days.split()),
    }
    for tag in resolvers:
        Loader.add_constructor(tag, lambda loader, node: resolvers[node.tag](node.value))
    with (FOLDER / name).open(encoding="utf-8") as file:
        # One document at a time, so that each can refer to what those before it have made.
        for document in yaml.load_all(file, Loader):
            for one in _each(document):
                _create(one, made)


def _record(kind: str, slug: str) -> models.Model:
    return apps.get_model("ess_pages", kind)._default_manager.get(slug=slug)


def _records(kind: str, *slugs: str) -> list[int]:
    return [_record(kind, slug).pk for slug in slugs]


def _in_days(number: str, time: str | None = None) -> datetime.date | datetime.datetime:
    """Return the day so many days from today, or the day after the weekend that it falls in."""
    day = timezone.localdate() + datetime.timedelta(days=int(number))
    while day.isoweekday() in (5, 6):  # Friday and Saturday
        day += datetime.timedelta(days=1)
    if time is None:
        return day
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.fromisoformat(time)))


def _each(document: dict) -> Iterator[dict]:
    """Yield the document, or one for each of those that share its model and fields."""
    if "each" not in document:
        yield document
        return
    each, shared = document.pop("each"), document.pop("shared", {})
    for key, fields in each.items() if isinstance(each, dict) else ((None, one) for one in each):
        yield {**document, "key": key, "fields": {**shared, **fields}}


def _create(document: dict, made: dict[str, models.Model]) -> None:
    key, fields = document["key"], document["fields"]
    if key in made:  # a page that comes first and links to what comes later
        _update_page(made[key], fields, made)
        return
    model = apps.get_model(document["model"])
    parent = made[document["parent"]] if "parent" in document else None
    if not issubclass(model, Page):
        created = _create_record(model, fields)
    elif "proposed_by" in document:
        created = _propose(model, document, parent, made)
    else:
        created = _create_page(model, fields, parent, made)
    if key:
        made[key] = created


def _create_record(model, fields: dict) -> models.Model:
    instance = model()
    for name, value in fields.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.FileField):
            value = File((FOLDER / value).open("rb"), name=Path(value).name)
        setattr(instance, field.attname, value)
    instance.save()
    return instance


def _propose(model, document: dict, parent: Page, made: dict) -> models.Model:
    """Have a member put an entry to the editors, in its language."""
    language = document["language"]
    locale = Locale.objects.get(language_code=language)
    entry = _new_page(model, document["fields"], locale, made)
    user = get_user_model().objects.get(email=document["proposed_by"])
    section = parent.get_translation(locale) if parent.locale != locale else parent
    return propose_entry(user, section, entry, language, document["note"])


def _new_page(model, fields: dict, locale: Locale, made: dict) -> Page:
    data = {
        name: _value(model._meta.get_field(name), value, made) for name, value in fields.items()
    }
    return model.from_serializable_data({"pk": None, "locale": locale.pk, **data})


def _create_page(model, fields: dict, parent, made: dict) -> Page:
    page = _new_page(model, fields, Locale.get_default(), made)
    if parent is None:
        _add_front_page(page)
    else:
        parent.refresh_from_db()
        parent.add_child(instance=page)
    revision = page.save_revision(clean=False)  # it has just been validated
    if page.live:
        revision.publish()
    for name, rows in fields.items():
        if _is_child_relation(model._meta.get_field(name)):
            for row, child in zip(rows, getattr(page, name).all(), strict=True):
                if "key" in row:
                    made[row["key"]] = child
    return page


def _update_page(page, fields: dict, made: dict) -> None:
    page.refresh_from_db()
    for name, value in fields.items():
        field = page._meta.get_field(name)
        setattr(page, name, field.to_python(_value(field, value, made)))
    page.save_revision().publish()


def _value(field, value, made: dict):
    """Return a value of the file as wagtail serialises it."""
    if isinstance(field, StreamField):
        blocks = [{"type": kind, "value": v} for block in value for kind, v in block.items()]
        return json.dumps(_identified(_linked(blocks, made)))
    if _is_child_relation(field):
        return [
            {
                "pk": None,
                "sort_order": order,
                **{
                    field.related_model._meta.get_field(name).name: _linked(cell, made)
                    for name, cell in row.items()
                    if name != "key"
                },
            }
            for order, row in enumerate(value)
        ]
    return _linked(value, made)


def _is_child_relation(field) -> bool:
    return isinstance(field, models.ManyToOneRel)


def _linked(value, made: dict):
    """Put primary keys in the place of `{{key}}` in links between pages."""
    if isinstance(value, str):
        return re.sub(r"{{([\w-]+)}}", lambda match: str(made[match[1]].pk), value)
    if isinstance(value, list):
        return [_linked(item, made) for item in value]
    if isinstance(value, dict):
        return {key: _linked(item, made) for key, item in value.items()}
    return value


def _identified(blocks: list) -> list:
    """Give blocks and items of lists the ids by which their translations are kept."""
    for block in blocks:
        block["id"] = str(uuid.uuid4())
        if isinstance(block["value"], dict):
            for name, value in block["value"].items():
                if isinstance(value, list):
                    items = [{"type": "item", "value": item} for item in value]
                    block["value"][name] = _identified(items)
    return blocks


def _add_front_page(page: Page) -> None:
    """Put the page in the place of Wagtail's welcome page."""
    Page.get_first_root_node().add_child(instance=page)
    site = Site.objects.get(is_default_site=True)
    welcome, site.root_page = site.root_page, page
    site.site_name = settings.WAGTAIL_SITE_NAME
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    site.hostname, site.port = address.hostname, address.port or 80
    site.save()
    welcome.delete()


# Arabic


def _translate(pages: list[Page]) -> None:
    arabic = {entry.msgid: entry.msgstr for entry in polib.pofile(str(FOLDER / "ar.po"))}
    target = Locale.objects.get(language_code="ar")
    unused, untranslated = set(arabic), set()
    for page in pages:
        # What wagtail-localize does to a submission, less a first copy that is still in French.
        source, _created = TranslationSource.get_or_create_from_instance(page)
        translation = source.translations.create(target_locale=target)
        po = translation.export_po()
        for entry in po:
            entry.msgstr = arabic.get(entry.msgid, "")
            unused.discard(entry.msgid)
            if not entry.msgstr:
                untranslated.add(entry.msgid)
        translation.import_po(po)
        # Published here and not by save_target, which waits for the end of the transaction and
        # would then overwrite what the pages below have changed in this one.
        translation.save_target(publish=False)
        if page.live:
            translation.get_target_instance().get_latest_revision().publish()
    if unused or untranslated:
        lines = [f"no Arabic: {text}" for text in sorted(untranslated)]
        lines += [f"no use: {text}" for text in sorted(unused)]
        raise DemoError("\n".join(lines))
