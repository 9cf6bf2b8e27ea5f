"""Consent is asked and given: a validator asks, participants vote, everybody reads the count."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language_info, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..actions import consultations as actions
from ..forms.consultations import ConsentForm, VoteForm, WaiverForm
from ..models import Ballot, ClauseVersion, Consultation, Recommendation, Sphere, Voter
from ..models.clauses import other_language, text_language
from ..policy import allows, require
from ..throttle import is_throttled
from ..voters import out_of_reach
from .clauses import published_page
from .submission import attempt, status_of

# What `counting.count` finds lacking.
WHY_NOT = {
    "quorum": gettext_lazy("The quorum was not reached."),
    "objection": gettext_lazy("There was an objection."),
    "no_majority": gettext_lazy("Not more voices agreed than objected."),
    "no_two_thirds": gettext_lazy("Less than two thirds of the voices agreed."),
}
# What a voice says, whether a participant’s or a sphere’s.
VOICES = {
    "for": pgettext_lazy("vote", "For"),
    "against": pgettext_lazy("vote", "Against"),
    "abstain": pgettext_lazy("vote", "Abstention"),
    "silent": pgettext_lazy("vote", "No answer"),
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a validator by what rule consent is asked, and ask for it."""
    recommendation = get_object_or_404(Recommendation, pk=pk)
    require(request.user, "ask_consent", recommendation)
    form = ConsentForm(request.POST or None, recommendation=recommendation)
    if request.method == "POST" and form.is_valid():
        consultation = attempt(
            request,
            form,
            "ask_consent",
            lambda: actions.ask_consent(request.user, recommendation, form.cleaned_data),
        )
        if consultation:
            messages.success(request, _("The text is put to the participants."))
            return redirect("ess_pages:consultation", consultation.pk)
    context = {
        "recommendation": recommendation,
        "text_page": recommendation.page,
        "form": form,
        "out_of_reach": out_of_reach(recommendation),
    }
    template = "ess_pages/consultations/ask_consent.html"
    return render(request, template, context, status=status_of(form))


@never_cache
@require_safe
def consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a consultation: its text, its rule, who is asked; its result once it has closed."""
    return _show(request, _consultation_or_404(pk), WaiverForm())


@never_cache
@login_required
@require_POST
def waive_quorum(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for no quorum any more, and say why."""
    shown = _consultation_or_404(pk)
    require(request.user, "waive_quorum", shown.recommendation)
    form = WaiverForm(request.POST)
    if form.is_valid() and attempt(
        request,
        form,
        "ask_consent",
        lambda: actions.waive_quorum(request.user, shown, **form.cleaned_data),
    ):
        messages.success(request, _("The quorum is waived."))
        return redirect("ess_pages:consultation", pk)
    return _show(request, shown, form)


@never_cache
@login_required
@require_POST
def close_consultation(request: HttpRequest, pk: int) -> HttpResponse:
    """Count the votes, once the time has passed."""
    shown = _consultation_or_404(pk)
    require(request.user, "close_consultation", shown.recommendation)
    if is_throttled(request, "ask_consent"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
    else:
        try:
            actions.close_consultation(shown, request.user)
        except ValidationError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("The votes are counted."))
    return redirect("ess_pages:consultation", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: HttpRequest, token: str) -> HttpResponse:
    """Show the text in both languages to whoever holds a voter’s token, and take their vote."""
    voters = Voter.objects.select_related("consultation__recommendation", "sphere")
    voter = get_object_or_404(voters, token=token)
    asked = voter.consultation
    page = asked.recommendation.page
    if page is None:
        raise Http404
    ballot = Ballot.objects.filter(voter=voter).first()
    initial = {"choice": ballot.choice, "reason": ballot.reason} if ballot else {}
    form = VoteForm(request.POST or None, initial=initial, is_secret=asked.is_secret)
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(request, form, "vote", lambda: actions.vote(voter, **form.cleaned_data))
    ):
        messages.success(request, _("Thank you: your vote is cast."))
        return redirect(request.path)
    context = {
        "voter": voter,
        "consultation": asked,
        "ballot": ballot,
        "text_page": page,
        "clauses": [_in_both(version) for version in asked.recommendation.text(asked.version)],
        "form": form,
    }
    return render(request, "ess_pages/consultations/vote.html", context, status=status_of(form))


def _consultation_or_404(pk: int) -> Consultation:
    known = Consultation.objects.with_turnout().select_related("recommendation")
    return get_object_or_404(known, pk=pk)


def _show(request: HttpRequest, shown: Consultation, form: WaiverForm) -> HttpResponse:
    recommendation = shown.recommendation
    is_counted = shown.has_passed is not None
    ballots = _ballots(shown) if is_counted else []
    context = {
        "consultation": shown,
        "text_page": published_page(recommendation),
        "spheres": _spheres(shown),
        "voices": _voices(shown),
        "why_not": [WHY_NOT[reason] for reason in shown.result.get("why_not", [])],
        "ballots": [] if shown.is_secret else ballots,
        "objections": [ballot for ballot in ballots if ballot.reason],
        "may_close": shown.waits_for_count
        and allows(request.user, "close_consultation", recommendation),
        "may_waive": shown.is_open
        and shown.quorum
        and not shown.quorum_waived_at
        and allows(request.user, "waive_quorum", recommendation),
        "form": form,
    }
    template = "ess_pages/consultations/consultation.html"
    return render(request, template, context, status=status_of(form))


def _ballots(shown: Consultation) -> list[Ballot]:
    """Return the ballots: the open ones by sphere and name, the secret ones as chance has it."""
    ballots = shown.ballots.select_related("voter", "sphere")
    return list(ballots if shown.is_secret else ballots.order_by("sphere", "voter__name_fr", "pk"))


def _spheres(shown: Consultation) -> list[dict[str, Any]]:
    """Return, for each sphere, how many were asked and have answered, and what they said."""
    voted = Count("pk", filter=Q(has_voted=True))
    numbers = shown.voters.order_by().values("sphere").annotate(asked=Count("pk"), answered=voted)
    counted = {row["sphere"]: row for row in shown.result.get("spheres", [])}
    by_sphere = {row["sphere"]: row for row in numbers}
    rows = []
    for sphere in Sphere.objects.filter(pk__in=by_sphere):
        result = counted.get(sphere.slug, {})
        rows.append(
            by_sphere[sphere.pk]
            | {name: result.get(name) for name in ("for", "against", "abstain")}
            | {"sphere": sphere, "voice": VOICES.get(result.get("voice"))}
        )
    return rows


def _voices(shown: Consultation) -> list[tuple[str, int]]:
    """Return how many voices said what, in the order of `VOICES`: PostgreSQL keeps no other."""
    counted = shown.result.get("voices", {})
    return [(str(label), counted[name]) for name, label in VOICES.items() if name in counted]


def _in_both(version: ClauseVersion) -> dict[str, Any]:
    """Return a clause with what it says in the active language, and in the other."""
    first = text_language()
    languages = [get_language_info(code) for code in (first, other_language(first))]
    return {
        "version": version,
        "wordings": [
            {"language": language, "says": version.wording(language["code"])}
            for language in languages
        ],
    }
