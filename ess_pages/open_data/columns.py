"""The columns of the open data of a directory: what is written, and what an import reads."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.rich_text import get_text_for_indexing

from ..countries import country_name
from ..models import ActorPage, PracticePage
from ..models.directory import DirectoryPage

# What stands between the values of a cell that holds several.
SEPARATOR = " | "

Value = str | int | float | list[str] | dict[str, Any] | None


def flat(value: Value) -> str | int | float | None:
    """Return the value as one cell holds it."""
    if isinstance(value, bool):
        return _now("yes") if value else _now("no")
    if isinstance(value, list):
        return SEPARATOR.join(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value


@dataclass(frozen=True)
class Column:
    """A column: `name` for programs, the same for ever; `label` for people, in their language.

    `value` returns what a page has there: a text, a number, nothing, or where `many` a list of
    texts. Records are told by their name in the active language. The page has been through
    `entries.complete`, which spares a query for each.
    """

    name: str
    label: Promise
    value: Callable[[Any], Value]
    many: bool = False


def _record(name: str) -> Callable[[Any], Value]:
    return lambda page: (record := getattr(page, name)) and record.name


def _records(name: str) -> Callable[[Any], Value]:
    return lambda page: [record.name for record in getattr(page, name).all()]


def _contact(kind: str) -> Callable[[Any], Value]:
    return lambda page: page.contacts.get(kind)


def _exchanges(kind: str) -> Callable[[Any], Value]:
    return lambda page: [
        exchange.title for exchange in page.current_exchanges if exchange.kind == kind
    ]


def _networks(page: ActorPage) -> Value:
    return [actor.title for actor in page.network_actors] + page.network_names


def _text(name: str) -> Callable[[Any], Value]:
    return lambda page: get_text_for_indexing(getattr(page, name))


def _day(name: str) -> Callable[[Any], Value]:
    def day(page: Any) -> Value:
        moment = getattr(page, name)
        return moment and timezone.localdate(moment).isoformat()

    return day


IDENTITY = (
    Column("id", _("identifier"), lambda page: str(page.translation_key)),
    Column("language", _("language"), attrgetter("locale.language_code")),
    Column("title", _("name"), attrgetter("title")),
    Column("summary", _("summary"), attrgetter("summary")),
)
PLACE = (
    Column("country", _("country code"), attrgetter("country")),
    Column("country_name", _("country"), lambda page: country_name(page.country)),
    Column("wilaya", _("wilaya"), _record("wilaya")),
    Column("wilaya_code", _("wilaya code"), lambda page: page.wilaya and page.wilaya.code),
    Column("locality", _("commune or town"), attrgetter("locality")),
)
SUBJECTS = (
    Column("sectors", _("sectors"), _records("sectors"), many=True),
    Column("topics", _("topics"), _records("topics"), many=True),
    Column("target_groups", _("target groups"), _records("target_groups"), many=True),
)
PUBLICATION = (
    Column("first_published", _("published on"), _day("first_published_at")),
    Column("last_published", _("updated on"), _day("last_published_at")),
    Column("url", _("page"), attrgetter("full_url")),
)
ACTOR_COLUMNS = (
    *IDENTITY,
    Column("sphere", _("sphere"), _record("sphere")),
    Column("legal_form", _("legal form"), _record("legal_form")),
    Column("founded", _("founded in"), attrgetter("founded")),
    *PLACE,
    *SUBJECTS,
    Column("people", _("number of people"), attrgetter("people")),
    Column("women", _("women among them"), attrgetter("women")),
    Column("men", _("men among them"), attrgetter("men")),
    Column("products", _("products and services"), attrgetter("products")),
    Column("website", _("website"), attrgetter("website")),
    Column(
        "contacts_consent",
        _("contacts may be published"),
        lambda page: _now("yes") if page.contacts_consent else _now("no"),
    ),
    Column("contact_name", _("contact person"), _contact("name")),
    Column("email", _("e-mail address"), _contact("email")),
    Column("phone", _("telephone"), _contact("phone")),
    Column("address", _("postal address"), _contact("address")),
    Column("networks", _("networks"), _networks, many=True),
    Column("links", _("links"), lambda page: [link.url for link in page.links.all()], many=True),
    Column("offers", _("offers"), _exchanges("offer"), many=True),
    Column("needs", _("needs"), _exchanges("need"), many=True),
    *PUBLICATION,
)
PRACTICE_COLUMNS = (
    *IDENTITY,
    Column("since", _("since"), attrgetter("since")),
    *PLACE,
    *SUBJECTS,
    Column("problem", _("problem"), _text("problem")),
    Column("approach", _("approach"), _text("approach")),
    Column("results", _("results"), _text("results")),
    Column(
        "figures",
        _("figures"),
        lambda page: [f"{row.value} {row.label}" for row in page.figures.all()],
        many=True,
    ),
    Column("requirements", _("what it takes to do it again"), _text("requirements")),
    Column("costs", _("costs"), _text("costs")),
    Column("partners", _("partners"), _text("partners")),
    Column("evidence", _("evidence"), _text("evidence")),
    Column(
        "carriers",
        _("carried by"),
        lambda page: [actor.title for actor in page.carrying_actors],
        many=True,
    ),
    Column("score", _("score out of 5"), attrgetter("score")),
    *PUBLICATION,
)
COLUMNS: dict[type[DirectoryPage], tuple[Column, ...]] = {
    ActorPage: ACTOR_COLUMNS,
    PracticePage: PRACTICE_COLUMNS,
}
