"""The handover: documents are issued and handed over; what institutions answer is recorded."""

import datetime
from collections.abc import Iterable
from pathlib import PurePath
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import pdf
from ..models import (
    Answer,
    DecisionMaker,
    Handover,
    OfficialDocument,
    Recommendation,
    Undertaking,
    UndertakingUpdate,
)
from ..models.recommendations import SETTLED, State
from ..official_documents import Content, checksum, contents
from ..pdf.official import Official
from ..policy import require
from .road import take_step


@transaction.atomic
def issue_document(user, document: OfficialDocument) -> OfficialDocument:
    """Issue a document: fix its texts as they were validated, its checksum and its PDF.

    From then on nothing of it changes. Issued twice, it is issued once. Raises PermissionDenied,
    and ValidationError where it holds no recommendation, or one that is not validated.
    """
    require(user, "issue_document", document)
    document = OfficialDocument.objects.select_for_update().get(pk=document.pk)
    if document.issued_at:
        return document
    _hold(document)
    held = contents(document)
    if not held:
        raise ValidationError(_("Choose at least one recommendation."))
    for content in held:
        _refuse_unless_validated(content)
    for text, content in zip(document.texts.all(), held, strict=True):
        text.version, text.text_digest = content.version, content.digest
        text.save()
    document.checksum = checksum(held)
    document.issued_at, document.issued_by = timezone.now(), user
    official = Official(document, held)
    rendered = pdf.render(official.template, official.data, official.files)
    document.pdf.save(official.filename, ContentFile(rendered), save=False)
    document.save()
    log(document, "ess_pages.issue_document", user=user, data={"checksum": document.checksum})
    return document


@transaction.atomic
def hand_over(
    user,
    document: OfficialDocument,
    decision_maker: DecisionMaker,
    handed_on: datetime.date,
    means: str,
    recipient: str,
    proof: UploadedFile | None = None,
    remind_every: int = 30,
) -> Handover:
    """Record that an issued document was handed over to a decision-maker, on a day, by a means.

    Its recommendations that were validated are handed over from now on. The same document to the
    same person is recorded once. Raises PermissionDenied, and ValidationError where the document
    is not issued, a recommendation was withdrawn, or the day cannot be.
    """
    require(user, "hand_over", document)
    document = OfficialDocument.objects.select_for_update().get(pk=document.pk)
    recorded = document.handovers.filter(decision_maker=decision_maker).first()
    if recorded and (recorded.handed_on, recorded.means) == (handed_on, means):
        return recorded
    if document.issued_at is None:
        raise ValidationError(_("Issue the document first: a draft is not handed over."))
    _refuse_day("handed_on", handed_on, document.dated, _("The document is of a later day."))
    held = _hold(document)
    if any(recommendation.state == State.WITHDRAWN for recommendation in held):
        raise ValidationError(_("A recommendation in this document has been withdrawn."))
    handover = Handover(
        document=document,
        decision_maker=decision_maker,
        handed_on=handed_on,
        means=means,
        recipient=recipient,
        remind_every=remind_every,
        created_at=timezone.now(),
        created_by=user,
    )
    handover.full_clean()
    if proof:  # under a name that tells nothing and that nobody can guess
        suffix = PurePath(proof.name or "").suffix.lower()
        handover.proof.save(f"{uuid4().hex}{suffix}", proof, save=False)
    handover.save()
    for recommendation in held:
        if recommendation.state == State.VALIDATED:
            take_step(user, recommendation, "hand_over", document.reference)
    log(handover, "ess_pages.hand_over", user=user)
    return handover


@transaction.atomic
def acknowledge(
    user, handover: Handover, acknowledged_on: datetime.date, acknowledgement: str = ""
) -> Handover:
    """Record that an institution has acknowledged a handover. Done twice, it is done once.

    Raises PermissionDenied, and ValidationError for a day that cannot be.
    """
    require(user, "record_answer", handover)
    handover = _hold_handover(handover)
    _refuse_day("acknowledged_on", acknowledged_on, handover.handed_on)
    new = (acknowledged_on, acknowledgement.strip())
    if new == (handover.acknowledged_on, handover.acknowledgement):
        return handover
    handover.acknowledged_on, handover.acknowledgement = new
    handover.full_clean()
    handover.save()
    log(handover, "ess_pages.acknowledge", user=user, data={"on": acknowledged_on.isoformat()})
    return handover


