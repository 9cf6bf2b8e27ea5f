"""Polls are asked and answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import counting
from ..markup import Document
from ..models import Poll, PollOption, PollVote, Post, Thread
from ..policy import require
from ..screening import screen
from ..viewer import Viewer
from . import counters
from .portal_flags import flag_by_portal
from .transactions import action


@dataclass(frozen=True)
class PollDraft:
    """A poll, before its post is there."""

    question: str
    options: tuple[str, ...]
    max_choices: int = 1
    closes_at: datetime | None = None

    @property
    def words(self) -> str:
        """All that it says."""
        return "\n".join((self.question, *self.options))


def ask(post: Post, draft: PollDraft) -> Poll:
    """Add a poll to a post that has just been written."""
    poll = Poll(post=post)
    _take(poll, draft)
    return poll


def _take(poll: Poll, draft: PollDraft) -> None:
    poll.question = draft.question
    poll.max_choices = draft.max_choices
    poll.closes_at = draft.closes_at
    poll.save()
    PollOption.objects.bulk_create(
        PollOption(poll=poll, number=number, text=text)
        for number, text in enumerate(draft.options, start=1)
    )


def _locked(viewer: Viewer, poll: Poll, verb: str) -> Poll:
    """Return a poll that nobody else votes in, where the viewer may do `verb` to its post."""
    _thread, post = counters.lock_post(poll.post)
    poll = Poll.objects.select_for_update().get(pk=poll.pk)
    poll.post = post
    require(viewer, verb, post)
    return poll


@action
def change(viewer: Viewer, poll: Poll, draft: PollDraft) -> Poll:
    """Ask something else, or offer other answers, before anybody has voted.

    Raises PermissionDenied and ValidationError.
    """
    poll = _locked(viewer, poll, "edit_post")
    if poll.voter_count:
        text = _("Somebody has voted already: the poll can no longer be changed.")
        raise ValidationError(text, code="closed")
    _screen(viewer, poll.post, draft)
    poll.options.all().delete()
    _take(poll, draft)
    _shown_anew(poll)
    return poll


def _screen(viewer: Viewer, post: Post, draft: PollDraft) -> None:
    """Flag the post where its author's poll is to say what has to be looked at."""
    if viewer.me.pk != post.author_id:
        return
    verdict = screen(
        viewer,
        post.thread.title,
        Document(post.source),
        is_private=post.thread.is_private,
        poll=draft.words,
        edited=post,
    )
    flag_by_portal(post, verdict)


@action
def vote(viewer: Viewer, poll: Poll, options: Collection[int]) -> Poll:
    """Choose the answers with these keys in place of those chosen before; with none, withdraw.

    Raises PermissionDenied, and ValidationError where the poll has closed, too many answers are
    chosen, or one that is not offered.
    """
    poll = _locked(viewer, poll, "vote_poll")
    if not poll.is_open:
        raise ValidationError(_("This poll is closed."), code="closed")
    chosen = set(options)
    if len(chosen) > poll.max_choices:
        raise ValidationError({"options": too_many(poll)})
    offered = set(poll.options.values_list("pk", flat=True))
    if not chosen <= offered:
        raise ValidationError({"options": _("Choose among the answers that are offered.")})
    own = PollVote.objects.filter(option__poll=poll, member=viewer.me)
    before = set(own.values_list("option", flat=True))
    if chosen == before:
        return poll
    own.exclude(option__in=chosen).delete()
    PollVote.objects.bulk_create(
        PollVote(option_id=key, member=viewer.me) for key in chosen - before
    )
    _count(poll, chosen ^ before)
    _shown_anew(poll)
    return poll


def too_many(poll: Poll) -> str:
    """Return what is said to somebody who chooses too many answers."""
    return ngettext(
        "Choose one answer.", "Choose {number} answers at most.", poll.max_choices
    ).format(number=poll.max_choices)


def _count(poll: Poll, options: Collection[int]) -> None:
    """Count the votes of a locked poll anew, as `counting` says."""
    for key, expected in counting.of_poll_options(options).items():
        PollOption.objects.filter(pk=key).update(**expected)
    expected = counting.of_polls([poll.pk])[poll.pk]
    Poll.objects.filter(pk=poll.pk).update(**expected)
    poll.voter_count = expected["voter_count"]


def _shown_anew(poll: Poll) -> None:
    Thread.objects.filter(pk=poll.post.thread_id).update(version=F("version") + 1)
