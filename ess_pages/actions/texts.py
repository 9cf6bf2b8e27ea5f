"""Writing the text of a recommendation, clause by clause. Each change is a version that stays."""

from collections.abc import Container, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from modelsearch.tasks import insert_or_update_object_task
from wagtail.log_actions import log

from ..history import History
from ..models import Clause, ClauseVersion, Recommendation, RecommendationPage
from ..models.clauses import LANGUAGES, Wording, other_language
from ..models.recommendations import TALKED_ABOUT, WRITTEN, State
from ..policy import require

Kind = ClauseVersion.Kind
# What a clause says, by language; a language that is not there stays as it is.
Words = Mapping[str, Wording]


class MovedOnError(ValidationError):
    """Somebody else has changed the clause in the meantime."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This clause has changed while you were writing. What it says now is shown; what "
                "you have written is still below."
            ),
            code="moved_on",
        )


@transaction.atomic
def write_clause(
    user,
    recommendation: Recommendation,
    words: Words,
    after: Clause | None = None,
    seen: int | None = None,
) -> ClauseVersion:
    """Add a clause after another, or at the beginning. Return its first version.

    With `seen`, the version of the text that the user has before their eyes, the same words sent
    twice are one clause.

    Raises PermissionDenied, and ValidationError where it has no text or the text is not in hand.
    """
    require(user, "write_text", recommendation)
    held = hold(recommendation)
    _refuse_unless(held, WRITTEN)
    if seen is not None:
        mine = held.versions.filter(number__gt=seen, kind=Kind.WRITTEN, by=user)
        if (written := mine.filter(**_fields(words)).first()) is not None:
            return written
    return add_clause(user, held, words, after)


@transaction.atomic
def edit_clause(
    user, clause: Clause, words: Words, seen: int, agrees: bool = False, reason: str = ""
) -> ClauseVersion:
    """Change what a clause says, in one language or both. Return its version from now on.

    `seen` is the number of the version that the user has before their eyes; `agrees` tells that
    both languages say the same from now on. Without it, a language that had not followed the other
    has now, or else the other has to follow. While members amend, a language can be brought up to
    date and nothing else changes. Done twice, the second changes nothing.

    Raises PermissionDenied, MovedOnError, and ValidationError where the text is not in hand.
    """
    require(user, "write_text", clause.recommendation)
    held = hold(clause.recommendation)
    _refuse_unless(held, TALKED_ABOUT)
    version = change_clause(user, held, clause, words, seen, agrees, reason, may_follow=True)
    if held.state == State.OPEN and version.kind == Kind.CHANGED and version.number > seen:
        raise ValidationError(
            _("While members amend the text, it changes by their amendments alone.")
        )
    return version


@transaction.atomic
def move_clause(user, clause: Clause, after: Clause | None, seen: int) -> ClauseVersion:
    """Put a clause after another, or at the beginning. Raises as `edit_clause` does."""
    require(user, "write_text", clause.recommendation)
    held = hold(clause.recommendation)
    _refuse_unless(held, WRITTEN)
    return place_clause(user, held, clause, after, seen)


@transaction.atomic
def strike_clause(user, clause: Clause, seen: int, reason: str) -> ClauseVersion:
    """Take a clause out of the text; its history stays. Raises as `edit_clause` does."""
    require(user, "write_text", clause.recommendation)
    held = hold(clause.recommendation)
    _refuse_unless(held, WRITTEN)
    return remove_clause(user, held, clause, seen, reason)


@transaction.atomic
def restore_clause(user, clause: Clause, after: Clause | None) -> ClauseVersion:
    """Put a struck clause back, in the words that it had. Raises as `edit_clause` does."""
    require(user, "write_text", clause.recommendation)
    held = hold(clause.recommendation)
    _refuse_unless(held, WRITTEN)
    history = History(held)
    version = _known(history, clause)
    if clause.pk in history.order():
        return version
    return _record(user, version, Kind.RESTORED, order=_placed(history.order(), clause, after))


@transaction.atomic
def find_differing(user, clause: Clause, language: str, seen: int, reason: str) -> ClauseVersion:
    """Note that a clause says something else in `language` than in the other, and why.

    Raises as `edit_clause` does.
    """
    require(user, "write_text", clause.recommendation)
    held = hold(clause.recommendation)
    _refuse_unless(held, TALKED_ABOUT)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what differs.")})
    history = History(held)
    if _known(history, clause).is_behind(language):
        return _known(history, clause)
    version = _current(history, clause, seen)
    return _record(user, version, Kind.DIFFERS, reason=reason, **{f"is_behind_{language}": True})


# What amendments do too: the recommendation is held, its state and the permission checked.


def hold(recommendation: Recommendation) -> Recommendation:
    """Hold a recommendation for this transaction, and return it as it is now.

    All that writes its text or takes it a step further comes through here, one at a time.
    """
    return Recommendation.objects.select_for_update().get(pk=recommendation.pk)


def add_clause(
    user, recommendation: Recommendation, words: Words, after: Clause | None, reason: str = ""
) -> ClauseVersion:
    """Add a clause to a recommendation that is held. Raises ValidationError without any text."""
    words = {language: words.get(language, Wording("", "")) for language in LANGUAGES}
    if not any(words.values()):
        raise ValidationError({"text": _("Write what the clause says.")})
    history = History(recommendation)
    clause = Clause.objects.create(recommendation=recommendation)
    first = ClauseVersion(recommendation=recommendation, clause=clause, number=history.number)
    order = _placed(history.order(), clause, after)
    return _record(user, first, Kind.WRITTEN, order=order, reason=reason, **_fields(words))


def change_clause(
    user,
    recommendation: Recommendation,
    clause: Clause,
    words: Words,
    seen: int,
    agrees: bool = False,
    reason: str = "",
    may_follow: bool = False,
) -> ClauseVersion:
    """Change a clause of a recommendation that is held: see `edit_clause`.

    `may_follow` tells that words in a language that is behind bring it up to date; those of an
    amendment do not, for its author has looked at that language alone.
    """
    history = History(recommendation)
    version = _known(history, clause)
    changed = [each for each, wording in words.items() if wording != version.wording(each)]
    is_done = not changed and not (agrees and version.behind)
    if is_done and clause.pk in history.order():
        return version
    version = _current(history, clause, seen)
    if any(version.wording(each) and not words[each] for each in changed):
        raise ValidationError({"text": _("Write what the clause says, or strike it.")})
    if not changed:
        if version.is_behind_fr or version.is_behind_ar:
            return _record(user, version, Kind.AGREED, is_behind_fr=False, is_behind_ar=False)
        return version
    follows = may_follow and len(changed) == 1 and version.is_behind(changed[0])
    behind = {f"is_behind_{each}": version.is_behind(each) for each in LANGUAGES}
    if agrees or len(changed) == 2:
        behind = dict.fromkeys(behind, False)
    elif follows:
        behind[f"is_behind_{changed[0]}"] = False
    else:
        behind[f"is_behind_{other_language(changed[0])}"] = True
    kind = Kind.TRANSLATED if follows else Kind.CHANGED
    return _record(user, version, kind, reason=reason, **behind, **_fields(words))


def place_clause(
    user, recommendation: Recommendation, clause: Clause, after: Clause | None, seen: int
) -> ClauseVersion:
    """Move a clause of a recommendation that is held: see `move_clause`."""
    history = History(recommendation)
    order = _placed([pk for pk in history.order() if pk != clause.pk], clause, after)
    if order == history.order():
        return _known(history, clause)
    version = _current(history, clause, seen)
    return _record(user, version, Kind.MOVED, order=order)


def remove_clause(
    user, recommendation: Recommendation, clause: Clause, seen: int, reason: str
) -> ClauseVersion:
    """Strike a clause of a recommendation that is held: see `strike_clause`."""
    history = History(recommendation)
    version = _current(history, clause, seen)
    order = [pk for pk in history.order() if pk != clause.pk]
    return _record(user, version, Kind.STRUCK, order=order, reason=reason)


def _refuse_unless(recommendation: Recommendation, states: Container[str]) -> None:
    if recommendation.state not in states:
        raise ValidationError(
            _("The text cannot be changed now: %(state)s.")
            % {"state": recommendation.get_state_display()}
        )
    if recommendation.consultations.filter(closed_at=None).exists():
        raise ValidationError(_("The text is put to the participants: it cannot be changed now."))


def _known(history: History, clause: Clause) -> ClauseVersion:
    version = history.at(clause.pk)
    if version is None:
        raise ValidationError(_("This clause is not part of the text."))
    return version


def _current(history: History, clause: Clause, seen: int) -> ClauseVersion:
    version = _known(history, clause)
    if version.number > seen or clause.pk not in history.order():
        raise MovedOnError()
    return version


def _placed(order: list[int], clause: Clause, after: Clause | None) -> list[int]:
    if after is None:
        return [clause.pk, *order]
    if after.pk not in order:
        raise ValidationError(
            {"after": _("The clause that it is to follow is not in the text any more.")}
        )
    place = order.index(after.pk) + 1
    return [*order[:place], clause.pk, *order[place:]]


def _fields(words: Words) -> dict[str, str]:
    return {
        name: value
        for language, wording in words.items()
        for name, value in (
            (f"heading_{language}", wording.heading),
            (f"text_{language}", wording.text),
        )
    }


def _record(user, version: ClauseVersion, kind: Kind, **changes) -> ClauseVersion:
    """Add the version that follows `version`, the last of its clause, with these changes."""
    recommendation = version.recommendation
    last = recommendation.versions.last()
    kept = ("heading_fr", "text_fr", "heading_ar", "text_ar", "is_behind_fr", "is_behind_ar")
    following = ClauseVersion(
        recommendation=recommendation,
        clause=version.clause,
        number=last.number + 1 if last else 1,
        kind=kind,
        by=user,
        at=timezone.now(),
        **{
            "order": last.order if last else [],
            **{name: getattr(version, name) for name in kept},
            **changes,
        },
    )
    following.full_clean(exclude=["order", "recommendation", "clause", "by"])
    following.save()
    log(
        recommendation,
        "ess_pages.write_text",
        user=user,
        data={"version": following.number, "what": kind.value},
    )
    for page in RecommendationPage.objects.filter(recommendation=recommendation, live=True):
        insert_or_update_object_task.enqueue(
            page._meta.app_label, page._meta.model_name, str(page.pk)
        )
    return following
