"""Amendments: written by members, weighed by others, decided by the rapporteurs."""

from collections.abc import Iterable
from types import EllipsisType

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import mails
from ..history import History
from ..links import version_in, view_url
from ..models import (
    Amendment,
    Clause,
    ClauseVersion,
    Comment,
    Opinion,
    Recommendation,
    RecommendationPage,
)
from ..models.recommendations import TALKED_ABOUT, State
from ..policy import require
from .texts import (
    Words,
    add_clause,
    change_clause,
    hold,
    place_clause,
    remove_clause,
)

DRAFT, PROPOSED = Amendment.State.DRAFT, Amendment.State.PROPOSED
Kind = Amendment.Kind
# What its author writes.
WRITTEN = ("heading", "text", "after_id", "reason", "discussion")


class ConflictError(ValidationError):
    """The text has moved on since the amendment was written: a person has to look at both."""

    def __init__(self, conflict) -> None:
        super().__init__(conflict.label, code="conflict")
        self.conflict = conflict


@transaction.atomic
def save_amendment(user, amendment: Amendment) -> Amendment:
    """Keep an amendment while it is being written: a new one, or one's own draft. Return it.

    It need not be whole yet. Its base is the version that its author has before their eyes; without
    one, it is written on what the text says when it is begun. The same words twice are one
    amendment. Raises PermissionDenied, and ValidationError where the text takes no amendments, or
    the draft has been proposed in other words since.
    """
    require(user, "amend", amendment.recommendation)
    held = _hold_open(amendment.recommendation)
    if amendment.pk:
        require(user, "write_amendment", amendment)
    else:
        amendment.author, amendment.author_name = user, name_of(user)
        amendment.base = amendment.base or held.versions.last()
        amendment.created_at = timezone.now()
    known = _known(user, amendment)
    if known and known.state == PROPOSED and _fields(known) == _fields(amendment):
        return known
    if amendment.pk:
        _refuse_unless_in(known or amendment, DRAFT)
    elif known:
        return known
    amendment.clean_fields(exclude=["author", "author_name", "base"])
    _refuse_foreign_clauses(amendment)
    _refuse_foreign_address(amendment)
    amendment.save()
    return amendment


@transaction.atomic
def propose_amendment(user, amendment: Amendment) -> Amendment:
    """Put a draft before everybody. Twice is once.

    Raises PermissionDenied, and ValidationError for what is not whole, or changes nothing.
    """
    require(user, "write_amendment", amendment)
    held = _hold_open(amendment.recommendation)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if amendment.state == PROPOSED:
        return amendment
    _refuse_unless_in(amendment, DRAFT)
    _refuse_incomplete(amendment, History(held))
    amendment.state, amendment.proposed_at = PROPOSED, timezone.now()
    amendment.save(update_fields=["state", "proposed_at"])
    log(held, "ess_pages.propose_amendment", user=user, data={"amendment": amendment.pk})
    return amendment


@transaction.atomic
def withdraw_amendment(user, amendment: Amendment) -> None:
    """Take one's amendment back. A draft is gone; what was proposed is shown as withdrawn.

    Raises PermissionDenied, and ValidationError where it has been decided.
    """
    require(user, "write_amendment", amendment)
    hold(amendment.recommendation)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if amendment.state == Amendment.State.WITHDRAWN:
        return
    _refuse_unless_in(amendment, DRAFT, PROPOSED)
    if amendment.state == DRAFT:
        amendment.delete()
        return
    amendment.state, amendment.decided_at = Amendment.State.WITHDRAWN, timezone.now()
    amendment.save(update_fields=["state", "decided_at"])
    log(
        amendment.recommendation,
        "ess_pages.withdraw_amendment",
        user=user,
        data={"amendment": amendment.pk},
    )


