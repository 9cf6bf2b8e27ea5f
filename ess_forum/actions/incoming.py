"""A member answers a mail of the forum by mail."""

import datetime
from email import message_from_bytes, policy
from typing import NamedTuple

from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ess_ground import mails

from .. import inbound, letters
from ..models import Member, ReceivedMail, Thread
from ..throttle import is_throttled
from ..viewer import Viewer
from . import posts
from .transactions import action

# Nobody makes the forum write to a member more often than this, in seconds.
REFUSED_ONCE_IN = 3600
# No mail server tries for so long to deliver a mail.
KEPT_FOR = datetime.timedelta(days=60)


class Outcome(models.TextChoices):
    """What became of a mail."""

    POSTED = "posted"
    REFUSED = "refused"
    KNOWN = "known"
    IGNORED = "ignored"


class Sender(NamedTuple):
    """Who sends a mail, as the throttle wants to see who sends a request."""

    user: object
    META: dict


def receive(raw: bytes, recipient: str = "") -> Outcome:
    """Post what a member answers by mail, by the same rules as on the site.

    Where that is refused, the member is told why, in a mail. Nobody is answered whom we do not
    know by the signed address. The same mail acts once.
    """
    message = message_from_bytes(raw, policy=policy.default)
    answered = inbound.answered(message, recipient)
    if answered is None or inbound.is_automatic(message):
        return Outcome.IGNORED
    member = Member.objects.filter(pk=answered.member, user__is_active=True).first()
    if member is None:
        return Outcome.IGNORED
    key = inbound.key_of(message, raw)
    with override(member.language):
        try:
            if inbound.sender_of(message) != letters.address_of(member).lower():
                raise ValidationError(_("It comes from another address than that of your account."))
            return _post(member, answered.thread, inbound.words_of(message), key)
        except ValidationError as error:
            return _refuse(member, key, " ".join(error.messages))
        except (PermissionDenied, Thread.DoesNotExist):
            return _refuse(member, key, _("You cannot write in this thread, or not any more."))


@action
def _post(member: Member, thread_pk: int, words: str, key: str) -> Outcome:
    if not _is_new(key):
        return Outcome.KNOWN
    if is_throttled(Sender(member.user, {}), "reply"):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        raise ValidationError(text)
    thread = Thread.objects.select_related("category").get(pk=thread_pk)
    posts.reply(Viewer(member.user), thread, words)
    return Outcome.POSTED


@action
def _refuse(member: Member, key: str, reason: str) -> Outcome:
    if not _is_new(key):
        return Outcome.KNOWN
    if cache.add(f"ess_forum.refused.{member.pk}", True, REFUSED_ONCE_IN):
        mails.send(
            "ess_forum/mails/not_posted",
            letters.address_of(member),
            member.language,
            {"member": member, "reason": reason},
            headers={"Auto-Submitted": "auto-replied"},
        )
    return Outcome.REFUSED


def _is_new(key: str) -> bool:
    """Note a mail, and return whether it has not come before."""
    _mail, is_new = ReceivedMail.objects.get_or_create(message_id=key)
    return is_new


def forget() -> int:
    """Forget the mails that do not come again, and return how many there were."""
    old = ReceivedMail.objects.filter(received_at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]
