"""The page of a clause: what it says in both languages, who would change it, what is said of it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..actions.amendments import comment, hide_comment
from ..forms.amendments import CommentForm, words_of
from ..history import History
from ..links import version_in
from ..models import Amendment, Clause, Comment, Recommendation, RecommendationPage
from ..models.clauses import other_language, text_language
from ..models.recommendations import TALKED_ABOUT
from ..policy import allows
from ..reading import WAITING, place_of, readings
from ..throttle import is_throttled
from .submission import attempt, status_of

COMMENTS = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def clause(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show a clause, its amendments side by side and its comments; take a comment."""
    found = get_object_or_404(Clause.objects.select_related("recommendation"), translation_key=key)
    page = published_page(found.recommendation)
    history = History(found.recommendation)
    version = history.at(found.pk)
    if version is None:
        raise Http404
    form = comment_form(request, words_of(version))
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        said = take_comment(request, form, found)
        if said:
            return redirect(f"{request.path}{comment_place(found.comments, said)}")
    language = text_language()
    about = Q(clause=found) | Q(version__clause=found)
    shown = readings(Amendment.objects.published().filter(about), history)
    context = {
        "text_page": page,
        "clause": found,
        "place": place_of(found.pk, history),
        "version": version,
        "text_languages": (language, other_language(language)),
        "rivals": [one for one in shown if one.amendment.state in WAITING],
        "decided": [one for one in shown if one.amendment.state not in WAITING],
        "credits": [one.amendment for one in shown if one.amendment.state in Amendment.TAKEN_UP],
        **comments_of(request, found.comments, found.recommendation, history),
        "comment_form": form,
    }
    return render(request, "ess_pages/amendments/clause.html", context, status=status_of(form))


@login_required
@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a comment, and return to where it stood."""
    said = get_object_or_404(Comment.objects.select_related("clause", "version"), pk=pk)
    if is_throttled(request, "hide_comment"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
    else:
        hide_comment(request.user, said)
        messages.success(request, _("The comment is hidden."))
    if said.clause:
        return redirect("ess_pages:clause", said.clause.translation_key)
    return redirect("ess_pages:amendment", said.amendment_id)


# What the views of clauses and of amendments share


def published_page(recommendation: Recommendation) -> RecommendationPage:
    """Return the page on which everybody reads a text, in the active language where it can be.

    Raises Http404.
    """
    pages = RecommendationPage.objects.live().public().filter(recommendation=recommendation)
    page = version_in(pages)
    if page is None:
        raise Http404
    return page


def comment_form(request: HttpRequest, words: str) -> CommentForm:
    """Return the form to comment on something that says `words`, with what was sent of it."""
    quote = request.GET.get("quote", "")
    data = request.POST if request.method == "POST" and "text" in request.POST else None
    return CommentForm(data, words=words, initial={"quote": quote})


def take_comment(
    request: HttpRequest, form: CommentForm, about: Clause | Amendment
) -> Comment | None:
    """Keep the comment that a form asks for; None where the form says why not."""
    if not form.is_valid():
        return None
    said = attempt(
        request, form, "comment", lambda: comment(request.user, about, **form.cleaned_data)
    )
    if said:
        messages.success(request, _("Your comment is there."))
    return said


def comment_place(comments, said: Comment) -> str:
    """Return the query and the fragment that lead to a comment that has just been made."""
    page = Paginator(comments.all(), COMMENTS).num_pages
    return f"?page={page}#comment-{said.pk}" if page > 1 else f"#comment-{said.pk}"


def comments_of(
    request: HttpRequest, comments, recommendation: Recommendation, history: History
) -> dict[str, Any]:
    """Return what a template needs to show these comments, a page of them."""
    pages: Page = Paginator(_loaded(comments), COMMENTS).get_page(request.GET.get("page"))
    rows = [{"comment": one, "is_of_earlier": _is_of_earlier(one, history)} for one in pages]
    return {
        "comments": rows,
        "pages": pages,
        "is_talked_about": recommendation.state in TALKED_ABOUT,
        "may_hide": bool(rows) and allows(request.user, "hide_comment", recommendation),
    }


def _loaded(comments) -> QuerySet[Comment]:
    return comments.select_related("version", "amendment", "author__participant")


def _is_of_earlier(said: Comment, history: History) -> bool:
    """Whether the clause has changed since this was said of it."""
    amended = said.amendment.clause_id if said.amendment else None
    versions = history.of(said.clause_id or amended)
    return bool(versions) and versions[-1].number > said.version.number
