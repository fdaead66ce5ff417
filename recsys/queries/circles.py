"""What is said in one's groups, and groups that one could be in."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

from recsys import kinds

from . import telling, wording
from .knowing import Known, Pick


def talk(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """Up to ``count`` threads of the groups of ``known.viewer`` that they have not read, the newest first."""
    items = known.shelf.glance([name for name in known.talk if name not in taken])
    own = [item for item in items.values() if item.circle in known.circles and not known.is_foreign(item)]
    wanted = [item for item in own if not item.topic_ids & known.less][:count]
    return [
        Pick(item=item, source="groups", because=wording.because_of_your_group(known.circles[item.circle]))
        for item in wanted
    ]


def picks(known: Known, taken: Collection[str], count: int) -> list[Pick]:
    """
    Up to ``count`` groups in which ``known.viewer`` is not yet: those about what they like, with the reason, then those in which many are.

    Whether they may know of one is asked when it is loaded; what nothing speaks for gets no place.
    """
    items = known.shelf.glance([name for name in (f"group:{pk}" for pk in known.joinable) if name not in taken])
    unwanted = known.less | known.refused
    wanted = [item for item in items.values() if item.topic_ids.isdisjoint(unwanted)]
    # The large ones go first: they break ties.
    ordered = sorted(wanted, key=lambda item: -known.liking.of(item))
    told = telling.told(ordered, [None] * len(ordered), liking=known.liking, known=known)
    return list(islice((found for pick in told if (found := _spoken_for(pick, known))), count))


def _spoken_for(pick: Pick, known: Known) -> Pick | None:
    if pick.source != "popular":
        return pick
    return (
        Pick(item=pick.item, source="popular", because=wording.because_many_are_in_it())
        if _is_large(pick.item, known)
        else None
    )


def _is_large(item: kinds.Item, known: Known) -> bool:
    return known.joinable[int(item.name.partition(":")[2])]
