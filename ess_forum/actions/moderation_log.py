"""What moderators do is written down, in the transaction that does it."""

from typing import Any

from ..models import Appeal, Flag, Member, ModerationEvent, Post, Sanction, Thread
from ..policy import RULES
from ..viewer import Viewer


def record(
    viewer: Viewer | None, verb: str, about: Any, reason: str = "", **details: Any
) -> ModerationEvent:
    """Add an entry to the moderators' log, and return it.

    `verb` is a key of the policy, `about` the record that it was done to: its number, with those
    of the thread and the member whom it concerns, is kept in the details beside what is given
    there. Without a viewer, the portal itself has done it.
    """
    if verb not in RULES:
        raise ValueError(f"The policy has no verb “{verb}”.")
    return ModerationEvent.objects.create(
        moderator=viewer.me if viewer else None,
        verb=verb,
        about=str(about)[:300],
        reason=reason,
        details={**_numbers(about), **details},
    )


def _numbers(about: Any) -> dict[str, int]:
    """Return the numbers of the rows that this record is about, by what they are."""
    numbers: dict[str, int | None]
    match about:
        case Post():
            numbers = {"post": about.pk, "thread": about.thread_id, "member": about.author_id}
        case Thread():
            numbers = {"thread": about.pk, "member": about.author_id}
        case Member():
            numbers = {"member": about.pk}
        case Flag():
            numbers = {"flag": about.pk, **_numbers(about.post)}
        case Sanction():
            numbers = {"sanction": about.pk, "post": about.post_id, "member": about.member_id}
        case Appeal():
            numbers = {
                "appeal": about.pk,
                "sanction": about.sanction_id,
                "post": about.post_id,
                "member": about.member_id,
            }
        case _:
            numbers = {about._meta.model_name: about.pk}
    return {name: number for name, number in numbers.items() if number is not None}
