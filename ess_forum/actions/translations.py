"""A post is read in another language."""

import logging

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import translation
from ..models import Post, PostTranslation
from ..policy import require
from ..viewer import Viewer
from .transactions import action

logger = logging.getLogger(__name__)


def translate(viewer: Viewer, post: Post, language: str) -> PostTranslation:
    """Return a post in another language: as it was kept, or asked of another machine now.

    No transaction waits for that machine. Raises PermissionDenied, and ValidationError where it
    does not answer, or knows no such language.
    """
    require(viewer, "translate_post", post)
    known = translation.kept(post, language)
    if known:
        return known
    languages = translation.Languages()
    pair = languages.pair(post.language, language) if languages.translator else None
    if pair is None:
        raise ValidationError(_("This post cannot be read in that language."))
    try:
        html = translation.translated(post.html, languages.translator, *pair)
    except Exception as error:  # whatever a translator raises: each has errors of its own
        logger.exception("The machine translator has not translated post %s.", post.pk)
        text = _("The translation service does not answer now: try again later.")
        raise ValidationError(text, code="unavailable") from error
    return _keep(post, language, html)


@action
def _keep(post: Post, language: str, html: str) -> PostTranslation:
    made = {
        "html": html,
        "source_digest": translation.digest(post),
        "made_at": timezone.now(),
    }
    return PostTranslation.objects.update_or_create(post=post, language=language, defaults=made)[0]