@transaction.atomic
def give_opinion(user, amendment: Amendment, is_support: bool, reason: str = "") -> Opinion:
    """Support an amendment, or oppose it with a reason; said again, it replaces what was said.

    Raises PermissionDenied for whoever is no member or its author, and ValidationError.
    """
    require(user, "give_opinion", amendment)
    _hold_weighed(amendment)
    if not is_support and not reason.strip():
        raise ValidationError({"reason": _("Say why you oppose it.")})
    opinion, _created = Opinion.objects.update_or_create(
        amendment=amendment, user=user, defaults={"is_support": is_support, "reason": reason}
    )
    log(
        amendment.recommendation,
        "ess_pages.give_opinion",
        user=user,
        data={"amendment": amendment.pk, "supports": is_support},
    )
    return opinion


@transaction.atomic
def take_back_opinion(user, amendment: Amendment) -> None:
    """Take back what one said of an amendment. Raises PermissionDenied and ValidationError."""
    require(user, "give_opinion", amendment)
    _hold_weighed(amendment)
    amendment.opinions.filter(user=user).delete()


@transaction.atomic
def comment(user, about: Clause | Amendment, text: str, quote: str = "") -> Comment:
    """Say something of a clause or an amendment, or of some words of it. Twice is once.

    Raises PermissionDenied, and ValidationError where there is no text or the talk is over.
    """
    require(user, "comment", about.recommendation)
    recommendation = _hold_talked_about(about.recommendation)
    if isinstance(about, Amendment) and about.state == DRAFT:
        raise ValidationError(_("This amendment is still being written."))
    what: dict = {"amendment" if isinstance(about, Amendment) else "clause": about}
    latest = Comment.objects.filter(author=user, **what).last()
    if latest and (latest.text, latest.quote) == (text, quote):
        return latest
    said = Comment(
        **what,
        version=recommendation.versions.last(),
        text=text,
        quote=quote,
        author=user,
        author_name=name_of(user),
        at=timezone.now(),
    )
    said.full_clean()
    said.save()
    log(recommendation, "ess_pages.comment", user=user, data={"comment": said.pk})
    return said


@transaction.atomic
def hide_comment(user, said: Comment) -> None:
    """Hide a comment from readers. Raises PermissionDenied."""
    recommendation = said.version.recommendation
    require(user, "hide_comment", recommendation)
    if said.hidden_at is None:
        said.hidden_at = timezone.now()
        said.save(update_fields=["hidden_at"])
        log(recommendation, "ess_pages.hide_comment", user=user, data={"comment": said.pk})


@transaction.atomic
def accept_amendment(
    user,
    amendment: Amendment,
    reason: str,
    seen: int,
    words: Words | None = None,
    agrees: bool = False,
    after: Clause | EllipsisType | None = ...,
    despite_conflict: bool = False,
) -> ClauseVersion:
    """Put an amendment into the text, as it is or in other `words`. Return the new version.

    `words` are those that the rapporteur settles on, by language; where they are not the author's,
    the amendment is accepted in part. `after` is the place that they choose, if not the author's:
    a clause, or None for the beginning. `seen` and `agrees` are those of `edit_clause`. Where the
    text has moved on since the amendment was written, only a rapporteur who has seen the conflict
    can take it up: `despite_conflict` says so, and the words are then never the author's unread.

    Raises PermissionDenied, ConflictError, MovedOnError, and ValidationError.
    """
    require(user, "decide_amendment", amendment.recommendation)
    held, amendment = _hold_for_decision(amendment, reason)
    conflict = History(held).conflict(amendment)
    if conflict and not (despite_conflict and _can_be_taken_up(amendment, conflict, words)):
        raise ConflictError(conflict)
    place = amendment.after if after is ... else after
    version = _take_up(user, held, amendment, words, seen, agrees, place)
    _decide(user, amendment, _outcome(amendment, words), reason, version)
    return version


