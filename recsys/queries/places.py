"""Places in the feed that are kept for what no ranking by acts would bring: the next lesson, the next step, people, talk in groups, groups, what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import islice

from recsys import kinds, rules

from . import circles, onward, people, wording
from .knowing import Known, Pick

Find = Callable[[Known, Collection[str], int], list[Pick]]
DRAWN = 60
"""How many new things are drawn for each place that is kept for them."""


def filled(known: Known, chosen: list[Pick], limit: int) -> list[Pick]:
    """
    ``chosen`` with what is kept places for at its places within the first ``limit``, the same in a longer list.

    What is about a topic that ``known.viewer`` wants less of gets no place beyond those that it earned.
    """
    kept = _kept(known, {pick.item.name for pick in chosen[:limit]}, limit)
    moved = {pick.item.name for pick in kept.values()}
    filled = [pick for pick in chosen if pick.item.name not in moved]
    for place, pick in sorted(kept.items()):
        filled.insert(place, pick)
    return filled


def kept_for_new(limit: int) -> int:
    """How many of ``limit`` places are kept for what is new."""
    return len(range(rules.PLACE_FOR_NEW, limit, rules.EVERY))


def names_of_new(known: Known, *, without: Collection[str], count: int, more: int = 0) -> list[str]:
    """
    So many more names than ``count`` that some are left of which to choose: not all will be theirs to see or to read.

    With ``more`` of them, these are there too when so many turn out to be ranked.
    """
    if not count:
        return []
    return list(islice((name for name in known.hardly_seen if name not in without), DRAWN * count + more))


def _kept(known: Known, ranked: Collection[str], limit: int) -> dict[int, Pick]:
    # A step of the path that has a rank already is moved to its place; of the others nothing that has one is asked for.
    finders: tuple[tuple[int, Find, Collection[str]], ...] = (
        (rules.PLACE_FOR_NEXT, onward.lessons, ()), (rules.PLACE_FOR_STEP, onward.steps, ()),
        (rules.PLACE_FOR_PEOPLE, people.picks, ()), (rules.PLACE_FOR_TALK, circles.talk, ()), (rules.PLACE_FOR_GROUP, circles.picks, ()), (rules.PLACE_FOR_NEW, _new, ranked),
    )  # fmt: skip
    kept: dict[int, Pick] = {}
    for first, find, taken in finders:
        places = range(first, limit, rules.EVERY)
        if places:
            without = known.without.union(taken, (pick.item.name for pick in kept.values()))
            kept |= dict(zip(places, find(known, without, len(places)), strict=False))
    return kept


def _new(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """
    Up to ``count`` new items, none of ``taken``: of those that the lot names, the most liked.

    They are in a language that the viewer reads. Which ones depends on member and item alone, so that the page stays the same when it is
    loaded again.
    """
    found = known.shelf.glance(names_of_new(known, without=taken, count=count))
    readable = [item for item in found.values() if item.creator_id != known.viewer.pk and not known.is_foreign(item)]
    # The lot goes first: what nobody likes yet must be before other eyes too, and it breaks ties.
    items = sorted(readable, key=lambda item: -known.liking.worth(item))[:count]
    return [_as_new(item) for item in items if not item.topic_ids & known.less]


def _as_new(item: kinds.Item) -> Pick:
    return Pick(item=item, source="new", because=wording.because_it_is_new())
