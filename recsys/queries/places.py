"""Places in the feed that are kept for what no ranking by acts would bring: the next lesson, people, what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from recsys import rules

from . import fresh, onward, people, wording
from .knowing import Known, Pick

Find = Callable[[Known, Collection[str], int], list[Pick]]


def filled(known: Known, chosen: list[Pick], limit: int) -> list[Pick]:
    """
    The first ``limit`` of ``chosen`` with what is kept places for at its places, the same in a longer list.

    What is about a topic that ``known.viewer`` wants less of gets no place beyond those that it earned.
    """
    taken = known.without | {pick.item.name for pick in chosen}
    for place, pick in sorted(_kept(known, taken, limit), key=lambda pair: pair[0]):
        chosen.insert(place, pick)
    return chosen[:limit]


def _kept(known: Known, taken: Collection[str], limit: int) -> Iterator[tuple[int, Pick]]:
    finders: tuple[tuple[int, Find], ...] = (
        (rules.PLACE_FOR_NEXT, onward.picks), (rules.PLACE_FOR_PEOPLE, people.picks), (rules.PLACE_FOR_NEW, _new),
    )  # fmt: skip
    for first, find in finders:
        places = range(first, limit, rules.EVERY)
        if places:
            yield from zip(places, find(known, taken, len(places)), strict=False)


def _new(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    items = fresh.items_for(known.shelf, without=taken, count=count)
    wanted = [item for item in items if not item.topic_ids & known.less]
    return [Pick(item=item, source="new", because=wording.because_it_is_new()) for item in wanted]
