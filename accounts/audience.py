"""What this room adds to the one visibility rule."""

from typing import Any

from django.db.models import QuerySet

from core import audience

from . import queries


@audience.hides_by_rows
def shut_out(viewer: int) -> QuerySet[Any, Any]:
    """Authors hidden from ``viewer`` by a block or a mute."""
    return queries.authors_hidden_from(viewer)
