"""A new address takes the place of the old one when both have said yes."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse

from .. import mails
from ..models import EmailChange


@transaction.atomic
def ask_change(address: EmailAddress) -> EmailChange | None:
    """Ask at the old address whether it may be changed to this one, and return the change.

    None where the account has no confirmed address yet: there is nobody to ask.
    """
    old = _old_address(address)
    if old is None:
        return None
    change, is_new = EmailChange.objects.get_or_create(address=address)
    if is_new:
        path = reverse("accounts:allow_change", args=[change.key])
        context = {"new_address": address.email}
        mails.send(
            "change_of_address", old.email, mails.language(), path, context, is_asked_for=True
        )
    return change


@transaction.atomic
def confirm_change(address: EmailAddress) -> bool:
    """Note that the new address is confirmed; return whether it may take the old one's place."""
    change = ask_change(address)
    if change is None:
        return True
    EmailChange.objects.filter(pk=change.pk).update(is_confirmed=True)
    return EmailChange.objects.filter(pk=change.pk, is_allowed=True).exists()


@transaction.atomic
def allow_change(change: EmailChange) -> bool:
    """Note that the old address agrees; return whether the new one is confirmed already."""
    EmailChange.objects.filter(pk=change.pk).update(is_allowed=True)
    return EmailChange.objects.filter(pk=change.pk, is_confirmed=True).exists()


def refuse_change(change: EmailChange) -> None:
    """Take the new address away: the account keeps the old one."""
    change.address.delete()


def _old_address(address: EmailAddress) -> EmailAddress | None:
    others = EmailAddress.objects.filter(user_id=address.user_id, verified=True)
    return others.exclude(pk=address.pk).order_by("-primary", "pk").first()
