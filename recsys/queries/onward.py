"""What comes next: the lesson of a course, the step of a path."""

from __future__ import annotations

from collections.abc import Collection

from . import wording
from .knowing import Known, Pick


def lessons(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """Up to ``count`` lessons that come next, of the course that was studied last first."""
    items = known.shelf.glance([name for name in known.onward if name not in taken])
    wanted = [item for item in items.values() if not item.topic_ids & known.less]
    return [Pick(item=item, source="onward", says=wording.because_it_comes_next) for item in wanted[:count]]


def steps(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """Up to ``count`` steps of the path to which their first answers led, the next one first; what they have is done."""
    items = known.shelf.glance([name for name in known.path if name not in taken])
    wanted = [item for item in items.values() if not item.topic_ids & known.less and not known.is_foreign(item)]
    return [Pick(item=item, source="path", because=wording.because_of_the_path()) for item in wanted[:count]]
