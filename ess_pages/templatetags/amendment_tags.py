"""What the templates of clauses and amendments ask for."""

from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.db.models import Count, Q
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.http import urlencode

from ..actions.amendments import name_of
from ..models import Amendment, ClauseVersion, Comment, Recommendation
from ..models.clauses import text_language
from ..policy import allows

register = template.Library()
register.filter("name_of", name_of)


@register.filter
def credited(what: Amendment | Comment) -> str:
    """Return the name of who wrote this: in the language at hand, or else as it was kept."""
    person = getattr(what.author, "participant", None)
    return person.name if person else what.author_name


class Talk(NamedTuple):
    """What members say of a clause: how many amendments and comments, whose words it has taken."""

    amendments: int
    comments: int
    credits: list[Amendment]


@register.simple_tag
def with_talk(text: list[ClauseVersion]) -> list[tuple[ClauseVersion, Talk]]:
    """Return the clauses of a text, each with what is said of it. Two queries for all of them."""
    if not text:
        return []
    amendments = (
        Amendment.objects.published()
        .filter(recommendation=text[0].recommendation_id)
        .select_related("version", "author__participant")
        .defer("text", "reason", "decision")
    )
    by_clause: dict[int | None, list[Amendment]] = {}
    for amendment in amendments:
        made = amendment.version.clause_id if amendment.version else None
        by_clause.setdefault(amendment.clause_id or made, []).append(amendment)
    comments = dict(
        Comment.objects.filter(clause__in=[v.clause_id for v in text], hidden_at=None)
        .order_by()
        .values_list("clause", Count("pk"))
    )
    return [
        (version, _talk(by_clause.get(version.clause_id, []), comments.get(version.clause_id, 0)))
        for version in text
    ]


def _talk(amendments: list[Amendment], comments: int) -> Talk:
    taken_up = [one for one in amendments if one.state in Amendment.TAKEN_UP]
    return Talk(len(amendments), comments, taken_up)


@register.filter
def lags(version: ClauseVersion, language: str = "") -> bool:
    """Return whether a language, the one at hand by default, has not followed the other."""
    return version.is_behind(language or text_language())


@register.simple_tag(takes_context=True)
def sign_in_url(context, fragment: str = "") -> str:
    """Return where a visitor signs in, to come back to the page at hand."""
    here = context["request"].get_full_path() + fragment
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}"


@register.simple_tag(takes_context=True)
def participation(context, recommendation: Recommendation) -> dict[str, Any]:
    """Return what the visitor can do with a text.

    `days` are those left to amend it; `amendments` and `drafts`, the visitor's own, are numbers.
    """
    user, now = context["request"].user, timezone.localdate()
    closes_at = recommendation.closes_at
    mine = Q(state=Amendment.State.DRAFT, author=user.pk)
    numbers = recommendation.amendments.aggregate(
        amendments=Count("pk", filter=~Q(state=Amendment.State.DRAFT)),
        drafts=Count("pk", filter=mine),
    )
    return {
        **numbers,
        "days": (timezone.localdate(closes_at) - now).days if closes_at else None,
        "may_settle": allows(user, "write_text", recommendation),
    }
