"""By what a directory is narrowed, and how many entries there are of each kind.

Within a facet, values are alternatives; facets narrow one another. A condition never joins rows to
the entries, so that each stays one row, whatever is chosen.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from ess_ground.words import folded

from ..countries import HOME_COUNTRY, country_choices
from ..links import in_language
from ..models import (
    ActorPage,
    DocumentText,
    Institution,
    LegalForm,
    PracticeCarrier,
    PracticePage,
    Recommendation,
    RecommendationPage,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
    Workshop,
)
from ..models.base import ContentPage
from ..models.meetings import shown_workshops
from ..models.records import ReferenceRecord


@dataclass(frozen=True)
class Value:
    """A value of a facet: how addresses, people and the database know it."""

    slug: str
    name: str | Promise
    key: Hashable


@dataclass(frozen=True, eq=False)
class Facet:
    """A question that entries answer: `name` in addresses, `label` for people."""

    name: str
    label: Promise

    def values(self) -> list[Value]:
        """Return the values that there are, in the order to show them."""
        raise NotImplementedError

    def condition(self, model: type[ContentPage], keys: Collection[Hashable]) -> Q:
        """Return the condition that entries of this model meet which have one of these values."""
        raise NotImplementedError

    def counts(self, entries: QuerySet[ContentPage]) -> Mapping[Hashable, int]:
        """Return how many of the entries have each value, by its key. One query."""
        raise NotImplementedError


def narrowed(
    entries: QuerySet[ContentPage], chosen: Mapping[Facet, Collection[Value]]
) -> QuerySet[ContentPage]:
    """Return the entries that have, of each facet, one of the values chosen."""
    return entries.filter(
        *[
            facet.condition(entries.model, [value.key for value in values])
            for facet, values in chosen.items()
            if values
        ]
    )


def counts(
    questions: Iterable[tuple[Facet, QuerySet[ContentPage]]],
) -> dict[Facet, Mapping[Hashable, int]]:
    """Return how many entries have each value of each facet, by its key.

    One query for each facet; and one for all those together that are read from columns of the same
    entries.
    """
    answers: dict[Facet, Mapping[Hashable, int]] = {}
    by_columns: dict[QuerySet, list[ColumnFacet]] = {}
    for facet, entries in questions:
        if isinstance(facet, ColumnFacet):
            by_columns.setdefault(entries, []).append(facet)
        else:
            answers[facet] = facet.counts(entries)
    for entries, facets in by_columns.items():
        answers |= _counts_by_columns(entries, facets)
    return answers


def _counts_by_columns(
    entries: QuerySet[ContentPage], facets: list["ColumnFacet"]
) -> dict[Facet, Mapping[Hashable, int]]:
    columns = {facet.column for facet in facets}
    numbers: list[Counter] = [Counter() for _facet in facets]
    for row in entries.order_by().values(*columns).annotate(number=Count("pk")):
        for facet, counter in zip(facets, numbers, strict=True):
            counter[facet.key(row[facet.column])] += row["number"]
    return dict(zip(facets, numbers, strict=True))


# What a column of the entry says


@dataclass(frozen=True, eq=False)
class ColumnFacet(Facet):
    """What a column of the entry says."""

    column: str

    def key(self, value: Hashable) -> Hashable:
        """Return the key of the value that the facet sees in what the column holds."""
        return value

    def condition(self, model: type[ContentPage], keys: Collection[Hashable]) -> Q:
        """Return the condition that the column holds one of these."""
        return Q(**{f"{self.column}__in": keys})

    def counts(self, entries: QuerySet[ContentPage]) -> Mapping[Hashable, int]:
        """Count the entries by what the column holds."""
        return _counts_by_columns(entries, [self])[self]


@dataclass(frozen=True, eq=False)
class RecordFacet(ColumnFacet):
    """A reference record to which a field of the entry points."""

    record: type[ReferenceRecord]

    def values(self) -> list[Value]:
        """Return the records in the order of their list."""
        return _records(self.record)


@dataclass(frozen=True, eq=False)
class StateFacet(ColumnFacet):
    """How far a recommendation has come on its road."""

    def values(self) -> list[Value]:
        """Return the states, in the order of the road."""
        return [Value(state.value, state.label, state.value) for state in Recommendation.State]


@dataclass(frozen=True, eq=False)
class WorkshopFacet(ColumnFacet):
    """The workshop that a recommendation comes from, whatever the language of either."""

    def values(self) -> list[Value]:
        """Return the workshops that have recommendations, those of the last meeting first."""
        origins = Workshop.objects.filter(recommendations__isnull=False).distinct()
        ordered = origins.order_by("-meeting__starts_on", "sort_order", "pk")
        return [
            Value(workshop.translation_key.hex[:8], workshop.title, workshop.translation_key)
            for workshop in in_language(shown_workshops(), dict.fromkeys(ordered))
        ]


@dataclass(frozen=True, eq=False)
class CountryFacet(ColumnFacet):
    """The country of an entry that is established abroad."""

    def values(self) -> list[Value]:
        """Return the countries by their names in the active language."""
        values = [
            Value(code.lower(), str(name), code)
            for code, name in country_choices()
            if code != HOME_COUNTRY
        ]
        return sorted(values, key=lambda value: folded(str(value.name)))


@dataclass(frozen=True, eq=False)
class AbroadFacet(ColumnFacet):
    """In Algeria (0) or abroad (1)."""

    def values(self) -> list[Value]:
        """Return the two."""
        return [Value("0", _("In Algeria"), False), Value("1", _("Abroad"), True)]

    def key(self, value: Hashable) -> Hashable:
        """Return whether a country is abroad."""
        return value != HOME_COUNTRY

    def condition(self, model: type[ContentPage], keys: Collection[Hashable]) -> Q:
        """Return the condition that the entry is here, or elsewhere, or either."""
        here = Q(country=HOME_COUNTRY)
        return (here if False in keys else Q(pk__in=[])) | (~here if True in keys else Q(pk__in=[]))


# What rows beside the entry say


@dataclass(frozen=True, eq=False)
class SubjectFacet(Facet):
    """Reference records of which an entry has any number, by a field that takes several."""

    field: str
    record: type[ReferenceRecord]

    def values(self) -> list[Value]:
        """Return the records in the order of their list."""
        return _records(self.record)

    def condition(self, model: type[ContentPage], keys: Collection[Hashable]) -> Q:
        """Return the condition that the entry has one of these records."""
        rows, entry, target = self._rows(model)
        return Q(pk__in=rows.filter(**{f"{target}__in": keys}).values(entry))

    def counts(self, entries: QuerySet[ContentPage]) -> dict[Hashable, int]:
        """Count the entries by record, each once for every record that it has."""
        rows, entry, target = self._rows(entries.model)
        rows = rows.filter(**{f"{entry}__in": entries.order_by()}).order_by()
        return dict(rows.values_list(target).annotate(number=self._count(entry)))

    def _rows(self, model: type[ContentPage]) -> tuple[QuerySet, str, str]:
        """Return the rows between entries and records, and the two fields to go by."""
        field = model._meta.get_field(self.field)
        rows = field.remote_field.through.objects.all()
        return rows, field.m2m_field_name(), field.m2m_reverse_field_name()

    def _count(self, entry: str) -> Count:
        return Count(entry)


@dataclass(frozen=True, eq=False)
class CarrierFacet(SubjectFacet):
    """What the actors are that carry a practice, as far as they are published."""

    def _rows(self, model: type[ContentPage]) -> tuple[QuerySet, str, str]:
        carriers = PracticeCarrier.objects.filter(actor__live=True)
        return carriers, "practice", f"actor__{self.field}"

    def _count(self, entry: str) -> Count:
        return Count(entry, distinct=True)  # two carriers of a kind are one practice


@dataclass(frozen=True, eq=False)
class LanguageFacet(Facet):
    """The languages in which an entry can be read: one in both counts in both."""

    def values(self) -> list[Value]:
        """Return the languages of the site, named in the active one."""
        return [
            Value(code, get_language_info(code)["name_translated"], key)
            for key, code in Locale.objects.order_by("pk").values_list("pk", "language_code")
        ]

    def condition(self, model: type[ContentPage], keys: Collection[Hashable]) -> Q:
        """Return the condition that the entry is published in one of these languages."""
        versions = model.objects.live().filter(locale__in=keys).order_by()
        # The version at hand is the quickest to look at.
        same = versions.filter(translation_key=OuterRef("translation_key"))
        return Q(locale__in=keys) | Q(Exists(same))

    def counts(self, entries: QuerySet[ContentPage]) -> dict[Hashable, int]:
        """Count the entries by the languages that they are published in."""
        keys = list(Locale.objects.values_list("pk", flat=True))
        counts = {
            f"in_{key}": Count("pk", filter=self.condition(entries.model, [key])) for key in keys
        }
        numbers = entries.order_by().aggregate(**counts)
        return {key: numbers[f"in_{key}"] for key in keys}


@dataclass(frozen=True, eq=False)
class InstitutionFacet(Facet):
    """The institutions that a recommendation was handed over to."""

    def values(self) -> list[Value]:
        """Return the institutions that something was handed over to, by name."""
        addressed = Institution.objects.filter(decision_makers__handovers__isnull=False).distinct()
        values = [Value(str(record.pk), record.name, record.pk) for record in addressed]
        return sorted(values, key=lambda value: folded(str(value.name)))

    def condition(self, model: type[ContentPage], keys: Collection[Hashable]) -> Q:
        """Return the condition that one of these institutions has received it."""
        received = DocumentText.objects.filter(**{f"{self._INSTITUTION}__in": keys})
        return Q(recommendation__in=received.values("recommendation"))

    def counts(self, entries: QuerySet[ContentPage]) -> dict[Hashable, int]:
        """Count the recommendations by institution, each once for every one that received it."""
        texts = DocumentText.objects.order_by().exclude(**{self._INSTITUTION: None})
        texts = texts.filter(recommendation__in=entries.order_by().values("recommendation"))
        number = Count("recommendation", distinct=True)
        return dict(texts.values_list(self._INSTITUTION).annotate(number=number))

    _INSTITUTION = "document__handovers__decision_maker__institution"


def _records(model: type[ReferenceRecord]) -> list[Value]:
    return [Value(record.slug, record.name, record.pk) for record in model.objects.all()]


# The facets of each directory, in the order to show them

WILAYA = RecordFacet("wilaya", _("Wilaya"), "wilaya", Wilaya)
ABROAD = AbroadFacet("abroad", _("Algeria or abroad"), "country")
COUNTRY = CountryFacet("country", _("Country"), "country")
LANGUAGE = LanguageFacet("language", _("Language"))
STATE = StateFacet("status", _("State"), "recommendation__state")
PLACES = (WILAYA, ABROAD, COUNTRY)
SUBJECTS = (
    SubjectFacet("sector", _("Sector"), "sectors", Sector),
    SubjectFacet("topic", _("Topic"), "topics", Topic),
    SubjectFacet("target_group", _("Target group"), "target_groups", TargetGroup),
)
FACETS: Mapping[type[Model], tuple[Facet, ...]] = {
    ActorPage: (
        *PLACES,
        RecordFacet("sphere", _("Sphere"), "sphere", Sphere),
        *SUBJECTS,
        RecordFacet("legal_form", _("Legal form"), "legal_form", LegalForm),
        LANGUAGE,
    ),
    PracticePage: (
        *PLACES,
        *SUBJECTS,
        CarrierFacet("sphere", _("Sphere"), "sphere", Sphere),
        CarrierFacet("legal_form", _("Legal form"), "legal_form", LegalForm),
        LANGUAGE,
    ),
    RecommendationPage: (
        STATE,
        WorkshopFacet("workshop", _("Workshop"), "workshop__translation_key"),
        SubjectFacet("topic", _("Topic"), "topics", Topic),
        InstitutionFacet("institution", _("Institution")),
    ),
}
