"""No mail goes to an address that bounced or complained, until its owner asks for mails again."""

from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse
from django.utils.translation import override

from ess_ground import mails

from .. import letters
from ..models import Member, StoppedAddress
from ..policy import require
from ..viewer import Viewer
from .moderation_log import record
from .transactions import action

SALT = "ess_forum.stopped_addresses"
# How long the link holds that confirms an address.
LINK_LASTS = 3 * 24 * 3600


@action
def stop(address: str, reason: str, detail: str = "") -> bool:
    """Send nothing more to this address. Return whether it is new; twice is once.

    What the mail server said last is kept: mails that somebody asks for still go there.
    """
    facts = {"reason": reason, "detail": detail[:500]}
    stopped, is_new = StoppedAddress.objects.get_or_create(address=address.lower(), defaults=facts)
    if detail and not is_new:
        stopped.detail = detail[:500]
        stopped.save(update_fields=["detail"])
    return is_new


def stopped(member: Member) -> StoppedAddress | None:
    """Return why nothing is sent to a member who has an account, or None where mails go."""
    return StoppedAddress.objects.filter(address=letters.address_of(member).lower()).first()


def is_stopped(address: str) -> bool:
    """Return whether nothing is sent to this address."""
    return StoppedAddress.objects.filter(address=address.lower()).exists()


def owner_of(stopped: StoppedAddress) -> Member | None:
    """Return the member whose account has this address, if there is one."""
    field = f"user__{get_user_model().get_email_field_name()}"
    return Member.objects.filter(**{f"{field}__iexact": stopped.address}).first()


@action
def allow(viewer: Viewer, stopped: StoppedAddress) -> None:
    """Have mails sent to an address again, as a moderator decides. Raises PermissionDenied.

    Twice is once. The log, which is kept for good, names the member, not the address.
    """
    require(viewer, "allow_address")
    held = StoppedAddress.objects.select_for_update().filter(pk=stopped.pk).first()
    if held is None:
        return
    record(viewer, "allow_address", owner_of(held) or held, stopped_for=held.reason)
    held.delete()


@action
def ask_to_start(viewer: Viewer) -> bool:
    """Send the member a link that has mails sent again: who reads it has the address.

    Return whether one was sent. Raises PermissionDenied.
    """
    require(viewer, "edit_profile", viewer.me)
    if stopped(viewer.me) is None:
        return False
    address = letters.address_of(viewer.me)
    language = viewer.me.language
    with override(language):
        token = signing.dumps(address.lower(), salt=SALT)
        url = mails.root_url() + reverse("ess_forum:start_mails", args=[token])
    mails.send(
        "ess_forum/mails/confirm_address",
        address,
        language,
        {"member": viewer.me, "url": url},
        is_asked_for=True,
    )
    return True


def address_in(token: str) -> str | None:
    """Return the address that a link was sent to, while the link holds."""
    try:
        return signing.loads(token, salt=SALT, max_age=LINK_LASTS)
    except signing.BadSignature:
        return None


@action
def start(address: str) -> None:
    """Have mails sent again to an address whose owner has the link."""
    StoppedAddress.objects.filter(address=address).delete()
