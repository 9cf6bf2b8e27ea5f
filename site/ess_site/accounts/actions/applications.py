"""Accounts are asked for, approved and declined."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import mails
from ..models import Application
from ..policy import require, who_may

# However many ask for an account: editors are told of all of them at once.
TOLD_EVERY = datetime.timedelta(hours=1)


@transaction.atomic
def apply(user, presentation: str) -> Application:
    """Make an account wait for an editor's approval, and return what it asks."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    return Application.objects.create(
        user=user, presentation=presentation, language=mails.language()
    )


@transaction.atomic
def approve(user, application: Application) -> None:
    """Let the account in, and tell the person. Raises ValidationError where that is decided."""
    require(user, "decide_application")
    application = _held(application)
    application.approved_at = timezone.now()
    application.approved_by = user
    application.save()
    account = application.user
    account.is_active = True
    account.save(update_fields=["is_active"])
    log(application, "accounts.approve_application", user=user)
    _tell(application, "application_approved", "account_login")


@transaction.atomic
def decline(user, application: Application, reason: str) -> None:
    """Tell the person no, and why, and delete the account, which has done nothing yet.

    Raises ValidationError where that is decided.
    """
    require(user, "decide_application")
    application = _held(application)
    log(application, "accounts.decline_application", user=user, data={"reason": reason})
    _tell(application, "application_declined", "front_page", {"reason": reason})
    application.user.delete()


@transaction.atomic
def tell_editors(now: datetime.datetime | None = None) -> int:
    """Mail those who may decide that somebody waits; return to how many.

    Each application is told of once, when its address is confirmed, and all that are new in one
    mail. Safe to run again, and at once.
    """
    now = now or timezone.now()
    if Application.objects.filter(told_at__gt=now - TOLD_EVERY).exists():
        return 0
    waiting = Application.objects.to_decide().select_for_update(of=("self",))
    new = list(waiting.filter(told_at=None).values_list("pk", flat=True))
    if not new:
        return 0
    Application.objects.filter(pk__in=new).update(told_at=now)
    number = Application.objects.to_decide().count()
    editors = who_may("decide_application").select_related("wagtail_userprofile")
    for editor in editors:
        path, context = reverse("accounts_applications"), {"number": number}
        mails.send_to_editor("applications_waiting", editor, path, context)
    return len(editors)


def _held(application: Application) -> Application:
    """Return the application, locked. Raises ValidationError where it is decided."""
    waiting = Application.objects.select_for_update(of=("self",)).select_related("user")
    held = waiting.filter(pk=application.pk, approved_at=None).first()
    if held is None:
        raise ValidationError(_("This request has been decided already."))
    return held


def _tell(application: Application, template: str, page: str, context: dict | None = None) -> None:
    path = mails.path_of(page, application.language)
    mails.send(template, application.user.email, application.language, path, context or {})
