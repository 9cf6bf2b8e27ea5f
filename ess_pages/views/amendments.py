"""Members write amendments, weigh those of others, and see what became of their own."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..actions import amendments as verbs
from ..forms.amendments import AmendmentFilterForm, AmendmentForm, CommentForm, OpinionForm
from ..history import History
from ..links import in_language
from ..models import Amendment, Clause, Recommendation, RecommendationPage
from ..models.clauses import LANGUAGES, other_language, text_language
from ..policy import allows
from ..reading import Reading, place_of, readings
from ..throttle import is_throttled
from .clauses import comment_form, comment_place, comments_of, published_page, take_comment
from .submission import attempt, status_of

PAGE_SIZE = 20
DRAFT = Amendment.State.DRAFT
Kind = Amendment.Kind


# Writing


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, key: UUID) -> HttpResponse:
    """Write an amendment that changes, moves or strikes a clause."""
    clause = get_object_or_404(Clause.objects.select_related("recommendation"), translation_key=key)
    kind = request.GET.get("kind", Kind.CHANGE)
    if kind not in (Kind.CHANGE, Kind.MOVE, Kind.STRIKE):
        raise Http404
    return _write(request, _begun(request, clause.recommendation, kind=kind, clause=clause))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def amend_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an amendment that adds a clause."""
    recommendation = get_object_or_404(Recommendation, pk=pk)
    return _write(request, _begun(request, recommendation, kind=Kind.ADD))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on writing one's own draft."""
    draft = get_object_or_404(_mine(request), pk=pk)
    if draft.state != DRAFT and request.method != "POST":
        return redirect("ess_pages:amendment", pk)
    return _write(request, draft)


def _mine(request: HttpRequest):
    return Amendment.objects.filter(author=request.user.pk).select_related(
        "recommendation", "clause", "base", "version"
    )


def _begun(request: HttpRequest, recommendation: Recommendation, **what) -> Amendment:
    """Return a new amendment, in the words that the text has now."""
    language = request.GET.get("language", text_language())
    if language not in LANGUAGES:
        raise Http404
    return Amendment(recommendation=recommendation, language=language, **what)


def _write(request: HttpRequest, amendment: Amendment) -> HttpResponse:
    recommendation = amendment.recommendation
    page, history = published_page(recommendation), History(recommendation)
    begins = not amendment.pk and request.method != "POST"
    why_not = _why_not(amendment, history) if begins else ""
    if why_not:
        messages.error(request, why_not)
        return redirect(_back(amendment, page))
    form = AmendmentForm(
        request.POST if request.method == "POST" else None,
        instance=amendment,
        history=history,
        host=request.get_host(),
        initial={} if amendment.pk else _present(amendment, history),
    )
    is_sent = request.method == "POST" and "preview" not in request.POST
    answer = _send(request, form) if is_sent and form.is_valid() else None
    if is_sent and _is_script(request):
        return _told_script(form)
    return answer or _show_form(request, form, page, history)


def _why_not(amendment: Amendment, history: History) -> str:
    """Return why nothing can be begun here now."""
    if not amendment.recommendation.takes_amendments:
        return _("The text takes no amendments now.")
    if amendment.clause_id and amendment.clause_id not in history.order():
        return _("This clause is not in the text any more.")
    return ""


def _back(amendment: Amendment, page) -> str:
    if amendment.clause is None:
        return page.url
    return reverse("ess_pages:clause", args=[amendment.clause.translation_key])


def _present(amendment: Amendment, history: History) -> dict[str, Any]:
    """Return what a new amendment begins with: the words and the place that the clause has."""
    order = history.order()
    if amendment.kind == Kind.ADD:
        return {"after": order[-1] if order else ""}
    if amendment.kind == Kind.MOVE and amendment.clause_id in order:
        place = order.index(amendment.clause_id)
        return {"after": order[place - 1] if place else ""}
    now = history.at(amendment.clause_id)
    return now.wording(amendment.language)._asdict() if now else {}


def _send(request: HttpRequest, form: AmendmentForm) -> HttpResponse | None:
    """Keep what was written, and propose it where that is asked; None where the form says why not.

    What is kept is the form's instance from then on.
    """
    amendment = form.instance
    if amendment.pk and amendment.state != DRAFT and not form.is_changed:
        return redirect("ess_pages:amendment", amendment.pk)
    language = request.POST.get("language")
    switches = language in LANGUAGES and language != amendment.language
    if switches and not form.is_changed:
        return redirect(_begin_url(amendment, language))
    kept = attempt(
        request, form, "keep_draft", lambda: verbs.save_amendment(request.user, amendment)
    )
    if kept is None:
        return None
    form.instance = kept
    if "propose" in request.POST:
        return _propose(request, form)
    messages.success(request, _("Your draft is kept: nobody else can read it."))
    if switches:
        return redirect(_begin_url(amendment, language))
    return redirect("ess_pages:edit_amendment", kept.pk)


def _propose(request: HttpRequest, form: AmendmentForm) -> HttpResponse | None:
    kept = form.instance
    if not attempt(request, form, "amend", lambda: verbs.propose_amendment(request.user, kept)):
        return None
    messages.success(request, _("Thank you: everybody can read your amendment now."))
    return redirect("ess_pages:amendment", kept.pk)


def _begin_url(amendment: Amendment, language: str | None) -> str:
    """Return where another amendment of this kind is begun, in another language."""
    if amendment.clause is None:
        address = reverse("ess_pages:amend_text", args=[amendment.recommendation_id])
    else:
        address = reverse("ess_pages:amend", args=[amendment.clause.translation_key])
    return f"{address}?{urlencode({'kind': amendment.kind, 'language': language})}"


