"""What members ask in a poll, and what they answer."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions.polls import PollDraft
from ..models import Poll

MIN_OPTIONS, MAX_OPTIONS = 2, 20
LONGEST = 200
# Buttons by which a form is sent that is not to be posted yet.
UNFINISHED = ("preview", "keep", "attach")


class PollFields(forms.Form):
    """A poll in a form: none where no question is asked. `poll` is what becomes of it.

    A form takes it in by `class ReplyForm(PollFields, WritingForm)`, and its template by
    `{% include "ess_forum/includes/poll_fields.html" %}`. What is only kept or looked at need not
    be whole.
    """

    poll_question = forms.CharField(
        label=gettext_lazy("Question"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput({"dir": "auto"}),
    )
    poll_options = forms.CharField(
        label=gettext_lazy("Answers"),
        required=False,
        help_text=gettext_lazy("One on each line."),
        widget=forms.Textarea({"dir": "auto", "rows": 4}),
    )
    poll_max_choices = forms.IntegerField(
        label=gettext_lazy("How many answers may one choose?"),
        required=False,
        min_value=1,
        max_value=MAX_OPTIONS,
        initial=1,
    )
    poll_closes_at = forms.DateTimeField(
        label=gettext_lazy("Votes are taken until"),
        required=False,
        help_text=gettext_lazy("Leave it empty to take votes as long as the thread is open."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_poll_options(self) -> tuple[str, ...]:
        """Return the answers, a line each, without empty lines."""
        lines = (" ".join(line.split()) for line in self.cleaned_data["poll_options"].splitlines())
        return tuple(line for line in lines if line)

    def clean(self):
        """Refuse a poll that is not whole."""
        cleaned = super().clean() or self.cleaned_data
        if any(name in self.data for name in UNFINISHED):
            return cleaned
        question, options = cleaned.get("poll_question"), cleaned.get("poll_options") or ()
        if options and not question and "poll_question" not in self.errors:
            self.add_error("poll_question", _("Ask a question, or leave the answers empty."))
        if question:
            self._check_options(options, cleaned.get("poll_max_choices") or 1)
            closes_at = cleaned.get("poll_closes_at")
            if closes_at and closes_at <= timezone.now():
                self.add_error("poll_closes_at", _("Choose a time to come."))
        return cleaned

    def _check_options(self, options: tuple[str, ...], max_choices: int) -> None:
        if "poll_options" in self.errors:
            return
        if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
            text = _("Offer {least} answers at least and {most} at most.")
            self.add_error("poll_options", text.format(least=MIN_OPTIONS, most=MAX_OPTIONS))
        elif len({option.casefold() for option in options}) < len(options):
            self.add_error("poll_options", _("Two of the answers are the same."))
        elif any(len(option) > LONGEST for option in options):
            text = _("An answer is too long: {number} characters at most.")
            self.add_error("poll_options", text.format(number=LONGEST))
        elif max_choices > len(options) and "poll_max_choices" not in self.errors:
            self.add_error("poll_max_choices", _("There are not so many answers."))

    @property
    def poll(self) -> PollDraft | None:
        """The poll that a valid form asks for."""
        if not self.cleaned_data["poll_question"]:
            return None
        return PollDraft(
            question=self.cleaned_data["poll_question"],
            options=self.cleaned_data["poll_options"],
            max_choices=self.cleaned_data["poll_max_choices"] or 1,
            closes_at=self.cleaned_data["poll_closes_at"],
        )

    @property
    def has_poll(self) -> bool:
        """Whether something of a poll has been typed, or is wrong with it."""
        names = ("poll_question", "poll_options", "poll_closes_at")
        return any(self[name].value() or self[name].errors for name in names)


class PollForm(PollFields):
    """A poll that nobody has voted in, to be changed."""

    def __init__(self, data=None, *, poll: Poll):
        initial = {
            "poll_question": poll.question,
            "poll_options": "\n".join(option.text for option in poll.options.all()),
            "poll_max_choices": poll.max_choices,
            "poll_closes_at": poll.closes_at,
        }
        super().__init__(data, initial=initial)
        self.fields["poll_question"].required = True


class VoteForm(forms.Form):
    """The answers that a member chooses. With none, a vote is withdrawn."""

    options = forms.TypedMultipleChoiceField(required=False, coerce=int)

    def __init__(self, data=None, *, poll: Poll):
        super().__init__(data)
        self.fields["options"].choices = [  # type: ignore[attr-defined]
            (option.pk, option.text) for option in poll.options.all()
        ]
