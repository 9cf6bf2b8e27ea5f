"""The page on which a rapporteur decides an amendment."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..actions.amendments import accept_amendment, decline_amendment, merge_amendments
from ..forms.decisions import ACCEPT, DECLINE, MERGE, DecisionForm
from ..forms.texts import words_of
from ..history import Conflict, History
from ..models import Amendment
from ..models.amendments import LANGUAGE_CHOICES
from ..models.clauses import other_language
from ..policy import require
from ..reading import Reading, readings
from .texts import moved_on, posted, show, submit, to_clause


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide_amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an amendment as a difference from the text, conflicts with it, and take a decision."""
    amendments = Amendment.objects.published().select_related(
        "recommendation", "clause", "base", "author__participant"
    )
    amendment = get_object_or_404(amendments, pk=pk)
    require(request.user, "decide_amendment", amendment.recommendation)
    if amendment.state != Amendment.State.PROPOSED:
        return _is_decided(request, amendment)
    history = History(amendment.recommendation)
    conflict = history.conflict(amendment)
    form = _form(request, amendment, history, conflict)
    if submit(
        request,
        form,
        "decide_amendment",
        lambda: _decide(request.user, amendment, conflict, form),
    ):
        messages.success(request, _("The amendment is decided, and its author is told."))
        return _to_desk(amendment)
    if form.is_bound and form.has_error(NON_FIELD_ERRORS, "decided"):
        return _is_decided(request, amendment)
    if form.is_bound:
        history = History(amendment.recommendation)  # somebody else may have written
    return _show(request, amendment, history, form)


def _form(
    request: HttpRequest, amendment: Amendment, history: History, conflict: Conflict | None
) -> DecisionForm:
    """Return the form, in which the words are the proposed ones, in the other language today's."""
    now = history.at(amendment.clause_id)
    initial = {
        "seen": history.number,
        "after": str(amendment.after_id or ""),
        **(words_of(now, [other_language(amendment.language)]) if now else {}),
        f"heading_{amendment.language}": amendment.heading,
        f"text_{amendment.language}": amendment.text,
    }
    return DecisionForm(
        posted(request),
        initial=initial,
        amendment=amendment,
        conflict=conflict,
        text=history.text(),
        rivals=_rivals(amendment),
    )


def _rivals(amendment: Amendment, inclusive: bool = False) -> QuerySet[Amendment]:
    """Return the other amendments that wait and would do the same to the same clause."""
    same = Amendment.objects.filter(
        recommendation=amendment.recommendation_id,
        state=Amendment.State.PROPOSED,
        kind=amendment.kind,
        clause=amendment.clause_id,
    )
    return same if inclusive else same.exclude(pk=amendment.pk)


def _decide(user, amendment: Amendment, conflict: Conflict | None, form: DecisionForm) -> None:
    said = form.cleaned_data
    if said["outcome"] == DECLINE:
        decline_amendment(user, amendment, said["reason"])
        return
    how = {
        "reason": said["reason"],
        "seen": said["seen"],
        "agrees": said.get("agrees", False),
        "after": said.get("after", ...),
    }
    if said["outcome"] == MERGE:
        merge_amendments(user, [amendment, *said["rivals"]], words=form.words(), **how)
    elif said["outcome"] == ACCEPT:
        accept_amendment(
            user, amendment, despite_conflict=bool(conflict), **how | {"agrees": False}
        )
    else:
        accept_amendment(
            user, amendment, words=form.words(), despite_conflict=bool(conflict), **how
        )


def _show(
    request: HttpRequest, amendment: Amendment, history: History, form: DecisionForm
) -> HttpResponse:
    text = history.text()
    # It and its rivals, each beside the text.
    shown = {one.amendment.pk: one for one in readings(_rivals(amendment, inclusive=True), history)}
    options = form["rivals"].subwidgets if "rivals" in form.fields else []
    context = {
        "amendment": amendment,
        "reading": shown.get(amendment.pk) or Reading(amendment, history),
        "recommendation": amendment.recommendation,
        "then": history.at(amendment.clause_id, amendment.base.number if amendment.base else 0),
        "now": next(
            (v for v in text if v.clause_id == amendment.clause_id),
            history.at(amendment.clause_id),
        ),
        "since": moved_on(history, amendment.clause, form) if amendment.clause else None,
        "rivals": [
            {"option": option, "reading": shown[option.data["value"].value]}
            for option in options
            if option.data["value"].value in shown
        ],
        "text_languages": LANGUAGE_CHOICES,
    }
    return show(request, "decide", form, **context)


def _is_decided(request: HttpRequest, amendment: Amendment) -> HttpResponse:
    amendment.refresh_from_db(fields=["state"])
    said = _("This amendment waits for no decision: %(state)s.")
    messages.info(request, said % {"state": amendment.get_state_display()})
    return _to_desk(amendment)


def _to_desk(amendment: Amendment) -> HttpResponse:
    if amendment.clause:
        amendment.clause.recommendation = amendment.recommendation
        return to_clause(amendment.clause)
    return redirect("ess_pages:desk", amendment.recommendation_id)
