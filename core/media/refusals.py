"""Why a file is not taken."""

from django.core.exceptions import ValidationError


class UploadRefused(ValidationError):
    """A file is not taken; its message says why, in the language of who sent it."""