@transaction.atomic
def record_answer(
    user,
    handover: Handover,
    received_on: datetime.date,
    text_fr: str,
    text_ar: str,
    document=None,
    undertakings: Iterable[Undertaking] = (),
) -> Answer:
    """Record what an institution answers, and what it says of the clauses.

    `document` is what it sent, among Wagtail's; `undertakings` are new ones, each with its clause,
    of which there is one at most. The very same answer is recorded once. Raises PermissionDenied,
    and ValidationError for a day that cannot be, a text that is missing, or a clause that the
    document does not hold.
    """
    require(user, "record_answer", handover)
    handover = _hold_handover(handover)
    _refuse_day("received_on", received_on, handover.handed_on)
    same = {"received_on": received_on, "text_fr": text_fr, "text_ar": text_ar}
    if recorded := handover.answers.filter(**same).first():
        return recorded
    held = _hold(handover.document)
    answer = Answer(
        handover=handover,
        document=document,
        created_at=timezone.now(),
        created_by=user,
        **same,
    )
    answer.full_clean()
    answer.save()
    texts = contents(handover.document)
    clauses = {version.clause_id for content in texts for version in content.clauses}
    for undertaking in undertakings:
        if undertaking.clause_id not in clauses:
            raise ValidationError(_("This clause is not part of the document."))
        undertaking.answer = answer
        undertaking.full_clean()
        undertaking.save()
    for recommendation in held:
        if recommendation.state == State.HANDED_OVER:
            take_step(user, recommendation, "answer", handover.document.reference)
    log(handover, "ess_pages.answer", user=user, data={"on": received_on.isoformat()})
    return answer


@transaction.atomic
def follow_up(
    user,
    undertaking: Undertaking,
    progress: str,
    happened_on: datetime.date,
    note_fr: str,
    note_ar: str,
) -> UndertakingUpdate:
    """Record how far an undertaking had come on a day. The very same update is recorded once.

    `progress` is one of Undertaking.Progress. Raises PermissionDenied, and ValidationError for a
    day that cannot be or a text that is missing.
    """
    handover = undertaking.answer.handover
    require(user, "record_answer", handover)
    _hold_handover(handover)
    received_on = undertaking.answer.received_on
    _refuse_day("happened_on", happened_on, received_on, _("The answer is of a later day."))
    same = {
        "progress": progress,
        "happened_on": happened_on,
        "note_fr": note_fr,
        "note_ar": note_ar,
    }
    if recorded := undertaking.updates.filter(**same).first():
        return recorded
    update = UndertakingUpdate(undertaking=undertaking, by=user, at=timezone.now(), **same)
    update.full_clean()
    update.save()
    held = Recommendation.objects.select_for_update().get(clauses=undertaking.clause_id)
    if held.state == State.ANSWERED:
        take_step(user, held, "follow_up", handover.document.reference)
    log(handover, "ess_pages.follow_up", user=user, data={"progress": progress})
    return update


def _hold(document: OfficialDocument) -> list[Recommendation]:
    """Hold the recommendations of a document, always in the same order; return them."""
    recommendations = Recommendation.objects.filter(document_texts__document=document)
    return list(recommendations.order_by("pk").select_for_update())


def _hold_handover(handover: Handover) -> Handover:
    held = Handover.objects.select_for_update(of=("self",))
    return held.select_related("document", "decision_maker").get(pk=handover.pk)


def _refuse_unless_validated(content: Content) -> None:
    if content.recommendation.state not in SETTLED or not content.is_validated:
        raise ValidationError(
            _("“%(title)s” has not been validated.") % {"title": content.recommendation}
        )


def _refuse_day(
    field: str, day: datetime.date, earliest: datetime.date, too_early: str = ""
) -> None:
    if day > timezone.localdate():
        raise ValidationError({field: _("This day is still to come.")})
    if day < earliest:
        raise ValidationError({field: too_early or _("The handover is of a later day.")})
