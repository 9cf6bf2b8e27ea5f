"""Practices: what has worked somewhere and can be done again elsewhere."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms import Select
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField, TranslatableField

from ..api import PAGE, REFERENCE, RecordField
from ..links import in_language
from ..schema_org import how_to
from ..widgets import ActorChooser
from .actors import ActorPage
from .base import FEATURES, validate_has_text
from .directory import DirectoryIndexPage, DirectoryPage
from .general import BodyPage
from .items import TranslatableItem
from .records import Criterion


class PracticePage(DirectoryPage):
    """A practice (bonne pratique, ممارسة جيدة): what was done, what it gave, how to do it again."""

    since = models.PositiveSmallIntegerField(
        _("since"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1000), MaxValueValidator(2100)],
        help_text=_("The year it began."),
    )
    problem = RichTextField(_("problem"), features=FEATURES, validators=[validate_has_text])
    approach = RichTextField(_("approach"), features=FEATURES, validators=[validate_has_text])
    results = RichTextField(_("results"), features=FEATURES, blank=True)
    requirements = RichTextField(_("what it takes to do it again"), features=FEATURES, blank=True)
    costs = RichTextField(_("costs"), features=FEATURES, blank=True)
    partners = RichTextField(_("partners"), features=FEATURES, blank=True)
    evidence = RichTextField(
        _("evidence"),
        features=[*FEATURES, "document-link"],
        blank=True,
        help_text=_("Where what is said here can be checked: evaluations, articles, figures."),
    )

    content_panels = [
        *DirectoryPage.proposal_panels,
        *BodyPage.content_panels[:-1],
        DirectoryPage.place_panel,
        DirectoryPage.subject_panel,
        FieldPanel("since"),
        FieldPanel("problem"),
        FieldPanel("approach"),
        MultiFieldPanel(
            [FieldPanel("results"), InlinePanel("figures", label=_("figure"))],
            heading=_("Results"),
        ),
        FieldPanel("requirements"),
        FieldPanel("costs"),
        FieldPanel("partners"),
        FieldPanel("evidence"),
        InlinePanel("carriers", heading=_("Carried by"), label=_("actor")),
        InlinePanel("scores", heading=_("Scores by the published criteria"), label=_("score")),
        BodyPage.content_panels[-1],
    ]
    translatable_fields = [
        *DirectoryPage.translatable_fields,
        SynchronizedField("since", overridable=False),
        TranslatableField("problem"),
        TranslatableField("approach"),
        TranslatableField("results"),
        TranslatableField("figures"),
        TranslatableField("requirements"),
        TranslatableField("costs"),
        TranslatableField("partners"),
        TranslatableField("evidence"),
        SynchronizedField("carriers", overridable=False),
        TranslatableField("scores"),
    ]
    search_fields = [
        *DirectoryPage.search_fields,
        index.SearchField("problem"),
        index.SearchField("approach"),
        index.SearchField("results"),
        index.SearchField("requirements"),
        index.SearchField("costs"),
        index.SearchField("partners"),
        index.SearchField("evidence"),
        index.RelatedFields("figures", [index.SearchField("value"), index.SearchField("label")]),
    ]
    api_fields = [
        *DirectoryPage.api_fields,
        APIField("since"),
        APIField("problem"),
        APIField("approach"),
        APIField("results"),
        APIField("figures"),
        APIField("requirements"),
        APIField("costs"),
        APIField("partners"),
        APIField("evidence"),
        APIField("carriers", serializer=RecordField(*PAGE, many=True, source="carrying_actors")),
        APIField("score"),
        APIField("scores"),
    ]

    parent_page_types = ["ess_pages.PracticeIndexPage"]
    subpage_types: list[str] = []
    schema_type = "HowTo"

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practices")

    @cached_property
    def carrying_actors(self) -> list[ActorPage]:
        """The actors that carry it, each in the active language where it can be."""
        actors = [row.actor for row in self.carriers.select_related("actor")]
        return in_language(ActorPage.objects.live().public(), actors, self.locale.language_code)

    @cached_property
    def scores_by_criterion(self) -> list["PracticeScore"]:
        """The scores, loaded with their criteria, in the order of the criteria."""
        rows = list(self.scores.all())
        criteria = Criterion.objects.in_bulk([row.criterion_id for row in rows])
        for row in rows:
            row.criterion = criteria[row.criterion_id]
        return sorted(rows, key=lambda row: row.criterion_id)

    @property
    def score(self) -> float | None:
        """The mean of the scores, from 0 to 5, each by the weight of its criterion; None if none.

        Weighted arithmetic mean, rounded to one decimal.
        """
        rows = self.scores_by_criterion
        weight = sum(row.criterion.weight for row in rows)
        return (
            round(sum(row.score * row.criterion.weight for row in rows) / weight, 1)
            if rows
            else None
        )

    def schema_org(self) -> dict:
        """Return the practice as a schema.org HowTo."""
        return super().schema_org() | how_to(self)


class PracticeCarrier(Orderable):
    """An actor that carries a practice."""

    practice = ParentalKey(
        PracticePage, on_delete=models.CASCADE, related_name="carriers", verbose_name=_("practice")
    )
    actor = models.ForeignKey(
        ActorPage, on_delete=models.CASCADE, related_name="+", verbose_name=_("actor")
    )

    panels = [FieldPanel("actor", widget=ActorChooser)]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["practice", "actor"], name="practice_carried_once")
        ]


class PracticeFigure(TranslatableItem):
    """A result in figures: “1,200 families”, “since 2013”."""

    practice = ParentalKey(
        PracticePage, on_delete=models.CASCADE, related_name="figures", verbose_name=_("practice")
    )
    value = models.CharField(_("figure"), max_length=40)
    label = models.CharField(_("what it counts"), max_length=160)

    panels = [FieldRowPanel([FieldPanel("value"), FieldPanel("label")])]
    translatable_fields = [TranslatableField("value"), TranslatableField("label")]
    api_fields = [APIField("value"), APIField("label")]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("figure")
        verbose_name_plural = _("figures")


class PracticeScore(TranslatableItem):
    """How well a practice meets a criterion, and why the editors think so."""

    practice = ParentalKey(
        PracticePage, on_delete=models.CASCADE, related_name="scores", verbose_name=_("practice")
    )
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MaxValueValidator(5)], help_text=_("From 0 to 5.")
    )
    reason = models.TextField(_("reason"), max_length=600)

    panels = [
        FieldRowPanel([FieldPanel("criterion", widget=Select), FieldPanel("score")]),
        FieldPanel("reason"),
    ]
    translatable_fields = [
        SynchronizedField("criterion", overridable=False),
        SynchronizedField("score", overridable=False),
        TranslatableField("reason"),
    ]
    api_fields = [
        APIField("criterion", serializer=RecordField(*REFERENCE)),
        APIField("score"),
        APIField("reason"),
    ]

    class Meta(TranslatableItem.Meta):
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "criterion"], name="practice_scored_once_by_criterion"
            ),
            models.CheckConstraint(condition=models.Q(score__lte=5), name="practice_score_to_5"),
        ]


def mean_score() -> models.Subquery:
    """Return the score of a practice as the database works it out: see PracticePage.score."""
    weight = models.F("criterion__weight")
    points = models.Sum(models.F("score") * weight, output_field=models.FloatField())
    scores = PracticeScore.objects.filter(practice=models.OuterRef("pk")).order_by()
    return models.Subquery(
        scores.values("practice").annotate(mean=points / models.Sum(weight)).values("mean"),
        output_field=models.FloatField(),
    )


class PracticeIndexPage(DirectoryIndexPage):
    """The collection of practices."""

    entry_type = PracticePage
    subpage_types = ["ess_pages.PracticePage"]

    class Meta:
        verbose_name = _("practices section")
        verbose_name_plural = _("practices sections")

    def loaded(self, entries: models.QuerySet) -> models.QuerySet:
        """Return the entries loaded with their scores too."""
        return super().loaded(entries).annotate(mean_score=mean_score())

    def counted(self, number: int) -> str:
        """Return so many practices, in words."""
        return ngettext("%(number)d practice", "%(number)d practices", number) % {"number": number}
