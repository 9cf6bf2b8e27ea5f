"""What this app tells other apps, such as a forum. Each is sent in the transaction that does it.

So a receiver writes rows, or queues a task in the database: they stay if, and only if, what they
tell of has happened. It does nothing that cannot be taken back.

A receiver of one that comes with `users`, accounts by their keys, returns the keys of those that
it tells itself: this app then sends them no mail about it.
"""

from typing import Any

from django.dispatch import Signal

# `recommendation`, `users`: the participants.
amendments_opened = Signal()
# `proposal`, `users`: its author. Its state says what was decided.
proposal_decided = Signal()
# `meeting`, `users`: the participants. It is published for the first time, in any language.
meeting_published = Signal()
# `meeting`, `users`: those who have a place or wait for one. It is at another time or place.
meeting_changed = Signal()
# `meeting`, which `is_cancelled` or, after all, is not; `written_to`: the accounts that have a mail
# with the calendar in any case.
meeting_cancelled = Signal()
# `resolution`, `user`: its owner's account. Sent each day while it is due soon.
resolution_due = Signal()


def tell(signal: Signal, **facts: Any) -> set[int]:
    """Send one of these signals, and return the accounts that somebody else tells."""
    answers: list[tuple[Any, Any]] = signal.send(sender=None, **facts)
    return {user for _receiver, users in answers for user in users or ()}
