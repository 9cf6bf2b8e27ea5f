"""Counting the ballots of a consultation: whole numbers in, a result that anybody can redo out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

FOR, AGAINST, ABSTAIN, SILENT = "for", "against", "abstain", "silent"
CHOICES = (FOR, AGAINST, ABSTAIN)
NO_OBJECTION, MAJORITY, TWO_THIRDS = "no_objection", "majority", "two_thirds"
MEMBER, SPHERE = "member", "sphere"
PER_CENT = 100


class Vote(NamedTuple):
    """What a ballot says. `sphere` is its slug; empty where the ballot does not tell it."""

    choice: str
    sphere: str = ""


def count(
    rule: str,
    voice: str,
    asked: Mapping[str, int],
    votes: Iterable[Vote],
    quorum: int = 0,
    is_waived: bool = False,
) -> dict[str, Any]:
    """Return the result of a vote, as JSON can hold it.

    `asked` tells how many were asked of each sphere, by its slug; `quorum` is in per cent.

    **Voices.** "member": each vote is a voice, and whoever did not answer is silent. "sphere": each
    sphere of which somebody was asked is one voice, whatever its number. With f votes for and a
    against in it, that voice is for where f > a, against where a > f, an abstention where f = a and
    somebody answered, silent where nobody did.

    **Rules**, on the voices: F for, A against; abstentions and silence count for neither.
    "no_objection": consent where A = 0. "majority": where F > A, so that a tie is none.
    "two_thirds": where F ≥ 1 and 3·F ≥ 2·(F + A).

    **Quorum**, on people whatever the voices: with n answers (abstentions are answers) of N asked,
    it is reached where 100·n ≥ quorum·N; so `needed` answers are quorum·N / 100, rounded up. 0 is
    always reached; where it is waived, it does not count.

    Consent is given (`has_passed`) where the rule says so and the quorum is reached or waived;
    `why_not` names what is lacking: "quorum", "objection", "no_majority", "no_two_thirds".

    Raises ValueError for a rule, voice or choice that there is not, for a vote of a sphere that was
    not asked, and for more votes than people.
    """
    votes = list(votes)
    _refuse_what_cannot_be(rule, voice, asked, votes)
    total, answered = sum(asked.values()), len(votes)
    choices = Counter(vote.choice for vote in votes)
    spheres = _by_sphere(asked, votes) if all(vote.sphere for vote in votes) else []
    if voice == SPHERE:
        voices = Counter(sphere["voice"] for sphere in spheres)
    else:
        voices = choices + Counter({SILENT: total - answered})
    is_reached = answered * PER_CENT >= quorum * total
    why_not = [] if is_reached or is_waived else ["quorum"]
    why_not += _objections(rule, voices[FOR], voices[AGAINST])
    return {
        "rule": rule,
        "voice": voice,
        "asked": total,
        "answered": answered,
        "choices": {choice: choices[choice] for choice in CHOICES},
        "spheres": spheres,
        "voices": {each: voices[each] for each in (*CHOICES, SILENT)},
        "quorum": {
            "percent": quorum,
            "needed": -(-quorum * total // PER_CENT),
            "is_reached": is_reached,
            "is_waived": is_waived,
        },
        "has_passed": not why_not,
        "why_not": why_not,
    }


def _refuse_what_cannot_be(rule, voice, asked, votes) -> None:
    if rule not in (NO_OBJECTION, MAJORITY, TWO_THIRDS) or voice not in (MEMBER, SPHERE):
        raise ValueError(f"There is no rule {rule!r} on voices {voice!r}.")
    if any(vote.choice not in CHOICES for vote in votes):
        raise ValueError("A vote says something else than it can.")
    told = Counter(vote.sphere for vote in votes if vote.sphere)
    if voice == SPHERE and told.total() != len(votes):
        raise ValueError("A vote does not tell its sphere.")
    if len(votes) > sum(asked.values()) or any(told[key] > asked.get(key, 0) for key in told):
        raise ValueError("There are more votes than people who were asked.")


def _by_sphere(asked: Mapping[str, int], votes: list[Vote]) -> list[dict[str, Any]]:
    """Return, for each sphere that was asked, its numbers and its voice."""
    said = Counter(votes)
    rows = []
    for sphere in sorted(key for key, people in asked.items() if people):
        choices = {choice: said[Vote(choice, sphere)] for choice in CHOICES}
        rows.append(
            {
                "sphere": sphere,
                "asked": asked[sphere],
                "answered": sum(choices.values()),
                **choices,
                "voice": _voice(*choices.values()),
            }
        )
    return rows


def _voice(for_: int, against: int, abstentions: int) -> str:
    if for_ == against:
        return ABSTAIN if for_ + against + abstentions else SILENT
    return FOR if for_ > against else AGAINST


def _objections(rule: str, for_: int, against: int) -> list[str]:
    """Return what the rule finds lacking, given the voices; nothing where it finds consent."""
    if rule == NO_OBJECTION:
        return ["objection"] if against else []
    if rule == MAJORITY:
        return [] if for_ > against else ["no_majority"]
    return [] if for_ and 3 * for_ >= 2 * (for_ + against) else ["no_two_thirds"]
