"""The read API: Wagtail's, with the facets of the directories and the reference records."""

from itertools import groupby

from django.db.models import Model, QuerySet, prefetch_related_objects
from rest_framework.request import Request
from wagtail.api import APIField
from wagtail.api.v2.filters import FieldsFilter, OrderingFilter, SearchFilter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet

from ess_ground.words import asked

from ..api import RecordField
from ..directory.facets import FACETS, Facet, narrowed
from ..directory.search import condition
from ..models import (
    Criterion,
    LegalForm,
    Resource,
    Sector,
    Sphere,
    TargetGroup,
    Topic,
    Wilaya,
)
from ..models.base import ContentPage
from ..models.directory import DirectoryPage
from ..models.recommendations import RecommendationPage, load_texts, load_workshops
from ..open_data.entries import complete


def facets_of(model: type[Model]) -> dict[str, Facet]:
    """Return by name the facets of these pages: none, unless they are entries of a directory."""
    return {facet.name: facet for facet in FACETS.get(model, ())}


class FacetsFilter(FieldsFilter):
    """Narrows entries by slugs, as at the address of their directory; other pages by fields."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view) -> QuerySet:
        """Return the pages asked for. Raises BadRequestError for a value that a facet has not."""
        queryset = super().filter_queryset(request, queryset, view)
        chosen = {
            facet: _values(facet, request.GET.getlist(name))
            for name, facet in facets_of(queryset.model).items()
            if name in request.GET
        }
        return narrowed(queryset, chosen) if chosen else queryset


def _values(facet: Facet, slugs: list[str]) -> list:
    known = {value.slug: value for value in facet.values()}
    for slug in slugs:
        if slug not in known:
            raise BadRequestError(f"{facet.name}: {slug!r} is not known")
    return [known[slug] for slug in slugs]


class StemsFilter(SearchFilter):
    """Searches entries as their directory does, by stems; other pages as Wagtail does."""

    def filter_queryset(self, request: Request, queryset: QuerySet, view) -> QuerySet:
        """Return the pages that hold the words of `?search=`.

        Raises BadRequestError for words that PostgreSQL does not take.
        """
        if "\0" in request.GET.get("search", ""):
            raise BadRequestError("search: it holds a character that is none")
        if "search" not in request.GET or not issubclass(queryset.model, DirectoryPage):
            return super().filter_queryset(request, queryset, view)
        return queryset.filter(condition(queryset.model, asked(request.GET["search"])))


class EntriesAPIViewSet(PagesAPIViewSet):
    """Pages; of the entries of a directory, those that its facets leave."""

    known_query_parameters: frozenset[str] = PagesAPIViewSet.known_query_parameters
    filter_backends = [
        {FieldsFilter: FacetsFilter, SearchFilter: StemsFilter}.get(backend, backend)
        for backend in PagesAPIViewSet.filter_backends
    ]

    @classmethod
    def get_available_fields(cls, model: type[Model], db_fields_only: bool = False) -> list[str]:
        """Return the names of the fields: as filters, without those that a facet answers for."""
        fields = super().get_available_fields(model, db_fields_only)
        facets = facets_of(model) if db_fields_only else {}
        return [name for name in fields if name not in facets]

    def check_query_parameters(self, queryset: QuerySet) -> None:
        """Refuse parameters that are neither filters nor facets of these pages."""
        self.known_query_parameters = self.known_query_parameters.union(facets_of(queryset.model))
        super().check_query_parameters(queryset)

    def paginate_queryset(self, queryset: QuerySet) -> list:
        """Return the pages of the answer, entries with all that they say: no query for each."""
        pages = list(super().paginate_queryset(queryset))
        if issubclass(queryset.model, DirectoryPage):
            prefetch_related_objects(pages, "locale", "image__renditions")
            for language, group in _by_language(pages):
                complete(group, language)
        elif queryset.model is RecommendationPage and pages:
            prefetch_related_objects(
                pages, "locale", "recommendation", "workshop", "topics", "image__renditions"
            )
            load_texts(pages)
            for language, group in _by_language(pages):
                load_workshops(group, language)
        return pages


def _by_language(pages: list) -> list[tuple[str, list]]:
    groups = groupby(sorted(pages, key=_language), key=_language)
    return [(language, list(group)) for language, group in groups]


def _language(page: ContentPage) -> str:
    return page.locale.language_code


# Reference records


class RecordsAPIViewSet(BaseAPIViewSet):
    """The records of a reference list, told in both languages."""

    filter_backends = [FieldsFilter, OrderingFilter, SearchFilter]
    body_fields = [*BaseAPIViewSet.body_fields, "slug", "name_fr", "name_ar"]

    @classmethod
    def get_listing_default_fields(cls, model: type[Model]) -> list[str]:
        """Return all the fields: a record has few."""
        return cls.get_available_fields(model)

    def get_queryset(self) -> QuerySet:
        """Return the records in the order of their list."""
        return self.model.objects.all()


class WilayasAPIViewSet(RecordsAPIViewSet):
    """The wilayas."""

    name = "wilayas"
    model = Wilaya
    body_fields = [
        *RecordsAPIViewSet.body_fields,
        "code",
        "active_from",
        APIField("mother", serializer=RecordField("slug")),
        "latitude",
        "longitude",
    ]

    def get_queryset(self) -> QuerySet:
        """Return the wilayas by their codes, each with the one that it was part of."""
        return super().get_queryset().select_related("mother")


class SectorsAPIViewSet(RecordsAPIViewSet):
    """The sectors."""

    name = "sectors"
    model = Sector
    body_fields = [*RecordsAPIViewSet.body_fields, "ess_global"]


class CriteriaAPIViewSet(RecordsAPIViewSet):
    """The criteria by which practices are chosen."""

    name = "criteria"
    model = Criterion
    body_fields = [*RecordsAPIViewSet.body_fields, "description_fr", "description_ar", "weight"]


class SpheresAPIViewSet(RecordsAPIViewSet):
    """The spheres."""

    name = "spheres"
    model = Sphere


class LegalFormsAPIViewSet(RecordsAPIViewSet):
    """The legal forms."""

    name = "legal_forms"
    model = LegalForm


class TopicsAPIViewSet(RecordsAPIViewSet):
    """The topics."""

    name = "topics"
    model = Topic


class TargetGroupsAPIViewSet(RecordsAPIViewSet):
    """The target groups."""

    name = "target_groups"
    model = TargetGroup


class ResourcesAPIViewSet(RecordsAPIViewSet):
    """What can be offered and sought."""

    name = "resources"
    model = Resource


# By the address of each, below that of the API.
ENDPOINTS: dict[str, type[BaseAPIViewSet]] = {
    "pages": EntriesAPIViewSet,
    "wilayas": WilayasAPIViewSet,
    "spheres": SpheresAPIViewSet,
    "legal_forms": LegalFormsAPIViewSet,
    "sectors": SectorsAPIViewSet,
    "topics": TopicsAPIViewSet,
    "target_groups": TargetGroupsAPIViewSet,
    "resources": ResourcesAPIViewSet,
    "criteria": CriteriaAPIViewSet,
}
