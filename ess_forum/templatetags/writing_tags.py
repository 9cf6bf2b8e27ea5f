"""What the templates ask for where something is written."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .. import emoji_picker, kept_parts
from ..forms.writing import ReplyForm
from ..models import Draft, Thread
from ..policy import allows
from ..viewer import Viewer
from ..views.composing import draft_of

REPLY = "ess_forum/includes/reply.html"

register = template.Library()


@dataclass(frozen=True)
class Reply:
    """What the form for a reply at the foot of a thread is made of."""

    thread_pk: int
    max_upload_megabytes: int
    upload_extensions: str
    draft: Draft | None

    @property
    def thread(self) -> Thread:
        """The thread that it is for."""
        return Thread(pk=self.thread_pk)

    @property
    def form(self) -> ReplyForm:
        """The form, with what has been kept of the reply."""
        form = ReplyForm(thread=self.thread)
        form.restore(self.draft)
        return form


@register.simple_tag(takes_context=True)
def reply_composer(context, thread: Thread) -> SafeString | None:
    """Return where the reader writes a reply, at the foot of a thread; None where they may not.

    Until they have a draft, it is the same for all members.
    """
    request = context["request"]
    viewer = Viewer.of(request)
    if not allows(viewer, "reply", thread):
        return None
    limits, draft = viewer.limits, draft_of(viewer, f"reply:{thread.pk}")
    reply = Reply(thread.pk, limits.max_upload_megabytes, limits.upload_extensions, draft)
    if draft:
        return render_to_string(REPLY, {"reply": reply}, request)
    return kept_parts.rendered(request, REPLY, [{"reply": reply}])


@register.simple_tag(takes_context=True)
def upload_limits(context) -> Any:
    """Return what editors have decided of files: a part of a page that is kept has been told."""
    return context.get("limits") or Viewer.of(context["request"]).limits


@register.simple_tag
def emoji_choices() -> tuple[emoji_picker.Choice, ...]:
    """Return the emoji to choose from, with their names in the active language."""
    return emoji_picker.CHOICES