@transaction.atomic
def merge_amendments(
    user,
    amendments: Iterable[Amendment],
    reason: str,
    seen: int,
    words: Words,
    agrees: bool = False,
    after: Clause | EllipsisType | None = ...,
) -> ClauseVersion:
    """Put several amendments of a clause into the text in words that unite them: all are credited.

    Raises as `accept_amendment` does; the rapporteur's words have been written on what `seen` says,
    so that no conflict is left to settle.
    """
    amendments = list(amendments)
    first = amendments[0]
    require(user, "decide_amendment", first.recommendation)
    pairs = [_hold_for_decision(amendment, reason) for amendment in amendments]
    held, amendments = pairs[0][0], [amendment for _held, amendment in pairs]
    clauses = {amendment.clause_id for amendment in amendments}
    kinds = {amendment.kind for amendment in amendments}
    if len(amendments) < 2 or len(clauses) > 1 or kinds not in ({Kind.CHANGE}, {Kind.ADD}):
        raise ValidationError(_("Choose two or more amendments that change the same clause."))
    if first.clause:
        version = change_clause(user, held, first.clause, words, seen, agrees, reason)
    else:
        place = amendments[0].after if after is ... else after
        version = add_clause(user, held, words, place, reason)
    for amendment in amendments:
        _decide(user, amendment, Amendment.State.MERGED, reason, version)
    return version


@transaction.atomic
def decline_amendment(user, amendment: Amendment, reason: str) -> None:
    """Leave an amendment out of the text, and say why. Raises as `accept_amendment` does."""
    require(user, "decide_amendment", amendment.recommendation)
    _held, amendment = _hold_for_decision(amendment, reason)
    _decide(user, amendment, Amendment.State.DECLINED, reason, None)


def _hold_open(recommendation: Recommendation) -> Recommendation:
    held = hold(recommendation)
    if not held.takes_amendments:
        raise ValidationError(_("The text takes no amendments now."), code="closed")
    return held


def _hold_talked_about(recommendation: Recommendation) -> Recommendation:
    held = hold(recommendation)
    if held.state not in TALKED_ABOUT:
        raise ValidationError(_("The text is settled: nothing can be added any more."))
    return held


def _hold_weighed(amendment: Amendment) -> None:
    # Of a text that is withdrawn, what was proposed stays so.
    _hold_talked_about(amendment.recommendation)
    amendment.refresh_from_db(fields=["state"])
    _refuse_unless_in(amendment, PROPOSED)


def _hold_for_decision(amendment: Amendment, reason: str) -> tuple[Recommendation, Amendment]:
    held = hold(amendment.recommendation)
    amendment = Amendment.objects.select_for_update().get(pk=amendment.pk)
    if held.state not in (State.OPEN, State.SETTLING):
        raise ValidationError(_("The text is not being settled now."))
    if held.consultations.filter(closed_at=None).exists():
        raise ValidationError(_("The text is put to the participants: it cannot be changed now."))
    _refuse_unless_in(amendment, PROPOSED)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    return held, amendment


def _refuse_unless_in(amendment: Amendment, *states: str) -> None:
    if amendment.state not in states:
        raise ValidationError(
            _("This amendment cannot be changed any more: %(state)s.")
            % {"state": amendment.get_state_display()},
            code="decided",
        )


def _fields(amendment: Amendment) -> tuple:
    return tuple(getattr(amendment, name) for name in ("kind", "clause_id", "language", *WRITTEN))


def _known(user, amendment: Amendment) -> Amendment | None:
    """Return a draft as it is kept, or what its author has in the same words already."""
    if amendment.pk:
        return Amendment.objects.select_for_update().get(pk=amendment.pk)
    mine = Amendment.objects.filter(
        recommendation=amendment.recommendation_id, author=user, state__in=[DRAFT, PROPOSED]
    )
    return next((one for one in mine if _fields(one) == _fields(amendment)), None)


def _refuse_foreign_address(amendment: Amendment) -> None:
    # A path of this site: "//" would lead to another.
    address = amendment.discussion
    if address and not (
        address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    ):
        raise ValidationError({"discussion": _("Give the address of a page of this site.")})


