"""Members choose how they hear of what."""

from collections.abc import Mapping

from ..models import Mail, Member, Notification, NotificationChoice, kind_choices
from ..policy import require
from ..viewer import Viewer
from .transactions import action


@action
def choose(
    viewer: Viewer,
    *,
    language: str,
    digest: str,
    mails: Mapping[str, str],
    pushes: Mapping[str, bool] | None = None,
) -> None:
    """Note how the member wants to be told: `mails` gives a `Mail` for each kind.

    `pushes` says for each whether it goes to the member's browsers, too; without it, that stays.
    Raises PermissionDenied.
    """
    require(viewer, "edit_profile", viewer.me)
    Member.objects.filter(pk=viewer.me.pk).update(language=language, digest=digest)
    _keep(viewer.me, mails, pushes)


@action
def stop_mails(member: Member, what: str) -> None:
    """Send this member no more digests, or no more news at once."""
    if what == "digest":
        Member.objects.filter(pk=member.pk).update(digest=Member.Digest.NEVER)
        return
    kinds = [kind for kind, _label in kind_choices()]
    _keep(member, dict.fromkeys(kinds, Mail.NONE))
    Notification.objects.filter(member=member).exclude(mail=Mail.NONE).update(mail=Mail.NONE)


def _keep(
    member: Member, mails: Mapping[str, str], pushes: Mapping[str, bool] | None = None
) -> None:
    chosen = pushes or {}
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(member=member, kind=kind, mail=mail, push=chosen.get(kind))
            for kind, mail in mails.items()
        ],
        update_conflicts=True,
        unique_fields=["member", "kind"],
        update_fields=["mail"] if pushes is None else ["mail", "push"],
    )
