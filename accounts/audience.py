"""What this room adds to the one visibility rule."""

from collections.abc import Iterable
from typing import Any

from core import audience

from . import queries


@audience.hides
def shut_out(viewer: Any) -> Iterable[int]:
    """Authors hidden from ``viewer`` by a block or a mute."""
    return queries.authors_hidden_from(viewer)
