"""The desk of a recommendation, where rapporteurs write and settle its text clause by clause."""

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..actions import texts
from ..actions.road import ROAD
from ..forms.texts import (
    AddForm,
    DifferForm,
    EditForm,
    MoveForm,
    RestoreForm,
    SeenForm,
    StrikeForm,
    offer_places,
    words_of,
)
from ..history import History
from ..models import Amendment, Clause, ClauseVersion, Recommendation
from ..models.amendments import LANGUAGE_CHOICES
from ..models.recommendations import TALKED_ABOUT, WRITTEN, State
from ..policy import allows, require
from ..reading import Reading
from .submission import attempt, status_of

STEPS = ("open_amendments", "start_settling", "ask_consent", "withdraw_recommendation")


# What the views of the desk share


def at_desk(verb: str, methods: tuple[str, ...] = ("GET", "HEAD", "POST")):
    """Give a view the recommendation that the address names, for whoever may do `verb` with it."""

    def decorate(view):
        @wraps(view)
        def wrapper(request: HttpRequest, pk: int) -> HttpResponse:
            recommendation = get_object_or_404(Recommendation, pk=pk)
            require(request.user, verb, recommendation)
            return view(request, recommendation)

        return never_cache(require_http_methods(methods)(login_required(wrapper)))

    return decorate


def on_clause(view):
    """Give a view the clause that the address names and the history of its text."""

    @wraps(view)
    def wrapper(request: HttpRequest, key) -> HttpResponse:
        clauses = Clause.objects.select_related("recommendation")
        clause = get_object_or_404(clauses, translation_key=key)
        require(request.user, "write_text", clause.recommendation)
        return view(request, clause, History(clause.recommendation))

    return never_cache(require_http_methods(["GET", "HEAD", "POST"])(login_required(wrapper)))


def posted(request: HttpRequest):
    """Return what a form is bound to: what was sent, or None where the form is only looked at."""
    return request.POST if request.method == "POST" else None


def submit(request: HttpRequest, form: forms.Form, verb: str, act: Callable) -> bool:
    """Do what a form that was sent asks. Return whether it is done; the form says why it is not."""
    return form.is_bound and form.is_valid() and attempt(request, form, verb, act) is not None


def show(request: HttpRequest, template: str, form: forms.Form, **context) -> HttpResponse:
    """Show a form, with what was typed into it and what is wrong with that."""
    context["form"] = form
    return render(request, f"ess_pages/texts/{template}.html", context, status=status_of(form))


def to_clause(clause: Clause) -> HttpResponse:
    """Lead back to a clause on the desk."""
    url = reverse("ess_pages:desk", args=[clause.recommendation_id])
    return redirect(f"{url}#{clause.anchor}")


def moved_on(
    history: History, clause: Clause, form: SeenForm
) -> tuple[ClauseVersion | None, ClauseVersion] | None:
    """Return what a clause said when a form was opened and what it says now, if that differs.

    The form is put on top of what it says now: whoever sends it again does so knowingly.
    """
    now = history.at(clause.pk)
    if not form.is_bound or now is None or now.number <= form.cleaned_data.get("seen", 0):
        return None
    then = history.at(clause.pk, form.cleaned_data.get("seen", 0))
    form.catch_up(then, now)
    return then, now


def _show_clause_form(
    request: HttpRequest, clause: Clause, history: History, form: forms.Form, **context
) -> HttpResponse:
    """Show a form about a clause, with what the clause says now."""
    if form.is_bound:
        history = History(clause.recommendation)  # somebody else may have written
    since = moved_on(history, clause, form) if isinstance(form, SeenForm) else None
    text = {version.clause_id: version for version in history.text()}
    context |= {
        "recommendation": clause.recommendation,
        "clause": clause,
        "version": text.get(clause.pk) or history.at(clause.pk),
        "is_struck": clause.pk not in text,
        "since": since,
        "text_languages": LANGUAGE_CHOICES,
    }
    return show(request, context.pop("template", "clause_form"), form, **context)


# The desk


