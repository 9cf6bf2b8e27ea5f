"""Recommendations: what a workshop asks of the public decision-makers, clause by clause."""

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q
from django.forms import CheckboxSelectMultiple
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from ..admin.text_panels import TextPanel
from ..api import REFERENCE, ClausesField, RecordField
from ..links import in_language, version_in
from ..locks import SettledTextLock
from .about import AboutPage
from .clauses import LANGUAGES, ClauseVersion, canonical, digest
from .general import BodyPage, IndexPage
from .meetings import Workshop, shown_workshops
from .records import Participant, Topic


class State(models.TextChoices):
    """How far a recommendation is on the road from a workshop to a decision-maker's desk."""

    DRAFT = "draft", pgettext_lazy("recommendation", "Draft")
    OPEN = "open", _("Open for amendments")
    SETTLING = "settling", _("Being settled")
    VALIDATED = "validated", _("Validated")
    HANDED_OVER = "handed_over", _("Handed over")
    ANSWERED = "answered", _("Answered")
    FOLLOWED_UP = "followed_up", _("Followed up")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# While its rapporteurs can write a text; and while anybody can say something of it.
WRITTEN = (State.DRAFT, State.SETTLING)
TALKED_ABOUT = (State.DRAFT, State.OPEN, State.SETTLING)
# What a text is from its validation on, unless it is withdrawn.
SETTLED = (State.VALIDATED, State.HANDED_OVER, State.ANSWERED, State.FOLLOWED_UP)


class Recommendation(AboutPage):
    """A recommendation in all its languages: where it stands, who answers for its text.

    Its text is its clauses; its pages, one for each language, show it.
    """

    State = State

    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.DRAFT, editable=False
    )
    closes_at = models.DateTimeField(_("amendments until"), null=True, blank=True, editable=False)
    rapporteurs = models.ManyToManyField(
        Participant,
        blank=True,
        related_name="+",
        verbose_name=_("rapporteurs"),
        help_text=_("Beside those of its workshop."),
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        constraints = [
            models.UniqueConstraint(
                fields=["translation_key"], name="recommendation_of_a_page_in_all_languages"
            )
        ]
        permissions = [("validate_recommendation", "Can have recommendations validated")]

    def __str__(self) -> str:
        return str(self.page or self.translation_key)

    @cached_property
    def page(self) -> "RecommendationPage | None":
        """The published page, in the active language where it can be; a draft if there is none."""
        pages = RecommendationPage.objects.filter(translation_key=self.translation_key)
        return version_in(pages.live()) or version_in(pages)

    def all_rapporteurs(self) -> models.QuerySet[Participant]:
        """Return who settles the text: the rapporteurs of its workshop, and those added here."""
        workshops = Workshop.objects.filter(recommendations__translation_key=self.translation_key)
        return Participant.objects.filter(
            Q(pk__in=workshops.values("rapporteurs")) | Q(pk__in=self.rapporteurs.values("pk"))
        )

    def text(self, number: int | None = None) -> list[ClauseVersion]:
        """Return the clauses in order, each as its version: now, or at version `number`.

        Each has its `place` in the text, from 1. Two queries, whatever the number of clauses.
        """
        versions = self.versions.until(number)
        last = versions.last()
        latest = {
            version.clause_id: version
            for version in versions.latest_of_each().select_related("clause")
        }
        text = [latest[clause] for clause in (last.order if last else [])]
        for place, version in enumerate(text, start=1):
            version.place = place
        return text

    def text_digest(self, number: int | None = None) -> str:
        """Return the checksum of the text in both languages: now, or at version `number`."""
        return digest(canonical(self.text(number)))

    @property
    def takes_amendments(self) -> bool:
        """Whether members can amend the text now."""
        return self.state == State.OPEN and (
            self.closes_at is None or timezone.now() < self.closes_at
        )


class RecommendationPage(BodyPage):
    """A recommendation (recommandation, توصية) in one language."""

    recommendation = models.ForeignKey(
        Recommendation,
        on_delete=models.PROTECT,
        editable=False,
        related_name="language_pages",
        verbose_name=_("recommendation"),
    )
    # The row of one language stands for the workshop in all: see `links.in_language`.
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="recommendations",
        verbose_name=_("workshop"),
    )
    topics = ParentalManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))

    content_panels = [
        *BodyPage.content_panels[:-1],
        TextPanel(heading=_("Text")),
        FieldPanel("workshop"),
        FieldPanel("topics", widget=CheckboxSelectMultiple),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *BodyPage.translatable_fields,
        SynchronizedField("workshop", overridable=False),
        SynchronizedField("topics", overridable=False),
    ]
    search_fields = [
        *BodyPage.search_fields,
        index.SearchField("clauses_text"),
    ]
    api_fields = [
        *BodyPage.api_fields,
        APIField(
            "workshop",
            serializer=RecordField("translation_key", "title", source="workshop_shown"),
        ),
        APIField("topics", serializer=RecordField(*REFERENCE, many=True)),
        APIField("status"),
        APIField("clauses", serializer=ClausesField()),
    ]
    exclude_fields_in_copy = [*BodyPage.exclude_fields_in_copy, "recommendation"]

    parent_page_types = ["ess_pages.RecommendationIndexPage"]
    subpage_types: list[str] = []
    schema_type = "CreativeWork"

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")

    def save(self, *args, **kwargs) -> None:
        """Save the page, as one of those of its recommendation, which may be new."""
        if self.recommendation_id is None:
            self.recommendation, _created = Recommendation.objects.get_or_create(
                translation_key=self.translation_key
            )
        super().save(*args, **kwargs)

    def serve(self, request, *args, **kwargs):
        """Answer with the page, or with all its data in the format that the address asks for."""
        from ..open_data.download import ROAD_FORMATS, download
        from ..open_data.road import RoadDataset
        from ..open_data.road_tables import TABLES

        extension = request.GET.get("format")
        if extension not in ROAD_FORMATS:
            return super().serve(request, *args, **kwargs)
        itself = RecommendationPage.objects.filter(pk=self.pk)
        table = TABLES.get(request.GET.get("table", ""))
        return download(RoadDataset(self, itself, "", table), extension)

    def get_lock(self):
        """Return why nobody can change the page, where that is so: its text may be validated."""
        return SettledTextLock(self) if self.status in SETTLED else super().get_lock()

    @property
    def status(self) -> str:
        """How far the recommendation has come."""
        return self.recommendation.state if self.recommendation_id else State.DRAFT

    @cached_property
    def text(self) -> list[ClauseVersion]:
        """The clauses in order, as `Recommendation.text` returns them."""
        return self.recommendation.text() if self.recommendation_id else []

    @property
    def clauses_text(self) -> str:
        """What the clauses say in the language of the page, for its search."""
        language = self.locale.language_code
        return "\n".join(
            line
            for version in self.text
            if language in LANGUAGES
            for line in version.wording(language)
        )

    @cached_property
    def workshop_shown(self) -> Workshop | None:
        """The workshop it comes from, in the active language where it can be."""
        return next(
            iter(in_language(shown_workshops(), [self.workshop], self.locale.language_code)), None
        )

    def schema_org(self) -> dict:
        """Return the recommendation as a schema.org CreativeWork made of its clauses.

        It was last modified when its page was published or its text was changed, what came last.
        """
        last = self.recommendation.versions.last()
        moments = [self.last_published_at, last and last.at]
        modified = max(filter(None, moments), default=None)
        return super().schema_org() | {
            "dateModified": modified and modified.isoformat(),
            "version": last and last.number,
            "creativeWorkStatus": self.recommendation.get_state_display(),
            "hasPart": [
                {
                    "@type": "CreativeWork",
                    "@id": f"{self.full_url}#{version.clause.anchor}",
                    "position": version.place,
                    "name": version.shown.heading,
                    "inLanguage": version.shown_language,
                }
                for version in self.text
            ],
        }


