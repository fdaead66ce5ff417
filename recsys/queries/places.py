"""Places in the feed that are kept for what no ranking by acts would bring: the next lesson, the next step, people, talk in groups, groups, what is new."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import islice

from recsys import kinds, rules

from . import circles, onward, people, wording
from .knowing import Known, Pick

Find = Callable[[Known, Collection[str], int], list[Pick]]
FINDERS: tuple[tuple[int, Find, bool], ...] = (
    (rules.PLACE_FOR_NEXT, onward.lessons, False), (rules.PLACE_FOR_STEP, onward.steps, True), (rules.PLACE_FOR_PEOPLE, people.picks, False),
    (rules.PLACE_FOR_TALK, circles.talk, False), (rules.PLACE_FOR_GROUP, circles.picks, False),
)  # fmt: skip
"""At which place of every twenty who finds something, and whether that may have a rank too."""
DRAWN = 60
"""How many new things are drawn for each place that is kept for them."""


def filled(known: Known, chosen: Sequence[Pick], limit: int) -> list[Pick]:
    """
    ``chosen`` with what places are kept for at its places within the first ``limit``; a longer list begins with the shorter one.

    What is kept for one of twenty places does not stand before it among these twenty; what stands above them already leaves its place to
    the next. What is about a topic that ``known.viewer`` wants less of gets no place beyond those that it earned.
    """
    waiting = _waiting(known, limit)
    new = _New(known, limit)
    found: list[Pick] = []
    for start in range(0, limit, rules.EVERY):
        kept = _kept(waiting, found, start, limit)
        if (place := start + rules.PLACE_FOR_NEW) < limit:
            best = new.best(_names([*found, *kept.values(), *chosen[: place + 1]]))
            kept |= {place: best} if best else {}
        twenty = _others(chosen, [*found, *kept.values()])[: rules.EVERY - len(kept)]
        for place, pick in sorted(kept.items()):
            twenty.insert(place - start, pick)
        found += twenty
    return found + _others(chosen, found)


def kept_for_new(limit: int) -> int:
    """How many of ``limit`` places are kept for what is new."""
    return len(_places(rules.PLACE_FOR_NEW, limit))


def names_of_new(known: Known, *, count: int, more: int) -> list[str]:
    """
    What the lot names for ``count`` places, of which to choose: not all will be theirs to see or to read; and ``more``, should so many turn out to be ranked.

    Which ones depends on member and item alone, so that the page stays the same when it is loaded again.
    """
    if not count:
        return []
    return list(islice((name for name in known.hardly_seen if name not in known.without), DRAWN * count + more))


def _waiting(known: Known, limit: int) -> list[tuple[int, list[Pick]]]:
    """For which place of every twenty what waits, the first first."""
    wanted = [(first, find, limit if is_ranked else len(_places(first, limit))) for first, find, is_ranked in FINDERS]
    return [(first, find(known, known.without, count)) for first, find, count in wanted if first < limit]


def _kept(
    waiting: Iterable[tuple[int, Sequence[Pick]]], above: Iterable[Pick], start: int, limit: int
) -> dict[int, Pick]:
    taken = _names(above)
    kept: dict[int, Pick] = {}
    for first, picks in waiting:
        pick = next((one for one in picks if one.item.name not in taken), None)
        if pick is not None and start + first < limit:
            kept[start + first] = pick
            taken.add(pick.item.name)
    return kept


class _New:
    """What is new for the places that are kept for it, one after the other."""

    def __init__(self, known: Known, limit: int) -> None:
        self.known = known
        self.names = names_of_new(known, count=kept_for_new(limit), more=limit)
        self.items = known.shelf.glance(self.names)
        self.drawn = 0

    def best(self, taken: Collection[str]) -> Pick | None:
        """The most liked of those that the lot names by now, not one of ``taken``; None where there is none, or they want less of what it is about."""
        self.drawn += DRAWN
        names = [name for name in self.names if name not in taken][: self.drawn]
        readable = [item for name in names if (item := self.items.get(name)) and self._is_for_them(item)]
        # The lot goes first: what nobody likes yet must be before other eyes too, and it breaks ties.
        best = max(readable, key=self.known.liking.worth, default=None)
        if best is None or best.topic_ids & self.known.less:
            return None
        return Pick(item=best, source="new", because=wording.because_it_is_new())

    def _is_for_them(self, item: kinds.Item) -> bool:
        return item.creator_id != self.known.viewer.pk and not self.known.is_foreign(item)


def _places(first: int, limit: int) -> range:
    return range(first, limit, rules.EVERY)


def _names(picks: Iterable[Pick]) -> set[str]:
    return {pick.item.name for pick in picks}


def _others(chosen: Iterable[Pick], shown: Iterable[Pick]) -> list[Pick]:
    taken = _names(shown)
    return [pick for pick in chosen if pick.item.name not in taken]
