"""What members are writing is kept until it is posted or thrown away."""

import json
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import Draft
from ..policy import require
from ..viewer import Viewer
from . import counters
from .transactions import action

T = TypeVar("T")

# No more drafts than a person writes, nor longer than a form holds.
MAX_DRAFTS = 100
MAX_LENGTH = 250_000

Data = dict[str, list[str]]


@action
def keep(viewer: Viewer, place: str, data: Data, *, number: int | None = None) -> Draft | None:
    """Keep the fields of a form, by name, as the draft for a place, and return the draft.

    Each draft counts how often it was kept. What a script sends has its `number`: where a later
    one is kept already, None is returned and nothing changes. Without a number, a person has
    decided, and it is the latest. Raises PermissionDenied, and ValidationError for what is too
    much.
    """
    require(viewer, "keep_draft")
    if len(json.dumps(data, ensure_ascii=False)) > MAX_LENGTH:
        raise ValidationError({"source": _("The text is too long to be kept as a draft.")})
    member = counters.lock_member(viewer.me.pk)
    draft = Draft.objects.filter(member=member, place=place).first()
    if draft is None:
        if member.drafts.count() >= MAX_DRAFTS:
            raise ValidationError(_("You have too many drafts: post or discard some first."))
        draft = Draft(member=member, place=place)
    elif number is not None and number <= draft.number:
        return None
    draft.number = draft.number + 1 if number is None else number
    draft.data, draft.saved_at = data, timezone.now()
    draft.save()
    return draft


@action
def discard(viewer: Viewer, place: str) -> None:
    """Throw the draft for a place away, where there is one. Raises PermissionDenied."""
    Draft.objects.filter(member=viewer.me, place=place).delete()


@action
def posted(viewer: Viewer, place: str, act: Callable[[], T]) -> T:
    """Post what was written for a place, by `act`, and return what comes of it.

    The draft goes in the same transaction: there is never a post and still its draft, nor neither.
    """
    result = act()
    Draft.objects.filter(member=viewer.me, place=place).delete()
    return result
