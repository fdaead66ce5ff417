"""What a file is, by its content; its name and what the sender says of it count for nothing."""

from dataclasses import dataclass

import filetype

from .purposes import Kind

HEAD = 8_192


@dataclass(frozen=True)
class Type:
    """A type that may be stored."""

    kind: Kind
    content_type: str
    extension: str


_BY_CONTENT = {
    "image/jpeg": Type(Kind.IMAGE, "image/jpeg", "jpg"),
    "image/png": Type(Kind.IMAGE, "image/png", "png"),
    "image/webp": Type(Kind.IMAGE, "image/webp", "webp"),
    "image/gif": Type(Kind.IMAGE, "image/gif", "gif"),
    "video/mp4": Type(Kind.VIDEO, "video/mp4", "mp4"),
    "video/x-m4v": Type(Kind.VIDEO, "video/mp4", "mp4"),
    "video/webm": Type(Kind.VIDEO, "video/webm", "webm"),
    "audio/mpeg": Type(Kind.AUDIO, "audio/mpeg", "mp3"),
    "audio/mp4": Type(Kind.AUDIO, "audio/mp4", "m4a"),
    "audio/ogg": Type(Kind.AUDIO, "audio/ogg", "ogg"),
    "audio/x-wav": Type(Kind.AUDIO, "audio/wav", "wav"),
    "application/pdf": Type(Kind.PDF, "application/pdf", "pdf"),
}
CAPTIONS = Type(Kind.CAPTIONS, "text/vtt", "vtt")
FIGURE = Type(Kind.FIGURE, "image/svg+xml", "svg")

INLINE = frozenset(
    {
        "image/jpeg",
        "image/webp",
        "video/mp4",
        "video/webm",
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/wav",
        "text/vtt",
    }
)
"""What a browser may show by itself; everything else is offered as a download."""


def type_of(head: bytes) -> Type | None:
    """The type of a file that begins with ``head``, or None for one that is not stored."""
    guess = filetype.guess(head)
    if guess is not None:
        return _BY_CONTENT.get(guess.mime)
    try:
        beginning = head.decode("utf-8-sig", errors="ignore").lstrip()
    except UnicodeDecodeError:
        return None
    if beginning.startswith("WEBVTT"):
        return CAPTIONS
    return FIGURE if beginning.startswith(("<svg", "<?xml")) and "<svg" in beginning else None
