"""Stops an upload that is too large before it fills the memory or the disk."""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from .files import MAX_BYTES

# What a form holds beside its file.
FORM_BYTES = 2**16


class SizeLimit(FileUploadHandler):
    """The first of the upload handlers: the others see no more of a file than is imported.

    The rest of the request is read and thrown away, so that the browser gets an answer.
    """

    is_exceeded = False

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):  # noqa: N803
        """Note whether the request says itself that it is too large."""
        self.is_exceeded = content_length > MAX_BYTES + FORM_BYTES

    def new_file(self, *args, **kwargs) -> None:
        """Refuse the file of a request that is too large."""
        super().new_file(*args, **kwargs)
        self._stop_if_exceeded()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the piece on, unless the file has become too large."""
        self.is_exceeded = self.is_exceeded or start + len(raw_data) > MAX_BYTES
        self._stop_if_exceeded()
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the other handlers."""

    def _stop_if_exceeded(self) -> None:
        if self.is_exceeded:
            raise StopUpload(connection_reset=False)
