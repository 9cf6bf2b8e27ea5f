"""The steps taken with a recommendation at its desk, and who its rapporteurs are."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..actions import rapporteurs as people
from ..actions import road
from ..forms.steps import DismissForm, OpenForm, RapporteurForm, SettleForm, WithdrawForm
from ..models import Recommendation
from ..policy import allows
from .texts import at_desk, posted, show, submit


@at_desk("open_amendments")
def open_amendments(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Open a text for the members' amendments until a time."""
    return _take_step(
        request,
        recommendation,
        OpenForm(posted(request)),
        road.open_amendments,
        title=pgettext("step", "Open for amendments"),
        intro=_("Members can amend the text until then; from then on the rapporteurs settle it."),
        button=_("Open it"),
    )


@at_desk("start_settling")
def start_settling(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Close a text for amendments."""
    return _take_step(
        request,
        recommendation,
        SettleForm(posted(request)),
        road.start_settling,
        title=_("Close for amendments"),
        intro=_("Members can propose nothing any more; what they have proposed can be decided."),
        button=_("Close it"),
    )


@at_desk("withdraw_recommendation")
def withdraw_recommendation(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Withdraw a recommendation, with a reason."""
    return _take_step(
        request,
        recommendation,
        WithdrawForm(posted(request)),
        road.withdraw_recommendation,
        title=_("Withdraw the recommendation"),
        intro=_("It stays readable, with your reason, and goes no further. This is final."),
        button=_("Withdraw it"),
    )


def _take_step(
    request: HttpRequest,
    recommendation: Recommendation,
    form: forms.Form,
    verb: Callable,
    **context,
) -> HttpResponse:
    if submit(
        request,
        form,
        "take_step",
        lambda: verb(request.user, recommendation, **form.cleaned_data),
    ):
        recommendation.refresh_from_db()
        said = _("The recommendation stands here now: %(state)s.")
        messages.success(request, said % {"state": recommendation.get_state_display()})
        return _back(request, recommendation)
    return show(
        request,
        "step",
        form,
        recommendation=recommendation,
        has_desk=allows(request.user, "write_text", recommendation),
        **context,
    )


def _back(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Lead to the desk, or to the page those who have none."""
    if allows(request.user, "write_text", recommendation) or not recommendation.page:
        return redirect("ess_pages:desk", recommendation.pk)
    return redirect(recommendation.page.get_url(request))


@at_desk("name_rapporteur")
def rapporteurs(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Show who settles a text, and add somebody."""
    form = RapporteurForm(posted(request), recommendation=recommendation)
    if submit(
        request,
        form,
        "take_step",
        lambda: people.name_rapporteur(
            request.user, recommendation, form.cleaned_data["participant"]
        ),
    ):
        messages.success(request, _("They may write and settle the text now."))
        return redirect(request.path)
    return show(
        request,
        "rapporteurs",
        form,
        recommendation=recommendation,
        everybody=recommendation.all_rapporteurs().select_related("user"),
        added=set(recommendation.rapporteurs.values_list("pk", flat=True)),
    )


@at_desk("name_rapporteur", ("POST",))
def dismiss_rapporteur(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Take somebody who was added out again."""
    form = DismissForm(request.POST)
    if submit(
        request,
        form,
        "take_step",
        lambda: people.dismiss_rapporteur(
            request.user, recommendation, form.cleaned_data["participant"]
        ),
    ):
        messages.success(request, _("They may no longer write this text."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("ess_pages:rapporteurs", recommendation.pk)
