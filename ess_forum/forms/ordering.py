"""What moderators fill in to keep threads in order."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import positions
from ..models import Category, Post, Thread
from ..policy import allows
from ..viewer import Viewer
from .writing import ThreadFields

# What a moderator may do with several threads at once (see `actions.ordering.bulk`).
BULK = {
    "move": gettext_lazy("move"),
    "merge": gettext_lazy("merge into the oldest"),
    "close": gettext_lazy("close"),
    "open": gettext_lazy("open again"),
    "pin": gettext_lazy("pin"),
    "unpin": gettext_lazy("unpin"),
    "feature": gettext_lazy("feature"),
    "unfeature": gettext_lazy("feature no more"),
    "hide": gettext_lazy("hide"),
    "restore": gettext_lazy("show again"),
}
MAX_BULK = 100
NUMBERS = re.compile(r"\d{1,9}(?:\s*[-–]\s*\d{1,9})?")


class CategoryField(forms.TypedChoiceField):
    """A choice among the categories that a viewer sees, each set in by its depth."""

    def __init__(self, *, viewer: Viewer | None = None, **kwargs):
        super().__init__(label=gettext_lazy("Category"), empty_value=None, **kwargs)
        if viewer:
            self.offer(viewer)

    def offer(self, viewer: Viewer, but: Category | None = None) -> None:
        """Offer the categories of this viewer, but one."""
        self.coerce = lambda value: viewer.category(int(value))
        self.choices = [
            ("", _("Choose…")),
            *(
                (category.pk, f"{'– ' * category.depth}{category}")
                for category in viewer.categories
                if but is None or category.pk != but.pk
            ),
        ]


class ThreadField(forms.CharField):
    """A thread, by its address or its number; `viewer` says which there are."""

    widget = forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"})
    viewer: Viewer

    def clean(self, value: Any) -> Thread | None:
        """Return the thread. Raises ValidationError where there is none that the viewer sees."""
        text = super().clean(value).strip()
        if not text:
            return None
        match = re.search(r"(?:/t/|^#?)(\d{1,18})(?:/|$)", text)
        thread = Thread.objects.filter(pk=match[1]).first() if match else None
        if thread is None or thread.is_private or not allows(self.viewer, "see_thread", thread):
            raise ValidationError(_("There is no such thread."))
        return thread


class ReasonForm(forms.Form):
    """Why something is done: for the moderators' log."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, for the log"), max_length=1000, required=False
    )


class RenameForm(ThreadFields, ReasonForm):
    """Another title, language and topics for a thread."""

    field_order = ["title", "language", "topics", "reason"]


class MoveForm(ReasonForm):
    """Where a thread goes."""

    category = CategoryField()
    field_order = ["category", "reason"]

    def __init__(self, *args, viewer: Viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].offer(viewer)  # type: ignore[attr-defined]


class MergeForm(ReasonForm):
    """What a thread becomes a part of."""

    target = ThreadField(
        label=gettext_lazy("Thread that takes its posts"),
        help_text=gettext_lazy("Its address, or its number."),
    )
    field_order = ["target", "reason"]

    def __init__(self, *args, viewer: Viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["target"].viewer = viewer  # type: ignore[attr-defined]


class SplitForm(ReasonForm):
    """Which posts leave a thread, and where they go: a new thread, or another one."""

    numbers = forms.CharField(
        label=gettext_lazy("Posts, by their numbers"),
        required=False,
        help_text=gettext_lazy("Beside those that are ticked: 3, 7-12."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    title = forms.CharField(
        label=gettext_lazy("Title of the new thread"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    category = CategoryField(required=False)
    target = ThreadField(
        label=gettext_lazy("Or a thread that takes them"),
        required=False,
        help_text=gettext_lazy("Its address, or its number."),
    )
    field_order = ["numbers", "title", "category", "target", "reason"]

    def __init__(self, *args, thread: Thread, viewer: Viewer, **kwargs):
        super().__init__(*args, **kwargs)
        self.thread = thread
        self.fields["category"].offer(viewer)  # type: ignore[attr-defined]
        self.fields["target"].viewer = viewer  # type: ignore[attr-defined]

    def clean_numbers(self) -> set[int]:
        """Return the keys of the posts with these numbers."""
        text = self.cleaned_data["numbers"]
        for separator in "،;؛\n":
            text = text.replace(separator, ",")
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not all(NUMBERS.fullmatch(part) for part in parts):
            raise ValidationError(_("Write numbers, and from which to which: 3, 7-12."))
        ends = [[int(end) for end in re.split(r"\s*[-–]\s*", part)] for part in parts]
        wanted = positions.union([[min(pair), max(pair)] for pair in ends], [])
        keys: set[int] = set()
        for first, last in wanted:
            posts = Post.objects.filter(thread=self.thread, position__range=(first, last))
            keys.update(posts.values_list("pk", flat=True))
        if wanted and not keys:
            raise ValidationError(_("There are no posts with these numbers."))
        return keys


class BulkForm(ReasonForm):
    """What is done with the threads that are ticked in a list."""

    act = forms.ChoiceField(
        label=gettext_lazy("With the threads that are ticked"),
        choices=[("", gettext_lazy("Choose…")), *BULK.items()],
    )
    category = CategoryField(required=False, help_text=gettext_lazy("To move them."))
    field_order = ["act", "category", "reason"]

    def __init__(self, *args, viewer: Viewer, threads: Iterable[Thread] = (), **kwargs):
        super().__init__(*args, **kwargs)
        self.threads = list(threads)
        self.fields["category"].offer(viewer)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be done with what is chosen."""
        data = super().clean() or {}
        if not self.threads:
            raise ValidationError(_("Tick the threads first."))
        if len(self.threads) > MAX_BULK:
            text = _("Too many threads at once: {number} at most.").format(number=MAX_BULK)
            raise ValidationError(text)
        if data.get("act") == "move" and not data.get("category"):
            self.add_error("category", _("Choose a category."))
        if data.get("act") == "merge" and len(self.threads) < 2:
            raise ValidationError(_("Tick at least two threads to merge."))
        return data
