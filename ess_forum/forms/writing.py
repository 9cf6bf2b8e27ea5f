"""What members write: threads, replies, edits."""

import re
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ..models import Draft, ForumTopic, Post
from ..models.threads import language_choices
from .attachments import AttachmentFields
from .honeypot import HoneypotMixin
from .polls import PollFields

# Topics that are offered, of those that threads have.
OFFERED_TOPICS = 200


class WritingForm(AttachmentFields, HoneypotMixin, forms.Form):
    """A text while it is being written; `place` says what it is to become (see `Draft`).

    What was kept of it stands in the form until something is sent.
    """

    source = forms.CharField(
        label=_("Text"),
        required=False,  # the action says what is missing
        strip=False,
        widget=forms.Textarea({"dir": "auto", "rows": 9, "data-composer-source": ""}),
    )
    # How often its draft had been kept when the form began, and by its script since.
    number = forms.IntegerField(
        required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    def __init__(self, data=None, *, place: str, **kwargs):
        self.place = place
        self.draft: Draft | None = None
        super().__init__(data, auto_id="composer-%s", **kwargs)

    def restore(self, draft: Draft | None) -> None:
        """Go on with a draft, where there is one."""
        self.draft = draft
        if draft is None:
            return
        data = query_of(draft.data)
        for name, field in self.fields.items():
            if not field.widget.value_omitted_from_data(data, {}, name):
                self.initial[name] = field.widget.value_from_datadict(data, {}, name)
        self.initial["number"] = draft.number

    def count(self, number: int) -> None:
        """Take note of how often the draft of a form that was sent has been kept."""
        self.put("number", str(number))

    def put(self, name: str, value: str) -> None:
        """Show something else in a field of a form that was sent."""
        data = cast(QueryDict, self.data).copy()
        data[name] = value
        self.data = data

    def quote(self, text: str) -> None:
        """Put a quote below what the form begins with."""
        before = (self.initial.get("source") or "").rstrip()
        if text.strip() not in before:
            self.initial["source"] = f"{before}\n\n{text}" if before else text


def query_of(data: dict[str, list[str]]) -> QueryDict:
    """Return the fields of a draft as they were sent."""
    query = QueryDict(mutable=True)
    for name, values in data.items():
        query.setlist(name, values)
    return query


class ReplyForm(PollFields, WritingForm):
    """A reply."""

    reply_to = forms.ModelChoiceField(Post.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, thread, **kwargs):
        super().__init__(data, place=f"reply:{thread.pk}", **kwargs)
        self.fields["reply_to"].queryset = thread.posts.visible()  # type: ignore[attr-defined]


class TopicsField(forms.CharField):
    """Names separated by commas, in either script."""

    def clean(self, value) -> list[str]:
        """Return the names, each once."""
        names = re.split("[,،]", super().clean(value))
        return list(
            {name.casefold(): name for one in names if (name := " ".join(one.split()))}.values()
        )

    def prepare_value(self, value):
        """Return the names as they are typed."""
        return ", ".join(value) if isinstance(value, list) else value


class ThreadFields(forms.Form):
    """What belongs to a thread, beside its first post."""

    title = forms.CharField(
        label=_("Title"), max_length=200, widget=forms.TextInput({"dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=language_choices)
    topics = TopicsField(
        label=pgettext_lazy("forum", "Topics"),
        required=False,
        help_text=_("Separated by commas."),
        widget=forms.TextInput(
            {"dir": "auto", "list": "composer-known-topics", "autocomplete": "off"}
        ),
    )

    @property
    def known_topics(self) -> list[str]:
        """The names of topics to choose from."""
        return list(ForumTopic.objects.values_list("name", flat=True)[:OFFERED_TOPICS])


class ThreadForm(ThreadFields, PollFields, WritingForm):
    """A thread with its first post."""

    field_order = ["title", "language", "topics", "source"]

    def __init__(self, data=None, *, category, **kwargs):
        super().__init__(data, place=f"thread:{category.pk}", **kwargs)
        self.initial.setdefault("language", active_language())


def active_language() -> str:
    """Return the language of the site's content that is being read."""
    known = [code for code, _name in language_choices()]
    active = get_language() or ""
    return next((code for code in (active, active[:2]) if code in known), known[0])


class EditForm(WritingForm):
    """A post that is changed, and why."""

    reason = forms.CharField(
        label=_("Why do you change it?"),
        required=False,
        max_length=200,
        help_text=_("Shown in the history of the post."),
        widget=forms.TextInput({"dir": "auto"}),
    )
    # How many versions there were when the form began.
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    present: Post | None = None

    def __init__(self, data=None, *, post: Post, versions: int, initial=None, **kwargs):
        initial = {"source": post.source, "base": versions, **(initial or {})}
        super().__init__(data, place=f"edit:{post.pk}", initial=initial, **kwargs)

    def show_present(self, post: Post, versions: int) -> None:
        """Show the post that somebody has edited meanwhile: who sends again has read it."""
        self.present = post
        self.put("base", str(versions))


class FirstPostForm(ThreadFields, EditForm):
    """A first post that is changed, with what belongs to its thread."""

    field_order = ["title", "language", "topics", "source", "reason"]

    def __init__(self, data=None, *, post: Post, **kwargs):
        initial = {
            "title": post.thread.title,
            "language": post.thread.language,
            "topics": [topic.name for topic in post.thread.topics.all()],
        }
        super().__init__(data, post=post, initial=initial, **kwargs)
