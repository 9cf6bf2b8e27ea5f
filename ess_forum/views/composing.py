"""One way to write anything: kept as a draft, looked at, sent."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ess_ground.prepared import prepared

from .. import markup
from ..actions import drafts
from ..actions.posts import rendered, taken
from ..forms.polls import UNFINISHED
from ..forms.writing import WritingForm
from ..models import Draft, Post, State
from ..viewer import Viewer
from .attachments import take_files
from .submission import attempt, status_of

F = TypeVar("F", bound=WritingForm)

# What is sent with a text and is no part of it.
NO_FIELDS = {
    "csrfmiddlewaretoken",
    "homepage",
    "place",
    "number",
    "send",
    *UNFINISHED,
}


def begin(request: HttpRequest, form_class: type[F], **options) -> F:
    """Return the form in which something is written: with what was sent, or else with its draft.

    `options` are what the class of the form asks for beside. What is only to be looked at, or
    kept, need not be whole.
    """
    if request.method != "POST":
        form = form_class(**options)
        form.restore(draft_of(Viewer.of(request), form.place))
        return form
    form = form_class(request.POST, files=request.FILES, **options)
    if any(name in request.POST for name in UNFINISHED):
        for field in form.fields.values():
            field.required = False
    return form


def draft_of(viewer: Viewer, place: str) -> Draft | None:
    """Return what the viewer was writing for a place."""
    return next(iter(_drafts_of(viewer.me.pk, place)), None)


@prepared
def _drafts_of(member: Any, place: Any):
    return Draft.objects.filter(member=member, place=place)


def data_of(data: QueryDict) -> drafts.Data:
    """Return the fields of a form as a draft keeps them: without what no database takes."""
    return {
        name.replace("\0", ""): [value.replace("\0", "") for value in values]
        for name, values in data.lists()
        if name not in NO_FIELDS
    }


def compose(
    request: HttpRequest,
    form: WritingForm,
    verb: str,
    act: Callable[[], Post],
    template: str,
    context: dict,
    *,
    why_closed: Callable[[], str] = str,
) -> HttpResponse:
    """Answer a request of a composer: show the form, keep a draft, preview it, or post it.

    `verb` is what is counted against too many in a short time; `act` posts a valid form and
    returns the post. Where that is refused, `why_closed` may say why what was allowed before is
    not any more: what was typed stays. Files that come with the form stand in its text from then
    on, whatever else is wrong. The template finds `form`, `preview`, and `context`.
    """
    preview = None
    is_valid = form.is_valid()
    if request.method == "POST" and take_files(request, form) and is_valid:
        answer = None
        if "preview" in request.POST:
            preview = _look(request, form)
        elif "attach" in request.POST:
            _keep_draft(request, form)
        elif "keep" in request.POST:
            answer = _keep(request, form)
        else:
            answer = _send(request, form, verb, act, why_closed)
        if answer:
            return answer
    context = {"viewer": Viewer.of(request), "form": form, "preview": preview, **context}
    return render(request, template, context, status=status_of(form))


def _keep(request: HttpRequest, form: WritingForm) -> HttpResponse | None:
    if not _keep_draft(request, form):
        return None
    messages.success(request, _("Your draft is kept: nobody else can read it."))
    return redirect(request.path)


def _keep_draft(request: HttpRequest, form: WritingForm) -> Draft | None:
    viewer, data = Viewer.of(request), data_of(cast(QueryDict, form.data))
    kept = attempt(request, form, "keep_draft", lambda: drafts.keep(viewer, form.place, data))
    if kept:
        form.count(kept.number)
    return kept


def _look(request: HttpRequest, form: WritingForm) -> SafeString | None:
    viewer, source = Viewer.of(request), form.cleaned_data["source"]
    _keep_draft(request, form)
    return attempt(request, form, "preview", lambda: preview_of(viewer, source))


def preview_of(viewer: Viewer, source: str) -> SafeString:
    """Return the HTML of a text that is not posted yet. Raises ValidationError."""
    return markup.shown(rendered(taken(viewer, source)).html)


def _send(
    request: HttpRequest,
    form: WritingForm,
    verb: str,
    act: Callable[[], Post],
    why_closed: Callable[[], str],
) -> HttpResponse | None:
    viewer = Viewer.of(request)
    try:
        post = attempt(request, form, verb, lambda: drafts.posted(viewer, form.place, act))
    except PermissionDenied:
        reason = why_closed()
        if not reason:
            raise
        form.add_error(None, ValidationError(reason, code="closed"))
        return None
    if post is None:
        return None
    if post.state == State.PENDING:
        text = _("Thank you. Moderators read your post first: until then only you see it.")
        messages.info(request, text)
    return redirect(post)
