"""How a text came to be: the versions of a clause and of the whole, and what differs."""

from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language_info
from django.views.decorators.http import require_safe
from wagtail.wagtail_hooks import check_view_restrictions

from ..comparison import compare
from ..history import History
from ..models import Amendment, Clause, ClauseVersion, Recommendation
from ..models.amendments import LANGUAGE_CHOICES
from ..models.clauses import LANGUAGES, text_language
from ..models.recommendations import State
from ..policy import allows


def for_readers(view):
    """Give a view the recommendation for whoever may read its page; a draft is for its authors."""

    def serve(page, request, args, kwargs):
        return view(request, *args, **kwargs)

    @wraps(view)
    def wrapper(request: HttpRequest, pk: int, **kwargs) -> HttpResponse:
        recommendation = get_object_or_404(Recommendation, pk=pk)
        page = recommendation.page
        if page is None or not page.live:
            if not allows(request.user, "write_text", recommendation):
                raise Http404
            return view(request, recommendation, **kwargs)
        return check_view_restrictions(serve)(page, request, [recommendation], kwargs)

    return require_safe(wrapper)


def clause_history(request: HttpRequest, key) -> HttpResponse:
    """Show every version of a clause, and what differs between two of them."""
    clause = get_object_or_404(Clause, translation_key=key)
    return _clause_history(request, pk=clause.recommendation_id, clause=clause)


@for_readers
def _clause_history(
    request: HttpRequest, recommendation: Recommendation, clause: Clause
) -> HttpResponse:
    versions = list(
        clause.versions.select_related("by__participant").prefetch_related(
            "amendments__author__participant"
        )
    )
    if not versions:
        raise Http404
    last = len(versions)
    first, second = _two(request, default=(versions[max(last - 2, 0)].number, versions[-1].number))
    context = {
        "recommendation": recommendation,
        "page": recommendation.page,
        "clause": clause,
        "versions": [_told(version) for version in reversed(versions)],
        "is_struck": versions[-1].kind == ClauseVersion.Kind.STRUCK,
        "before": _at(versions, first),
        "after": _at(versions, second),
        **_language(request),
    }
    return render(request, "ess_pages/texts/clause_history.html", context)


def _told(version: ClauseVersion) -> dict:
    """Return a version with its place then, who wrote it, and the amendments that it took up."""
    in_text = version.clause_id in version.order
    return {
        "version": version,
        "place": version.order.index(version.clause_id) + 1 if in_text else None,
        "by": getattr(version.by, "participant", None),
        "amendments": [a for a in version.amendments.all() if a.state in Amendment.TAKEN_UP],
    }


def _at(versions: list[ClauseVersion], number: int) -> ClauseVersion:
    """Return the version that held at a number: an odd one leads to the first."""
    return next((v for v in reversed(versions) if v.number <= number), versions[0])


@for_readers
def compare_texts(request: HttpRequest, recommendation: Recommendation) -> HttpResponse:
    """Show what differs between two versions of a text, clause by clause."""
    history = History(recommendation)
    if not history.number:
        raise Http404
    steps = list(recommendation.steps.all())
    opened = next((step.version for step in steps if step.state == State.OPEN), 1)
    first, second = (
        min(max(number, 1), history.number)
        for number in _two(request, default=(opened, history.number))
    )
    context = {
        "recommendation": recommendation,
        "page": recommendation.page,
        "rows": compare(history, first, second),
        "first": first,
        "second": second,
        "steps": steps,
        "versions": history.versions,
        "last": history.number,
        **_language(request),
    }
    return render(request, "ess_pages/texts/compare.html", context)


@for_readers
def text_version(request: HttpRequest, recommendation: Recommendation, number: int) -> HttpResponse:
    """Show a text as it was at a version."""
    history = History(recommendation)
    if not 1 <= number <= history.number:
        raise Http404
    context = {
        "recommendation": recommendation,
        "page": recommendation.page,
        "version": history.versions[number - 1],
        "text": history.text(number),
        "last": history.number,
        "text_languages": LANGUAGE_CHOICES,
    }
    return render(request, "ess_pages/texts/version.html", context)


def _two(request: HttpRequest, default: tuple[int, int]) -> tuple[int, int]:
    """Return the two versions that the address asks for, the earlier first."""
    asked = [
        _number(request.GET.get(name), known)
        for name, known in zip(("from", "to"), default, strict=True)
    ]
    return min(asked), max(asked)


def _number(value: str | None, default: int) -> int:
    try:
        return int(value or "")
    except ValueError:
        return default


def _language(request: HttpRequest) -> dict:
    """Return in which language a text is compared, and which there are."""
    asked = request.GET.get("language")
    language = asked if asked in LANGUAGES else text_language()
    is_rtl = get_language_info(language)["bidi"]
    return {
        "language": language,
        "dir": "rtl" if is_rtl else "ltr",
        "text_languages": LANGUAGE_CHOICES,
    }
