"""What rooms hand over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Document:
    """
    One thing that can be found.

    ``body`` is Markdown source, rendered HTML or plain text; an empty ``language`` is detected.
    """

    kind: str
    object_id: int
    title: str
    body: str
    audience: Sequence[str]
    url: str
    language: str = ""
    author_id: int | None = None
    topic_ids: Sequence[int] = ()
    happened_at: datetime | None = None
