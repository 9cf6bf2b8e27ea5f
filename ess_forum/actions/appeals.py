"""Members ask the moderators to look again at what they decided."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ..decisions import Told, tell
from ..models import Appeal, Flag, Post, Sanction, State
from ..policy import require
from ..viewer import Viewer
from . import counters, queue_news, sanctions
from .approval import Outcome
from .approval import decide as decide_post
from .moderation_log import record
from .transactions import action


@action
def appeal(viewer: Viewer, about: Sanction | Post, text: str) -> Appeal:
    """Ask for a measure to be lifted or for a hidden post to be shown, and return the appeal.

    Once for each. Raises PermissionDenied and ValidationError.
    """
    require(viewer, "appeal", about)
    counters.lock_member(viewer.me.pk)
    is_post = isinstance(about, Post)
    asked = Appeal.objects.filter(**{"post" if is_post else "sanction": about})
    if again := asked.filter(state=Appeal.State.OPEN).first():
        return again
    # A post that was shown after an appeal, and hidden again, may be appealed again.
    if asked.exclude(state=Appeal.State.GRANTED).exists() or (not is_post and asked.exists()):
        raise ValidationError(_("You have appealed already."), code="decided")
    about.refresh_from_db()
    holds = about.state == State.HIDDEN if isinstance(about, Post) else about.is_in_force
    if not holds:
        text = _("There is nothing to appeal any more.")
        raise ValidationError(text, code="decided")
    if not text.strip():
        raise ValidationError({"text": _("Say why the decision should change.")})
    made = Appeal.objects.create(
        member=viewer.me,
        post=about if isinstance(about, Post) else None,
        sanction=None if isinstance(about, Post) else about,
        text=text.strip(),
    )
    queue_news.tell_moderators(but=viewer.me)
    return made


@action
def decide_appeal(viewer: Viewer, appeal: Appeal, *, grants: bool, answer: str) -> Appeal:
    """Grant an appeal, which lifts the measure or shows the post, or refuse it; with an answer.

    Raises PermissionDenied, and ValidationError where another moderator was first.
    """
    require(viewer, "decide_appeal", appeal)
    if appeal.post:
        counters.lock_post(appeal.post)  # threads are locked before anything else
    appeal = Appeal.objects.select_for_update().get(pk=appeal.pk)
    if appeal.state != Appeal.State.OPEN:
        text = _("Another moderator has just decided this: see what they did.")
        raise ValidationError(text, code="decided")
    answer = answer.strip()
    if not answer:
        raise ValidationError({"answer": _("Answer the member.")})
    appeal.state = Appeal.State.GRANTED if grants else Appeal.State.REFUSED
    appeal.decided_by, appeal.decided_at, appeal.answer = viewer.me, timezone.now(), answer
    appeal.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    record(viewer, "decide_appeal", appeal, answer, state=appeal.state.value)
    if grants:
        _grant(viewer, appeal, answer)
    told = Told.APPEAL_GRANTED if grants else Told.APPEAL_REFUSED
    tell([appeal.member_id], told, post=appeal.post, message=answer, sanction=appeal.sanction)
    queue_news.settle()
    return appeal


def _grant(viewer: Viewer, appeal: Appeal, answer: str) -> None:
    """Do what the member asks for, unless it is so already."""
    if appeal.sanction and appeal.sanction.is_in_force:
        sanctions.lift(viewer, appeal.sanction, answer)
    if appeal.post and appeal.post.state == State.HIDDEN:
        decide_post(viewer, appeal.post, Outcome.SHOW)
        # Those who reported it were not right after all.
        upheld = Flag.objects.filter(post=appeal.post, state=Flag.State.UPHELD)
        upheld.update(state=Flag.State.DISMISSED)