def _refuse_foreign_clauses(amendment: Amendment) -> None:
    for clause in (amendment.clause, amendment.after):
        if clause and clause.recommendation_id != amendment.recommendation_id:
            raise ValidationError(_("This clause is not part of the text."))


def _refuse_incomplete(amendment: Amendment, history: History) -> None:
    errors = {}
    if not amendment.reason.strip():
        errors["reason"] = _("Say why you propose it.")
    needs_clause = amendment.kind != Kind.ADD
    if needs_clause and (amendment.clause is None or amendment.clause_id not in history.order()):
        errors["clause"] = _("This clause is not in the text any more.")
    if amendment.kind in (Kind.CHANGE, Kind.ADD) and not amendment.text.strip():
        errors["text"] = _("Write what the clause says.")
    if errors:
        raise ValidationError(errors)
    if amendment.kind == Kind.CHANGE:
        now = history.at(amendment.clause_id)
        if now and now.wording(amendment.language) == amendment.wording:
            raise ValidationError({"text": _("This is what the clause says already.")})
    if amendment.kind == Kind.MOVE and amendment.after_id == amendment.clause_id:
        raise ValidationError({"after": _("A clause cannot follow itself.")})


def _can_be_taken_up(amendment: Amendment, conflict, words: Words | None) -> bool:
    """Whether a rapporteur can take up an amendment whose conflict they have seen."""
    if conflict == conflict.STRUCK:
        return False
    return amendment.kind != Kind.CHANGE or words is not None


def _take_up(user, held, amendment, words, seen, agrees, after) -> ClauseVersion:
    clause, reason = amendment.clause, amendment.reason
    proposed = {amendment.language: amendment.wording}
    if amendment.kind == Kind.CHANGE:
        return change_clause(user, held, clause, words or proposed, seen, agrees, reason)
    if amendment.kind == Kind.ADD:
        return add_clause(user, held, words or proposed, after, reason)
    if amendment.kind == Kind.MOVE:
        return place_clause(user, held, clause, after, seen)
    return remove_clause(user, held, clause, seen, reason)


def _outcome(amendment: Amendment, words: Words | None) -> str:
    """Return what became of an amendment that was taken up in these words."""
    if words is None or amendment.kind in (Kind.MOVE, Kind.STRIKE):
        return Amendment.State.ACCEPTED
    is_whole = words.get(amendment.language) == amendment.wording
    return Amendment.State.ACCEPTED if is_whole else Amendment.State.ACCEPTED_IN_PART


def _decide(user, amendment: Amendment, state: str, reason: str, version) -> None:
    amendment.state, amendment.decision, amendment.version = state, reason, version
    amendment.decided_by, amendment.decided_at = user, timezone.now()
    amendment.save(update_fields=["state", "decision", "version", "decided_by", "decided_at"])
    log(
        amendment.recommendation,
        "ess_pages.decide_amendment",
        user=user,
        data={"amendment": amendment.pk, "decision": state},
    )
    _tell_author(amendment)


def _tell_author(amendment: Amendment) -> None:
    author = amendment.author
    if author is None or not author.is_active:
        return
    pages = RecommendationPage.objects.live().filter(recommendation=amendment.recommendation_id)
    page = version_in(pages, amendment.language)
    if page is None:
        return
    clause = amendment.version.clause if amendment.version else amendment.clause
    mails.send(
        "amendment_decided",
        getattr(author, author.get_email_field_name()),
        amendment.language,
        {
            "amendment": amendment,
            "title": page.title,
            "amendment_url": view_url(page, "amendment", amendment.pk, language=amendment.language),
            "url": f"{page.full_url}#{clause.anchor}" if clause else page.full_url,
        },
    )


def name_of(user) -> str:
    """Return the name that words are credited to: the participant's, or else the account's.

    Of an account that is gone, None, nobody's.
    """
    if user is None:
        return _("a former member")
    participant = getattr(user, "participant", None)
    if participant:
        return participant.name
    return user.get_full_name() or getattr(user, get_user_model().USERNAME_FIELD).partition("@")[0]
