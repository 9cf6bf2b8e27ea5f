"""What the accounts keep for some time only is erased when that has passed."""

from datetime import datetime
from importlib import import_module
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.log_actions import registry

from ess_ground.exports import MARK
from ess_ground.personal import forget_in_log

from ...accounts.models import Application, Invitation
from ..models import CorrectionRequest


def erase_unconfirmed_accounts(before: datetime) -> int:
    """Delete accounts of before this moment whose address nobody has confirmed; return how many.

    They have done nothing: nobody logs in with one.
    """
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    accounts = get_user_model().objects.filter(
        Exists(addresses),
        ~Exists(addresses.filter(verified=True)),
        date_joined__lt=before,
        last_login=None,
        is_superuser=False,
        groups=None,
        forum_member=None,
        participant=None,
    )
    return _delete(accounts)


def erase_invitations(before: datetime) -> int:
    """Delete invitations that ended, unused, before this moment; return how many."""
    unused = Invitation.objects.filter(joined_at=None)
    return _delete(unused.filter(Q(withdrawn_at__lt=before) | Q(expires_at__lt=before)))


def erase_applications(before: datetime) -> int:
    """Delete what people wrote who asked for an account, approved before this moment."""
    return _delete(Application.objects.filter(approved_at__lt=before))


def erase_corrections(before: datetime) -> int:
    """Delete requests for a correction that were answered before this moment; return how many."""
    return _delete(CorrectionRequest.objects.filter(answered_at__lt=before))


@transaction.atomic
def _delete(rows: QuerySet) -> int:
    """Delete these records, and what names them in the histories of the admin."""
    keys = list(rows.values_list("pk", flat=True))
    forget_in_log((rows.model, keys), label="—")
    for record in rows.model._default_manager.filter(pk__in=keys):
        record.delete()
    return len(keys)


def erase_sessions(_before: datetime) -> int:
    """Delete the sessions that are over, with what was noted of each; return how many."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    store.clear_expired()
    open_now = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    number, _by_model = UserSession.objects.filter(~Exists(open_now)).delete()
    return number


def erase_tasks(before: datetime) -> int:
    """Delete the notes of work, mails among it, that ended before this moment; return how many."""
    number, _by_model = DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    return number


def erase_exports(before: datetime) -> int:
    """Delete the notes of who took files of personal data before this moment; return how many."""
    number = 0
    for model in registry.get_log_entry_models():
        old = model.objects.filter(action__contains=MARK, timestamp__lt=before)
        number += old.delete()[0]
    return number
