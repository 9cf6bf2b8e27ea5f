"""People ask the editors for a correction, and are answered."""

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ...accounts import mails
from ..models import CorrectionRequest
from ..policy import require, who_answer


@transaction.atomic
def ask_correction(user, text: str) -> CorrectionRequest:
    """Tell the editors what is wrong, and return the request; the same one sent twice is one.

    Raises PermissionDenied, and ValidationError where nothing is said.
    """
    require(user, "ask_correction")
    get_user_model().objects.select_for_update().get(pk=user.pk)  # a second click waits here
    text = text.strip()
    if not text:
        raise ValidationError({"text": _("Say what should be corrected.")})
    if same := CorrectionRequest.objects.filter(user=user, text=text, answered_at=None).first():
        return same
    request = CorrectionRequest.objects.create(user=user, text=text, language=mails.language())
    log(request, "privacy.ask_correction", user=user)
    path = reverse("privacy_correction", args=[request.pk])
    for editor in who_answer():
        mails.send_to_editor("correction_asked", editor, path, {})
    return request


@transaction.atomic
def answer_correction(user, request: CorrectionRequest, answer: str) -> None:
    """Tell the person what has been done; the same answer sent twice is one.

    Raises ValidationError where they have been told something else.
    """
    require(user, "answer_correction")
    held = CorrectionRequest.objects.select_for_update(of=("self",)).select_related("user")
    request = held.get(pk=request.pk)
    if request.answered_at and request.answer == answer:
        return
    if request.answered_at:
        raise ValidationError(_("This request has been answered already."))
    request.answer, request.answered_at, request.answered_by = answer, timezone.now(), user
    request.save()
    log(request, "privacy.answer_correction", user=user)
    context = {"request_text": request.text, "answer": answer}
    path = mails.path_of("privacy:mine", request.language)
    mails.send("correction_answered", request.user.email, request.language, path, context)
