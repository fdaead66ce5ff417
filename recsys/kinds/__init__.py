"""Kinds of items that can be recommended; whoever has another one registers it here."""

from . import glimpses
from .items import Item, Look, with_values
from .loading import COURSES, GROUPS, LESSONS, THREADS, of_rooms
from .people import PEOPLE, members
from .registry import (
    Kind,
    Shelf,
    creators_of,
    is_name,
    is_ranked,
    load,
    register,
    topics_of,
    words_of,
)

__all__ = [
    "COURSES", "GROUPS", "LESSONS", "PEOPLE", "THREADS", "Item", "Kind", "Look", "Shelf", "creators_of", "glimpses", "is_name", "is_ranked", "load",
    "members", "of_rooms", "register", "topics_of", "with_values", "words_of",
]  # fmt: skip
