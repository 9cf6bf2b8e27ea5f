"""A text is published, and people agree to it."""

from django.contrib.auth import get_user_model
from django.db import transaction
from wagtail.log_actions import log

from .. import asked
from ..models import Consent, ConsentText
from ..policy import require


@transaction.atomic
def publish_text(user, *, body_fr: str, body_ar: str, asks_anew: bool) -> ConsentText:
    """Publish a new version of the text, and return it. The same words sent twice are one version.

    The first is asked of everybody. Raises PermissionDenied.
    """
    require(user, "publish_text")
    last = ConsentText.objects.select_for_update().first()
    if last and (last.body_fr, last.body_ar) == (body_fr, body_ar):
        return last
    text = ConsentText.objects.create(
        number=last.number + 1 if last else 1,
        body_fr=body_fr,
        body_ar=body_ar,
        asks_anew=asks_anew or last is None,
        published_by=user,
    )
    log(text, "privacy.publish_text", user=user)
    transaction.on_commit(asked.forget)
    return text


@transaction.atomic
def consent(user, text: ConsentText, language: str) -> Consent:
    """Note that somebody agrees to a text, which they have read in this language. Twice is once.

    Raises PermissionDenied for nobody's account.
    """
    require(user, "consent")
    return note_consent(user, text, language)


@transaction.atomic
def note_consent(user, text: ConsentText, language: str) -> Consent:
    """Note it of an account that is being made, and may not be active yet."""
    account = get_user_model().objects.select_for_update().get(pk=user.pk)
    given, _is_new = Consent.objects.get_or_create(
        user=account, text=text, defaults={"language": language}
    )
    user.consented_to = max(account.consented_to, text.number)
    get_user_model().objects.filter(pk=user.pk).update(consented_to=user.consented_to)
    return given
