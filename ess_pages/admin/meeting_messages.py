"""Writing to those registered for a meeting, in the Wagtail admin."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages
from wagtail.coreutils import get_content_languages

from ..actions.messages import recipients_of, send_message
from ..forms.messages import MessageForm
from ..models import MeetingMessage
from ..policy import require
from .meetings import form_page, meeting_or_404


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to those who have a place, and show what was written before."""
    meeting = meeting_or_404(pk)
    require(request.user, "manage_registrations", meeting)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = send_message(request.user, meeting, form.cleaned_data)
        said = ngettext(
            "The message has been sent to %(number)d person.",
            "The message has been sent to %(number)d people.",
            sent.recipients,
        ) % {"number": sent.recipients}
        messages.success(request, said)
        return redirect("ess_pages_message", meeting.pk)
    languages = Counter(recipients_of(meeting).values_list("language", flat=True))
    names = get_content_languages()
    return form_page(
        request,
        meeting,
        "message",
        _("Write to those registered"),
        form=form,
        number=languages.total(),
        languages=[(names.get(code, code), number) for code, number in languages.items()],
        sent=MeetingMessage.objects.about(meeting).select_related("sent_by"),
    )


urlpatterns = [
    path("meetings/<int:pk>/message/", message, name="ess_pages_message"),
]