def _is_script(request: HttpRequest) -> bool:
    """Whether the page keeps a draft by itself, while it is being written."""
    return request.headers.get("Accept") == "application/json"


def _told_script(form: AmendmentForm) -> JsonResponse:
    if form.errors:
        said = next(iter(form.errors.values()))[0]
        return JsonResponse({"error": said}, status=status_of(form))
    return JsonResponse({"url": reverse("ess_pages:edit_amendment", args=[form.instance.pk])})


def _show_form(request: HttpRequest, form: AmendmentForm, page, history: History) -> HttpResponse:
    amendment = form.instance
    context = {
        "text_page": page,
        "form": form,
        "amendment": amendment,
        "address": reverse("ess_pages:edit_amendment", args=[amendment.pk])
        if amendment.pk
        else request.get_full_path(),
        "version": history.at(amendment.clause_id),
        "place": place_of(amendment.clause_id, history),
        "language": amendment.language,
        "other_language": other_language(amendment.language),
        "latest": history.number,
        "reading": Reading(amendment, history),
        "is_preview": amendment.pk or form.is_bound,
    }
    return render(request, "ess_pages/amendments/form.html", context, status=status_of(form))


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's amendment; a draft is deleted."""
    amendment = Amendment.objects.filter(pk=pk).select_related("recommendation").first()
    if amendment is None:  # a draft that a first click has deleted
        return redirect("ess_pages:my_amendments")
    is_draft = amendment.state == DRAFT
    if is_throttled(request, "amend"):
        messages.error(request, _("That was too often in a short time: try again in an hour."))
        return redirect("ess_pages:my_amendments")
    try:
        verbs.withdraw_amendment(request.user, amendment)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        said = _("Your draft is deleted.") if is_draft else _("Your amendment is withdrawn.")
        messages.success(request, said)
    return redirect("ess_pages:my_amendments")


# Reading


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an amendment, what members say of it and what became of it; take a comment."""
    found = get_object_or_404(Amendment.objects.select_related("recommendation"), pk=pk)
    if found.state == DRAFT:
        if found.author_id != request.user.pk:
            raise Http404
        return redirect("ess_pages:edit_amendment", pk)
    form = comment_form(request, "\n".join((found.heading, found.text, found.reason)))
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path)
        said = take_comment(request, form, found)
        if said:
            return redirect(f"{request.path}{comment_place(found.comments, said)}")
    return _show(request, found, form, OpinionForm())


@login_required
@never_cache
@require_POST
def give_opinion(request: HttpRequest, pk: int) -> HttpResponse:
    """Support an amendment, oppose it with a reason, or take that back."""
    found = get_object_or_404(Amendment.objects.published().select_related("recommendation"), pk=pk)
    opinion = request.POST.get("opinion")
    form = OpinionForm(request.POST)
    acts = {
        "support": lambda: verbs.give_opinion(request.user, found, True),
        "oppose": lambda: verbs.give_opinion(
            request.user, found, False, form.cleaned_data["reason"]
        ),
        "take_back": lambda: verbs.take_back_opinion(request.user, found),
    }
    if opinion not in acts:
        raise Http404
    if form.is_valid() and attempt(request, form, "give_opinion", acts[opinion]):
        return redirect(f"{reverse('ess_pages:amendment', args=[pk])}#opinions")
    # The comment form of the page shows nothing of what was sent here.
    return _show(request, found, CommentForm(words=""), form)


def _show(
    request: HttpRequest, found: Amendment, form: CommentForm, opinion_form: OpinionForm
) -> HttpResponse:
    recommendation = found.recommendation
    page, history = published_page(recommendation), History(recommendation)
    [reading] = readings(Amendment.objects.filter(pk=found.pk), history)
    context = {
        "text_page": page,
        "amendment": reading.amendment,
        "reading": reading,
        "mine": next((one for one in reading.opinions if one.user_id == request.user.pk), None),
        "is_author": found.author_id is not None and found.author_id == request.user.pk,
        "is_weighed": found.is_weighed,
        "may_decide": found.is_weighed and allows(request.user, "decide_amendment", recommendation),
        "may_say": allows(request.user, "give_opinion", found),
        "opinion_form": opinion_form,
        "comment_form": form,
        **comments_of(request, found.comments, recommendation, history),
    }
    status = status_of(form, opinion_form)
    return render(request, "ess_pages/amendments/amendment.html", context, status=status)


@require_safe
def amendments(request: HttpRequest, pk: int) -> HttpResponse:
    """List the amendments of a text, or those in a state, or of a clause."""
    recommendation = get_object_or_404(Recommendation, pk=pk)
    page, history = published_page(recommendation), History(recommendation)
    form = AmendmentFilterForm(request.GET, history=history)
    listed = form.apply(recommendation.amendments.published())
    pages = Paginator(listed, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = listed.filter(pk__in=[one.pk for one in pages])
    context = {
        "text_page": page,
        "form": form,
        "pages": pages,
        "readings": readings(shown, history),
    }
    return render(request, "ess_pages/amendments/amendments.html", context)


@login_required
@never_cache
@require_safe
def my_amendments(request: HttpRequest) -> HttpResponse:
    """Show members what they are writing and have proposed, and what became of it."""
    mine = _mine(request).with_opinions().order_by("-saved_at", "-pk")
    pages = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    keys = {one.recommendation.translation_key for one in pages}
    shown = RecommendationPage.objects.live().filter(translation_key__in=keys)
    titles = {one.recommendation_id: one for one in in_language(shown, shown)}
    rows = [{"amendment": one, "text_page": titles.get(one.recommendation_id)} for one in pages]
    context = {"rows": rows, "pages": pages}
    return render(request, "ess_pages/amendments/my_amendments.html", context)
