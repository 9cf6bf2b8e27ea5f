"""What members upload: looked into, whatever it is called, and taken only where it is harmless.

The type is read from the content. Images are made anew from their pixels, so that nothing else
that the file carried is kept: neither the place where a photograph was taken, nor a script.
"""

import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

import filetype  # type: ignore[import-untyped]
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence

from .markup import DIRECTION_CONTROLS
from .models import ForumSettings

# By Pillow's name of the format: the type, and the ending of the name.
IMAGES = {
    "JPEG": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
    "GIF": ("image/gif", "gif"),
}
IMAGE_ENDINGS = {"jpg", "jpeg", "png", "webp", "gif"}
# All frames of an animation together: an image of some kilobytes can fill the memory.
MAX_PIXELS = 50_000_000
MAX_SIDE = 2_000
MAX_FRAMES = 300
MAX_PHOTO_MEGABYTES = 5
PHOTO_SIDE = 320

# In an OpenDocument, this is said by the first file; in an Office document, by a folder.
OPEN_DOCUMENTS = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
_OFFICE = "application/vnd.openxmlformats-officedocument"
OFFICE_DOCUMENTS = {
    "docx": ("word/", f"{_OFFICE}.wordprocessingml.document"),
    "xlsx": ("xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    "pptx": ("ppt/", f"{_OFFICE}.presentationml.presentation"),
}
TEXTS = {"txt": "text/plain", "csv": "text/csv"}
UNKNOWN = "application/octet-stream"
# What a browser might take for a page, wherever it begins.
MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|\?xml|img|style|object|embed|meta)\b"
    rb"|<\?xml",
    re.IGNORECASE,
)
SNIFFED = 4096


Made = TypeVar("Made")


class Upload(NamedTuple):
    """A file that may be kept."""

    name: str
    content_type: str
    content: ContentFile
    width: int | None = None  # of an image
    height: int | None = None


def checked(file: UploadedFile, limits: ForumSettings) -> Upload:
    """Return a file as it may be kept, within the limits that editors have set.

    Raises ValidationError, with what is wrong with it.
    """
    name = clean_name(file.name or "")
    ending = PurePosixPath(name).suffix.removeprefix(".").lower()
    allowed = limits.upload_extensions.split()
    if ending not in allowed:
        text = _("“{name}” cannot be attached. Files that can: {endings}.")
        raise ValidationError(text.format(name=name, endings=", ".join(allowed)))
    content = _read(name, file, limits.max_upload_megabytes)
    if ending in IMAGE_ENDINGS:
        return _image(name, content)
    return Upload(name, _type_of(name, ending, content), ContentFile(content))


def photo(file: UploadedFile) -> ContentFile:
    """Return a portrait as it may be kept: a small square WebP, made anew from its pixels.

    Raises ValidationError, with what is wrong with it.
    """
    name = clean_name(file.name or "")
    content = _read(name, file, MAX_PHOTO_MEGABYTES)
    return ContentFile(_looked_into(name, content, _square), name="photo.webp")


def _read(name: str, file: UploadedFile, megabytes: int) -> bytes:
    """Return what is in a file. Raises ValidationError where it is empty or too large."""
    if not file.size:
        raise ValidationError(_("“{name}” is empty.").format(name=name))
    if file.size > megabytes * 1024 * 1024:
        text = _("“{name}” is too large: {number} MB at most.")
        raise ValidationError(text.format(name=name, number=megabytes))
    return file.read()


def clean_name(name: str) -> str:
    """Return the last part of a file name, without what would mislead its reader."""
    name = unicodedata.normalize("NFC", name).translate(DIRECTION_CONTROLS)
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r"[\s<>:\"|?*#%&\[\]()`]+", "-", name).strip(" .-")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:80] or _('file')}.{ending[:10]}" if dot else name[:80] or _("file")


def _refused(name: str) -> ValidationError:
    text = _("“{name}” is not what its name says, or is damaged.")
    return ValidationError(text.format(name=name))


# Images


def _image(name: str, content: bytes) -> Upload:
    return _looked_into(name, content, lambda image: _made_anew(name, image))