@at_desk("write_text", ("GET", "HEAD"))
def desk(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Show the text clause by clause in both languages, and what there is to do about it."""
    history = History(recommendation)
    proposed = recommendation.amendments.filter(state=Amendment.State.PROPOSED)
    waiting = [
        Reading(amendment, history)
        for amendment in proposed.select_related("base", "author__participant")
    ]
    text = history.text()
    struck = [version for pk in _struck(history) if (version := history.at(pk))]
    is_asked = recommendation.consultations.filter(closed_at=None).exists()
    state = recommendation.state
    context = {
        "recommendation": recommendation,
        "page": recommendation.page,
        "rows": [_row(version, waiting) for version in text],
        "struck": [_row(version, waiting) for version in struck],
        "additions": [one for one in waiting if one.amendment.clause_id is None],
        "waiting": waiting,
        "conflicts": [one for one in waiting if one.conflict],
        "behind": [
            {"name": name, "number": number}
            for language, name in LANGUAGE_CHOICES
            if (number := sum(version.is_behind(language) for version in text))
        ],
        "text_languages": LANGUAGE_CHOICES,
        "seen": history.number,
        "is_asked": is_asked,
        "takes_words": not is_asked and state in TALKED_ABOUT,
        "takes_changes": not is_asked and state in WRITTEN,
        "steps": _steps(request.user, recommendation, is_asked),
        "rapporteurs": recommendation.all_rapporteurs(),
        "names_rapporteurs": allows(request.user, "name_rapporteur", recommendation),
    }
    return render(request, "ess_pages/texts/desk.html", context)


def _row(version: ClauseVersion, waiting: list[Reading]) -> dict:
    return {
        "version": version,
        "behind": version.behind,
        "waiting": [one for one in waiting if one.amendment.clause_id == version.clause_id],
    }


def _struck(history: History) -> list[int]:
    """Return the clauses that are not in the text any more, the last struck first."""
    order = history.order()
    last = {v.clause_id: v.number for v in history.versions if v.clause_id not in order}
    return sorted(last, key=lambda pk: -last[pk])


def _steps(user, recommendation: Recommendation, is_asked: bool) -> set[str]:
    """Return the steps that the user can take now."""
    ways = {verb for verb, leg in ROAD.items() if recommendation.state in leg.sources}
    if recommendation.state == State.SETTLING:
        ways.add("ask_consent")
    if is_asked:
        ways &= {"withdraw_recommendation"}
    return {verb for verb in STEPS if verb in ways and allows(user, verb, recommendation)}


# One clause


@on_clause
def edit_clause(request: HttpRequest, clause: Clause, history: History) -> HttpResponse:
    """Change what a clause says, in one language or in both."""
    version = history.at(clause.pk)
    initial = {"seen": history.number, **(words_of(version) if version else {})}
    form = EditForm(posted(request), initial=initial)
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.edit_clause(
            request.user,
            clause,
            form.words(),
            form.cleaned_data["seen"],
            form.cleaned_data["agrees"],
        ),
    ):
        messages.success(request, _("The clause is kept."))
        return to_clause(clause)
    return _show_clause_form(request, clause, history, form, template="edit")


@on_clause
def move_clause(request: HttpRequest, clause: Clause, history: History) -> HttpResponse:
    """Put a clause in another place of the text."""
    text, order = history.text(), history.order()
    place = order.index(clause.pk) if clause.pk in order else 0
    initial = {"seen": history.number, "after": str(order[place - 1]) if place else ""}
    form = MoveForm(posted(request), initial=initial)
    offer_places(form, text, without=clause)
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.move_clause(
            request.user, clause, form.cleaned_data["after"], form.cleaned_data["seen"]
        ),
    ):
        messages.success(request, _("The clause is moved."))
        return to_clause(clause)
    return _show_clause_form(
        request,
        clause,
        history,
        form,
        title=_("Move the clause"),
        button=_("Move it"),
    )


@on_clause
def strike_clause(request: HttpRequest, clause: Clause, history: History) -> HttpResponse:
    """Take a clause out of the text, with a reason."""
    if request.method == "POST" and clause.pk not in history.order():
        messages.info(request, _("This clause is struck already."))
        return to_clause(clause)
    form = StrikeForm(posted(request), initial={"seen": history.number})
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.strike_clause(
            request.user, clause, form.cleaned_data["seen"], form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, _("The clause is struck: it can be put back from below."))
        return to_clause(clause)
    return _show_clause_form(
        request,
        clause,
        history,
        form,
        title=_("Strike the clause"),
        button=_("Strike it"),
    )


@on_clause
def differ(request: HttpRequest, clause: Clause, history: History) -> HttpResponse:
    """Note that a clause says something else in one language."""
    form = DifferForm(posted(request), initial={"seen": history.number})
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.find_differing(
            request.user,
            clause,
            form.cleaned_data["language"],
            form.cleaned_data["seen"],
            form.cleaned_data["reason"],
        ),
    ):
        messages.success(request, _("It is noted: one language has to follow the other."))
        return to_clause(clause)
    return _show_clause_form(
        request,
        clause,
        history,
        form,
        title=_("The languages differ"),
        button=_("Note it"),
    )


@on_clause
def restore_clause(request: HttpRequest, clause: Clause, history: History) -> HttpResponse:
    """Put a struck clause back."""
    order = history.order()
    form = RestoreForm(posted(request), initial={"after": str(order[-1]) if order else ""})
    offer_places(form, history.text())
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.restore_clause(request.user, clause, form.cleaned_data["after"]),
    ):
        messages.success(request, _("The clause is in the text again."))
        return to_clause(clause)
    return _show_clause_form(
        request,
        clause,
        history,
        form,
        title=_("Put the clause back"),
        button=_("Put it back"),
    )


@require_POST
@on_clause
def agree(request: HttpRequest, clause: Clause, history: History) -> HttpResponse:
    """Note that a clause says the same in both languages, as they were seen."""
    form = SeenForm(request.POST)
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.edit_clause(request.user, clause, {}, form.cleaned_data["seen"], agrees=True),
    ):
        messages.success(request, _("It is noted: both languages say the same."))
    elif form.has_error(NON_FIELD_ERRORS, "moved_on"):
        messages.error(request, _("The clause has changed in the meantime: read it again first."))
    else:
        messages.error(request, str(form.non_field_errors()[0]))
    return to_clause(clause)


@at_desk("write_text")
def add_clause(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Add a clause to the text."""
    history = History(recommendation)
    text = history.text()
    last = str(text[-1].clause_id) if text else ""
    form = AddForm(posted(request), initial={"seen": history.number, "after": last})
    offer_places(form, text)
    if submit(
        request,
        form,
        "write_text",
        lambda: texts.write_clause(
            request.user,
            recommendation,
            form.words(),
            form.cleaned_data["after"],
            form.cleaned_data["seen"],
        ),
    ):
        messages.success(request, _("The clause is in the text."))
        return redirect("ess_pages:desk", recommendation.pk)
    return show(request, "add", form, recommendation=recommendation)
