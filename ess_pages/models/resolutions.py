"""What becomes of resolutions, from one meeting to the next."""

from collections.abc import Iterable

from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from ..links import in_language, once_each
from .about import AboutPage
from .actors import ActorPage
from .general import IndexPage
from .meetings import MeetingPage, MeetingReportPage, Resolution
from .recorded import Recorded
from .records import Participant, reads_arabic

State = Resolution.State


class ResolutionUpdate(AboutPage, Recorded):
    """How far a resolution had come on a day: the key is that of the resolution."""

    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    happened_on = models.DateField(_("date"), default=timezone.localdate)
    note_fr = models.TextField(_("what happened, in French"), max_length=1000)
    note_ar = models.TextField(_("what happened, in Arabic"), max_length=1000)

    class Meta:
        ordering = ["-happened_on", "-pk"]
        verbose_name = _("update of a resolution")
        verbose_name_plural = _("updates of resolutions")

    def __str__(self) -> str:
        return f"{self.get_state_display()} · {self.happened_on}"

    @property
    def note(self) -> str:
        """What happened, in the active language."""
        return self.note_ar if reads_arabic() else self.note_fr


def with_states(resolutions) -> models.QuerySet[Resolution]:
    """Return these resolutions, a queryset, each with `state`: that of its latest update."""
    latest = ResolutionUpdate.objects.filter(translation_key=OuterRef("translation_key"))
    state = Coalesce(Subquery(latest.values("state")[:1]), Value(State.TO_DO.value))
    return resolutions.annotate(state=state)


def shown_resolutions() -> models.QuerySet[Resolution]:
    """Return the resolutions of published reports, with their states and who answers for them."""
    reports = MeetingReportPage.objects.live().public()
    shown = with_states(Resolution.objects.filter(report__in=reports))
    return shown.select_related("report__locale", "owner", "actor")


def followed(resolutions: Iterable[Resolution]) -> list[Resolution]:
    """Return the resolutions, each with its state, `updates`, owner and actor (or None).

    The actor is the published page in the active language where it can be. Six queries, whatever
    the number of resolutions; those of a draft may be among them.
    """
    resolutions = list(resolutions)
    updates: dict = {}
    keys = [resolution.translation_key for resolution in resolutions]
    for update in ResolutionUpdate.objects.filter(translation_key__in=keys):
        updates.setdefault(update.translation_key, []).append(update)
    owners = Participant.objects.in_bulk([item.owner_id for item in resolutions if item.owner_id])
    ids = [item.actor_id for item in resolutions if item.actor_id]
    named = ActorPage.objects.in_bulk(ids)
    published = in_language(ActorPage.objects.live().public(), named.values())
    actors = {actor.translation_key: actor for actor in published}
    locales = Locale.objects.in_bulk()
    active = Locale.get_active()  # of rows that a preview shows before they are saved
    for item in resolutions:
        item.updates = updates.get(item.translation_key, [])
        item.state = item.updates[0].state if item.updates else State.TO_DO
        item.locale = locales.get(item.locale_id, active)
        item.owner = owners.get(item.owner_id)
        actor = named.get(item.actor_id)
        item.actor = actor and actors.get(actor.translation_key)
    return resolutions


def carried_over(meeting: MeetingPage) -> list[Resolution]:
    """Return the open resolutions of the meetings before this one, those due first first.

    Only the next meeting's agenda carries them over: for any other the list is empty.
    """
    today = timezone.localdate()
    upcoming = MeetingPage.objects.live().filter(
        starts_on__gte=today, is_cancelled=False, locale=meeting.locale_id
    )
    following = upcoming.order_by("starts_on", "pk").values_list("translation_key", flat=True)
    if following.first() != meeting.translation_key:
        return []
    due_first = models.F("due_on").asc(nulls_last=True)
    resolutions = shown_resolutions().filter(state__in=Resolution.OPEN).order_by(due_first, "pk")
    each = {resolution.translation_key: resolution for resolution in resolutions}
    return followed(in_language(resolutions, each.values()))


class ResolutionIndexPage(IndexPage):
    """All resolutions of all meetings, and how far they are."""

    on_front_page = 0
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("resolutions section")
        verbose_name_plural = _("resolutions sections")

    def entries(self):
        """Return the resolutions of the published reports, those of the latest report first."""
        reports = once_each(MeetingReportPage.objects.live().public(), self.locale_id)
        return (
            with_states(Resolution.objects.filter(report__in=reports))
            .select_related("report__locale")
            .order_by("-report__first_published_at", "report", "sort_order", "pk")
        )

    def get_context(self, request, *args, **kwargs) -> dict:
        """Add how many are in each state, and the requested page of those in `?state=`."""
        context = super().get_context(request, *args, **kwargs)
        entries = self.entries()
        counts = dict(
            entries.order_by()
            .values("state")
            .annotate(number=Count("pk"))
            .values_list("state", "number")
        )
        chosen = request.GET.get("state")
        if chosen in State:
            entries = entries.filter(state=chosen)
        context["chosen"] = chosen if chosen in State else ""
        context["states"] = [
            {
                "value": state.value,
                "label": state.label,
                "number": counts.get(state, 0),
                "is_chosen": state == chosen,
            }
            for state in State
        ]
        context["total"] = sum(counts.values())
        page = Paginator(entries, self.page_size).get_page(request.GET.get("page"))
        page.object_list = followed(page.object_list)
        context["entries"] = page
        return context
