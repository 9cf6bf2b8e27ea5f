"""What the templates ask for where something is written."""

from django import template

from .. import emoji_picker
from ..forms.writing import ReplyForm
from ..models import Thread
from ..policy import allows
from ..viewer import Viewer
from ..views.composing import draft_of

register = template.Library()


@register.simple_tag(takes_context=True)
def reply_composer(context, thread: Thread) -> ReplyForm | None:
    """Return the form for a reply at the foot of a thread; None where the reader may not reply."""
    viewer = Viewer.of(context["request"])
    if not allows(viewer, "reply", thread):
        return None
    form = ReplyForm(thread=thread)
    form.restore(draft_of(viewer, form.place))
    return form


@register.simple_tag
def emoji_choices() -> tuple[emoji_picker.Choice, ...]:
    """Return the emoji to choose from, with their names in the active language."""
    return emoji_picker.CHOICES
