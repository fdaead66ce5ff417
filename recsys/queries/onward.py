"""The next lesson of what a member studies."""

from __future__ import annotations

from collections.abc import Collection

from . import wording
from .knowing import Known, Pick


def picks(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """Up to ``count`` lessons that come next, of the course that was studied last first."""
    items = known.shelf.load([name for name in known.onward if name not in taken])
    wanted = [item for item in items.values() if not item.topic_ids & known.less]
    return [Pick(item=item, source="onward", because=wording.because_it_comes_next(item)) for item in wanted[:count]]
