"""How files that members have uploaded are sent."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

# Ten minutes: after that, who may no longer see a file does not.
MAX_AGE = 600


def send_file(
    request: HttpRequest, file: FieldFile, *, key: str, scope: str, **options
) -> HttpResponseBase:
    """Return a file, of which no browser runs anything, or word that it has it already.

    `key` is another for any other content; `scope` says who may keep a copy: all ("public"), or
    the reader's own browser alone ("private"); `options` are those of FileResponse. Raises Http404
    where the file is gone.
    """
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag) or _opened(file, options)
    response["ETag"] = etag
    response["Cache-Control"] = f"{scope}, max-age={MAX_AGE}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _opened(file: FieldFile, options: dict) -> FileResponse:
    try:
        return FileResponse(file.open(), **options)
    except FileNotFoundError as error:
        raise Http404 from error
