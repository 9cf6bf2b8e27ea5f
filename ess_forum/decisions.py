"""What moderators' decisions say to those whom they concern, in the reader's own language.

A notification of kind MODERATION keeps no sentence. Its `data` is

    {"decision": a value of `Told`,
     "message": what the moderator wrote, or "",
     "until": when a measure ends, in ISO format; only with one that ends,
     "sanction": the number of the measure; only with one}

and its `thread` and `post` are those that the decision is about, where it is about one. It has no
actor: moderators decide in the name of all of them. A page shows one with
`{% include "ess_forum/includes/decision.html" %}`, which needs `notification`.
"""

from collections.abc import Iterable

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from .actions import notifications
from .models import Notification, Post, Sanction


class Told(models.TextChoices):
    """What was decided, as it is said to the member."""

    POST_APPROVED = "post_approved", _("Moderators have published your post.")
    POST_REFUSED = "post_refused", _("Moderators have not published your post.")
    POST_HIDDEN = "post_hidden", _("Moderators have hidden your post.")
    POST_FLAGGED = (
        "post_flagged",
        _("Several members have reported your post: it is hidden until moderators decide."),
    )
    POST_RESTORED = "post_restored", _("Moderators show your post again.")
    POST_NOTED = "post_noted", _("Moderators have a word for you about your post.")
    FLAG_UPHELD = "flag_upheld", _("Moderators agree with you about a post that you reported.")
    FLAG_DISMISSED = (
        "flag_dismissed",
        _("Moderators have looked at a post that you reported: it stays as it is."),
    )
    WARNING = "warning", _("Moderators have given you a warning.")
    SILENCE = "silence", _("Moderators have taken from you the right to write for a time.")
    SUSPENSION = "suspension", _("Moderators have suspended you for a time.")
    BAN = "ban", _("Moderators have banned you from the forum.")
    LIFTED = "lifted", _("Moderators have lifted a measure against you.")
    APPEAL_GRANTED = "appeal_granted", _("Moderators have granted your appeal.")
    APPEAL_REFUSED = "appeal_refused", _("Moderators have refused your appeal.")
    # The one that only moderators are told: nothing has been decided yet.
    WAITING = "waiting", _("Something new waits for a decision of the moderators.")

    @property
    def may_be_appealed(self) -> bool:
        """Whether the member who is told may ask the moderators to look again."""
        return self in (
            *(Told.POST_REFUSED, Told.POST_HIDDEN),
            *(Told.WARNING, Told.SILENCE, Told.SUSPENSION, Told.BAN),
        )


def is_of_queue(notification: Notification) -> bool:
    """Return whether it tells a moderator that something waits for a decision."""
    return notification.data.get("decision") == Told.WAITING


def told_of(notification: Notification) -> dict:
    """Return what a notification of kind MODERATION says.

    `sentence`, in the active language; `message` of the moderators, or ""; `until`, a time or
    None; `may_be_appealed`; `is_of_queue`. A decision that is not known says that there was one.
    """
    data = notification.data
    known = data.get("decision") in Told.values
    told = Told(data["decision"]) if known else None
    until = data.get("until")
    return {
        "sentence": told.label if told else notification.get_kind_display(),
        "message": data.get("message", ""),
        "until": parse_datetime(until) if until else None,
        "is_of_queue": is_of_queue(notification),
        "may_be_appealed": told is not None and told.may_be_appealed,
    }


def tell(
    members: Iterable[int],
    told: Told,
    *,
    post: Post | None = None,
    message: str = "",
    sanction: Sanction | None = None,
) -> None:
    """Tell these members, by their keys, of a decision, in the transaction that makes it."""
    data: dict = {"decision": told.value, "message": message}
    if sanction:
        data["sanction"] = sanction.pk
        if sanction.until:
            data["until"] = sanction.until.isoformat()
    notifications.tell(
        members,
        Notification.Kind.MODERATION,
        thread=post.thread if post else None,
        post=post,
        data=data,
    )