def _looked_into(name: str, content: bytes, make: Callable[[Image.Image], Made]) -> Made:
    """Return what `make` makes of an image. Raises ValidationError where it is none, or too big."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=list(IMAGES)) as image:
                return make(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(name) from error
    # Pillow says in many ways that a file is broken, and a hostile file finds others.
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, IndexError, KeyError) as error:
        raise _refused(name) from error


def _too_many_pixels(name: str) -> ValidationError:
    text = _("“{name}” has too many pixels: make it smaller, then attach it again.")
    return ValidationError(text.format(name=name))


def _made_anew(name: str, image: Image.Image) -> Upload:
    kind = str(image.format)
    frames = getattr(image, "n_frames", 1)
    if frames > MAX_FRAMES or image.width * image.height * frames > MAX_PIXELS:
        raise Image.DecompressionBombError
    content_type, ending = IMAGES[kind]
    out = io.BytesIO()
    if frames > 1 and kind in ("GIF", "WEBP"):
        size = _save_animation(image, kind, out)
    else:
        size = _save_still(image, kind, out)
    stem = PurePosixPath(name).stem
    return Upload(f"{stem}.{ending}", content_type, ContentFile(out.getvalue()), *size)


def _square(image: Image.Image) -> bytes:
    if image.width * image.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    image.load()
    upright = ImageOps.exif_transpose(image).convert("RGB")
    square = ImageOps.fit(upright, (PHOTO_SIDE, PHOTO_SIDE))
    square.info = {}
    out = io.BytesIO()
    square.save(out, "WEBP", quality=82)
    return out.getvalue()


def _save_still(image: Image.Image, kind: str, out: io.BytesIO) -> tuple[int, int]:
    image.load()
    still = ImageOps.exif_transpose(image)
    if kind == "JPEG" and still.mode not in ("L", "RGB"):
        still = still.convert("RGB")
    elif kind in ("PNG", "WEBP") and still.mode not in ("L", "LA", "RGB", "RGBA"):
        still = still.convert("RGBA" if still.has_transparency_data else "RGB")
    elif kind == "GIF":
        still = still.convert("RGBA")
    still.info = {}
    still.thumbnail((MAX_SIDE, MAX_SIDE))
    still.save(out, kind, **({"quality": 85} if kind in ("JPEG", "WEBP") else {"optimize": True}))
    return still.size


def _save_animation(image: Image.Image, kind: str, out: io.BytesIO) -> tuple[int, int]:
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        durations.append(int(frame.info.get("duration", 100)))
        copy = frame.convert("RGBA")
        copy.info = {}
        frames.append(copy)
    loop = int(image.info.get("loop", 0))
    frames[0].save(
        out, kind, save_all=True, append_images=frames[1:], duration=durations, loop=loop
    )
    return frames[0].size


# Other files


def _type_of(name: str, ending: str, content: bytes) -> str:
    """Return the type of a file that is no image. Raises ValidationError where it is another."""
    if ending == "pdf":
        is_right, content_type = content.startswith(b"%PDF-"), "application/pdf"
    elif ending in OPEN_DOCUMENTS or ending in OFFICE_DOCUMENTS:
        content_type = OPEN_DOCUMENTS.get(ending) or OFFICE_DOCUMENTS[ending][1]
        is_right = _type_of_document(content) == content_type
    elif ending in TEXTS:
        is_right, content_type = _is_text(content), TEXTS[ending]
    else:
        # What editors allow beyond this is kept, but never as something else than it says.
        kind, content_type = filetype.guess(content), UNKNOWN
        is_right = (kind is None or kind.extension == ending) and not _is_markup(content)
    if not is_right:
        raise _refused(name)
    return content_type


def _is_markup(content: bytes) -> bool:
    return MARKUP.search(content[:SNIFFED]) is not None


def _is_text(content: bytes) -> bool:
    if b"\0" in content or filetype.guess(content) is not None or _is_markup(content):
        return False
    for encoding in ("utf-8-sig", "cp1256"):  # what spreadsheets write in Arabic and in French
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _type_of_document(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return archive.read("mimetype").decode("ascii", "replace").strip()
            if "[Content_Types].xml" not in names or any("vbaProject" in name for name in names):
                return UNKNOWN
            for folder, content_type in OFFICE_DOCUMENTS.values():
                if any(name.startswith(folder) for name in names):
                    return content_type
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return UNKNOWN
    return UNKNOWN
