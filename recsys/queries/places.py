"""Places in the feed that are kept for what no ranking by acts would bring: the next lesson, the next step, people, what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection

from recsys import rules

from . import fresh, onward, people, wording
from .knowing import Known, Pick
from .liking import liking_of

Find = Callable[[Known, Collection[str], int], list[Pick]]


def filled(known: Known, chosen: list[Pick], limit: int) -> list[Pick]:
    """
    The first ``limit`` of ``chosen`` with what is kept places for at its places, the same in a longer list.

    What is about a topic that ``known.viewer`` wants less of gets no place beyond those that it earned.
    """
    kept = _kept(known, {pick.item.name for pick in chosen}, limit)
    moved = {pick.item.name for pick in kept.values()}
    filled = [pick for pick in chosen if pick.item.name not in moved]
    for place, pick in sorted(kept.items()):
        filled.insert(place, pick)
    return filled[:limit]


def kept_for_new(limit: int) -> int:
    """How many of ``limit`` places are kept for what is new."""
    return len(range(rules.PLACE_FOR_NEW, limit, rules.EVERY))


def _kept(known: Known, ranked: Collection[str], limit: int) -> dict[int, Pick]:
    # A step of the path that has a rank already is moved to its place; of the others nothing that has one is asked for.
    finders: tuple[tuple[int, Find, Collection[str]], ...] = (
        (rules.PLACE_FOR_NEXT, onward.lessons, ()), (rules.PLACE_FOR_STEP, onward.steps, ()),
        (rules.PLACE_FOR_PEOPLE, people.picks, ()), (rules.PLACE_FOR_NEW, _new, ranked),
    )  # fmt: skip
    kept: dict[int, Pick] = {}
    for first, find, taken in finders:
        places = range(first, limit, rules.EVERY)
        if places:
            without = known.without.union(taken, (pick.item.name for pick in kept.values()))
            kept |= dict(zip(places, find(known, without, len(places)), strict=False))
    return kept


def _new(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    items = fresh.items_for(known, without=taken, count=count, liked=liking_of(known).worth)
    wanted = [item for item in items if not item.topic_ids & known.less]
    return [Pick(item=item, source="new", because=wording.because_it_is_new()) for item in wanted]
