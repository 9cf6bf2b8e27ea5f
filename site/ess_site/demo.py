"""Loads `site/demo/` by the road that editors take.

French pages are created and published, submitted to wagtail-localize, translated by the PO file
that it exports, filled in from `ar.po`, and published in Arabic.
"""

import json
import re
import uuid
from collections.abc import Callable
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
from wagtail.fields import StreamField
from wagtail.models import Locale, Page, Site
from wagtail_localize.models import Translation
from wagtail_localize.operations import translate_object

FOLDER = Path(__file__).resolve().parents[1] / "demo"
# Development only: see settings.DEMO_ACCOUNTS.
PASSWORD = "ensemble-2016"  # noqa: S105
ACCOUNTS = {
    "editor@example.org": ["Editors"],
    "moderator@example.org": ["Moderators"],
    "member@example.org": [],
}


class DemoError(Exception):
    """The demonstration content does not hold together."""


def create_accounts() -> None:
    """Create the demo accounts, their e-mail addresses verified."""
    for email, groups in ACCOUNTS.items():
        name = email.partition("@")[0].capitalize()
        user = get_user_model().objects.create_user(
            email, PASSWORD, first_name="Demo", last_name=name
        )
        user.groups.set(Group.objects.filter(name__in=groups))
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


@transaction.atomic
def load(say: Callable[[str], Any]) -> None:
    """Create every page of `site/demo/`, in French and in Arabic.

    `say` is given a line for each step. Raises DemoError, having created nothing, when a text has
    no Arabic or an Arabic text has no use.
    """
    pages = _create_french()
    say(f"{len(pages)} pages published in French.")
    _translate(pages)
    say(f"{len(pages)} pages translated and published in Arabic.")


# French


def _create_french() -> list[Page]:
    made: dict[str, models.Model] = {}

    class Loader(yaml.SafeLoader):
        """Resolves `!ref key` and `!record list.slug` to primary keys."""

    Loader.add_constructor("!ref", lambda loader, node: made[node.value].pk)
    Loader.add_constructor("!record", lambda loader, node: _record(node.value).pk)
    with (FOLDER / "fr.yaml").open(encoding="utf-8") as file:
        # One document at a time, so that each can refer to what those before it have made.
        for document in yaml.load_all(file, Loader):
            _create(document, made)
    return [instance for instance in made.values() if isinstance(instance, Page)]


def _record(name: str) -> models.Model:
    kind, slug = name.split(".")
    return apps.get_model("ess_pages", kind)._default_manager.get(slug=slug)


def _create(document: dict, made: dict[str, models.Model]) -> None:
    key, fields = document["key"], document["fields"]
    if key in made:  # a page that comes first and links to what comes later
        _update_page(made[key], fields, made)
        return
    model = apps.get_model(document["model"])
    if issubclass(model, Page):
        parent = made[document["parent"]] if "parent" in document else None
        made[key] = _create_page(model, fields, parent, made)
    else:
        made[key] = _create_record(model, fields)


def _create_record(model, fields: dict) -> models.Model:
    instance = model()
    for name, value in fields.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.FileField):
            value = File((FOLDER / value).open("rb"), name=Path(value).name)
        setattr(instance, field.attname, value)
    instance.save()
    return instance


def _create_page(model, fields: dict, parent, made: dict) -> Page:
    data = {
        name: _value(model._meta.get_field(name), value, made) for name, value in fields.items()
    }
    page = model.from_serializable_data({"pk": None, "locale": Locale.get_default().pk, **data})
    if parent is None:
        _add_front_page(page)
    else:
        parent.refresh_from_db()
        parent.add_child(instance=page)
    page.save_revision().publish()
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
                **{k: _linked(v, made) for k, v in row.items() if k != "key"},
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
        translate_object(page, [target])
        translation = Translation.objects.get(
            source__object_id=page.translation_key, target_locale=target
        )
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
        translation.get_target_instance().get_latest_revision().publish()
    if unused or untranslated:
        lines = [f"no Arabic: {text}" for text in sorted(untranslated)]
        lines += [f"no use: {text}" for text in sorted(unused)]
        raise DemoError("\n".join(lines))
