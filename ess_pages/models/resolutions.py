"""What becomes of resolutions, from one meeting to the next."""

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .about import AboutPage
from .general import IndexPage
from .meetings import MeetingReportPage, Resolution


class ResolutionUpdate(AboutPage):
    """How far a resolution had come on a day. Keyed on the resolution, not on a page."""

    class State(models.TextChoices):
        """How far it has come."""

        TO_DO = "to_do", pgettext_lazy("resolution", "To do")
        UNDER_WAY = "under_way", pgettext_lazy("resolution", "Under way")
        DONE = "done", pgettext_lazy("resolution", "Done")
        DROPPED = "dropped", pgettext_lazy("resolution", "Dropped")

    OPEN = [State.TO_DO, State.UNDER_WAY]

    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    happened_on = models.DateField(_("date"), default=timezone.localdate)
    note_fr = models.TextField(_("what happened, in French"), max_length=1000)
    note_ar = models.TextField(_("what happened, in Arabic"), max_length=1000)
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name = _("update of a resolution")
        verbose_name_plural = _("updates of resolutions")

    def __str__(self) -> str:
        return f"{self.get_state_display()} · {self.happened_on}"

    @property
    def note(self) -> str:
        """What happened, in the active language."""
        return self.note_ar if (get_language() or "").startswith("ar") else self.note_fr


def with_states(resolutions) -> models.QuerySet[Resolution]:
    """Return these resolutions, a queryset, each with `state`: that of its latest update."""
    updates = ResolutionUpdate.objects.filter(translation_key=OuterRef("translation_key"))
    return resolutions.annotate(
        state=Coalesce(
            Subquery(updates.values("state")[:1]), Value(ResolutionUpdate.State.TO_DO.value)
        )
    )


def shown_resolutions() -> models.QuerySet[Resolution]:
    """Return the resolutions of published reports, with their states and what a link needs."""
    reports = MeetingReportPage.objects.live().public()
    return with_states(Resolution.objects.filter(report__in=reports)).select_related(
        "report__locale", "owner", "actor"
    )


class ResolutionIndexPage(IndexPage):
    """All resolutions of all meetings, and how far they are."""

    on_front_page = 0
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("resolutions section")
        verbose_name_plural = _("resolutions sections")

    def entries(self):
        """Return the resolutions of this language's published reports, the newest first."""
        return (
            shown_resolutions()
            .filter(report__locale=self.locale_id)
            .order_by("-report__first_published_at", "sort_order", "pk")
        )
