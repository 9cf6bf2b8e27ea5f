"""Visitors report what is wrong with an entry; the editors say what they have done about it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page

from .. import mails
from ..links import version_in
from ..models import EntryReport
from ..models.directory import DirectoryPage
from ..policy import require


@transaction.atomic
def report_entry(user, entry: DirectoryPage, report: EntryReport) -> EntryReport:
    """Save what somebody, with an account or without, reports about a published entry.

    `report` is valid and not saved yet. The same words twice are one report.
    """
    require(user, "report_entry", entry)
    Page.objects.select_for_update().get(pk=entry.pk)
    same = EntryReport.objects.about(entry).filter(
        state=EntryReport.State.WAITING,
        reason=report.reason,
        detail=report.detail,
        email=report.email,
    )
    if known := same.first():
        return known
    report.translation_key = entry.translation_key
    report.save()
    log(entry, "ess_pages.report_entry", user=user if user.is_authenticated else None)
    return report


@transaction.atomic
def decide_entry_report(user, report: EntryReport, state: str, answer: str = "") -> EntryReport:
    """Note what the editors have done about a report, and answer whoever left an address.

    Decided the same way twice is decided once. Raises PermissionDenied for whoever may not publish
    the entry, and ValidationError where it was decided otherwise before.
    """
    require(user, "decide_entry_report", report)
    report = EntryReport.objects.select_for_update().get(pk=report.pk)
    if report.state == state:
        return report
    if report.state != EntryReport.State.WAITING:
        raise ValidationError(_("Another editor has decided already."))
    report.state, report.answer = state, answer
    report.decided_at, report.decided_by = timezone.now(), user
    report.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    for page in report.pages():
        log(page.specific, "ess_pages.decide_entry_report", user=user)
    if report.email:
        _answer(report)
    return report


def _answer(report: EntryReport) -> None:
    entry = version_in(report.pages(), report.language)
    mails.send(
        "entry_report_decided",
        report.email,
        report.language,
        {"report": report, "entry": entry},
    )
