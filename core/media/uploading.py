"""Refuses a body that is too large before a byte of it is written to disk."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class Bounded(FileUploadHandler):
    """Stands first among the upload handlers: looks at the whole request, takes no part in storing."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django hands it over by this name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        """
        Look at how much was announced; the server hands over no more than that.

        :raises RequestDataTooBig: if it is more than ``settings.LARGEST_UPLOAD``.
        """
        if content_length > settings.LARGEST_UPLOAD:
            raise RequestDataTooBig("The upload is too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass everything on."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return
