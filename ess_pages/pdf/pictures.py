"""The images of a document, in the size of the paper."""

from pathlib import PurePosixPath
from typing import Any

from django.db.models import prefetch_related_objects
from wagtail.images.models import SourceImageIOError

# A JPEG goes into a PDF as it is. What is transparent becomes white, as the paper is.
PAPER = "bgcolor-ffffff|format-jpeg|jpegquality-75"
WHOLE = f"max-1200x1200|{PAPER}"
CROPPED = f"fill-800x600|{PAPER}"

# In place of a file that is lost.
BLANK = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'


class Pictures:
    """Images by the names that the data of a document have for them."""

    def __init__(self) -> None:
        self._renditions: dict[str, Any] = {}

    @staticmethod
    def prefetch(images: list) -> None:
        """Look up once what has been made of these images before."""
        prefetch_related_objects(images, "renditions")

    def add(self, image, alt: str, size: str = WHOLE) -> dict[str, Any] | None:
        """Return an image as the `picture` of a template takes it; None where its file is lost.

        An empty `alt` says that the image is an ornament.
        """
        try:
            rendition = image.get_rendition(size)
        except SourceImageIOError:
            return None
        name = PurePosixPath(rendition.file.name).name
        self._renditions[name] = rendition
        return {"name": name, "alt": alt, "width": rendition.width, "height": rendition.height}

    def files(self) -> dict[str, bytes]:
        """Return the files, by name."""
        return {name: _content(rendition.file) for name, rendition in self._renditions.items()}


def _content(file) -> bytes:
    try:
        with file.open() as opened:
            return opened.read()
    except OSError:
        return BLANK
