"""Files that go with posts: taken while a post is being written, sent to who sees the post."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ..actions import attachments as verbs
from ..forms.attachments import AttachmentFields
from ..models import Attachment
from ..policy import allows
from ..throttle import is_throttled
from ..viewer import Viewer
from .files import send_file


def take_files(request: HttpRequest, form: AttachmentFields) -> bool:
    """Put the files that were sent with a valid form into its text.

    Return whether all could be taken: the form says why not.
    """
    files = form.cleaned_data.get("attached") or ()
    if any(is_throttled(request, "upload") for _file in files):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        form.add_error("attached", ValidationError(text, code="throttled"))
        return False
    return form.attach(Viewer.of(request))


@require_POST
def upload(request: HttpRequest) -> JsonResponse:
    """Keep one file, for a script: answer with what shows it in a text, or say what is wrong."""
    viewer, file = Viewer.of(request), request.FILES.get("file")
    if not allows(viewer, "upload"):
        raise PermissionDenied
    if is_throttled(request, "upload"):
        text = _("You have sent too much in a short time: wait an hour, then send this again.")
        return JsonResponse({"error": text}, status=429)
    if file is None:
        return JsonResponse({"error": _("Choose a file.")}, status=422)
    try:
        attachment = verbs.upload(viewer, file)
    except ValidationError as error:
        return JsonResponse({"error": error.messages[0]}, status=422)
    return JsonResponse({"name": attachment.name, "markdown": verbs.markdown(attachment)})


@require_safe
def file(request: HttpRequest, key: UUID, name: str) -> HttpResponseBase:
    """Send a file to who sees its post, or is writing it: images are shown, others are saved."""
    found = get_object_or_404(
        Attachment.objects.select_related("post__thread__category", "member"), key=key
    )
    if not allows(Viewer.of(request), "see_attachment", found):
        raise Http404
    return send_file(
        request,
        found.file,
        key=found.key.hex,
        scope=_scope(found),
        as_attachment=not found.is_image,
        filename=found.name,
        content_type=found.content_type,
    )


def _scope(found: Attachment) -> str:
    """Return who may keep a copy: all, or the reader's own browser alone."""
    return "public" if allows(Viewer(), "see_attachment", found) else "private"