def load_workshops(pages: Sequence[RecommendationPage], language: str | None = None) -> None:
    """Load with these pages the workshops that they come from, in `language`, or the active one.

    Two queries, whatever the number of pages.
    """
    origins = {page.workshop for page in pages if page.workshop}
    found = in_language(shown_workshops(), origins, language)
    shown = {workshop.translation_key: workshop for workshop in found}
    for page in pages:
        page.workshop_shown = page.workshop and shown.get(page.workshop.translation_key)


def load_texts(pages: Sequence[RecommendationPage]) -> None:
    """Load with these pages their texts. One query, whatever the number of pages."""
    texts: dict[int, dict[int, ClauseVersion]] = {page.recommendation_id: {} for page in pages}
    versions = ClauseVersion.objects.filter(recommendation__in=texts).latest_of_each()
    for version in versions.select_related("clause").order_by("number"):
        texts[version.recommendation_id][version.clause_id] = version
    for page in pages:
        latest = texts[page.recommendation_id]
        last = next(reversed(latest.values()), None)
        page.text = [latest[clause] for clause in (last.order if last else [])]
        for place, version in enumerate(page.text, start=1):
            version.place = place


class RecommendationIndexPage(IndexPage):
    """The list of recommendations."""

    subpage_types = ["ess_pages.RecommendationPage"]

    class Meta:
        verbose_name = _("recommendations section")
        verbose_name_plural = _("recommendations sections")

    def entries(self):
        """Return the recommendations that a visitor sees, by workshop.

        Each is once: in this language, or else as it is.
        """
        return (
            self.children_once(RecommendationPage)
            .select_related("workshop", "locale", "recommendation")
            .order_by(
                F("workshop__meeting__starts_on").desc(nulls_last=True),
                F("workshop__sort_order").asc(nulls_last=True),
                "title",
                "pk",
            )
        )

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add the board that the address asks for."""
        from ..board import Board  # made of models, as open data is
        from ..open_data.dataset import licence

        board = Board(self, request.GET)
        # Not that of IndexPage, which would page all the entries.
        context = super(IndexPage, self).get_context(request, *args, **kwargs)
        return context | {
            "board": board,
            "entries": board.page,
            "kept_query": board.query(),
            "canonical_query": board.canonical_query,
            "licence": licence(),
        }

    def serve(self, request, *args, **kwargs):
        """Answer with the board as a page, or in the format that the address asks for."""
        from ..board import Board
        from ..open_data.download import ROAD_FORMATS, download
        from ..open_data.road import RoadDataset
        from ..open_data.road_tables import TABLES

        extension = request.GET.get("format")
        if extension not in ROAD_FORMATS:
            return super().serve(request, *args, **kwargs)
        board = Board(self, request.GET)
        table = TABLES.get(request.GET.get("table", ""))
        return download(RoadDataset(self, board.narrowed, board.query(), table), extension)
