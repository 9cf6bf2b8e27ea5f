"""Reminding of documents that no institution has answered."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.admin.utils import get_admin_base_url
from wagtail.users.models import UserProfile

from .. import mails
from ..links import view_url
from ..models import DocumentText, Handover
from ..models.clauses import LANGUAGES
from ..models.recommendations import SETTLED
from ..official_documents import contents


def remind_decision_makers() -> int:
    """Mail the editors whose handovers have had no answer for too long; return how many mails.

    Once for each day on which a handover falls due: after so many days, and again every so many.
    Safe to run twice, and late: what fell due in the meantime is one mail. Nobody asks for an
    answer to what has been withdrawn.
    """
    standing = DocumentText.objects.filter(recommendation__state__in=SETTLED)
    waiting = Handover.objects.filter(
        answers=None, remind_every__gt=0, document__in=standing.values("document")
    )
    return sum(_remind(pk) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int) -> bool:
    held = Handover.objects.select_for_update(of=("self",))
    handover = held.select_related("document", "decision_maker__institution").get(pk=pk)
    editor = handover.created_by or handover.document.issued_by
    if not _is_due(handover) or editor is None or not editor.is_active:
        return False
    handover.reminded_at = timezone.now()
    handover.save()
    language = UserProfile.get_for_user(editor).get_preferred_language()
    mails.send(
        "handover_reminder",
        getattr(editor, editor.get_email_field_name()),
        language,
        {
            "handover": handover,
            "letters": [_letter(handover, each) for each in LANGUAGES],
            "url": get_admin_base_url() + reverse("ess_pages_handover", args=[handover.pk]),
        },
    )
    return True


def _is_due(handover: Handover) -> bool:
    """Return whether a day has come that no mail was written for."""
    times = handover.days // handover.remind_every
    if times < 1 or handover.answers.exists():
        return False
    due = handover.handed_on + datetime.timedelta(days=times * handover.remind_every)
    last = handover.reminded_at
    return last is None or timezone.localtime(last).date() < due


def _letter(handover: Handover, language: str) -> dict:
    """Return what the text for the decision-maker says in a language."""
    with override(language):
        person = handover.decision_maker
        page = next((content.page for content in contents(handover.document) if content.page), None)
        reference = handover.document.reference
        return {
            "language": language,
            "person": person.name,
            "post": person.post,
            "institution": person.institution.name,
            "title": handover.document.title,
            "signatory": getattr(handover.document, f"signatory_{language}"),
            "address": view_url(page, "verify_document", reference, language=language)
            if page
            else "",
        }
