"""Less of a topic: half of the places that it would have had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .knowing import Pick


def halved(ranked: Sequence[Pick], less: frozenset[int], among: int) -> list[Pick]:
    """
    The first ``among`` of ``ranked`` in which each topic of ``less`` has half of the places that it would have had.

    That holds for the first few as well: of any beginning of the list at most half is left, and the rest waits for its turn.
    """
    waiting = list(ranked)
    kept: list[Pick] = []
    usual: Counter[int] = Counter()
    given: Counter[int] = Counter()
    for pick in ranked[:among]:
        usual.update(pick.item.topic_ids & less)
        found = next((one for one in waiting if _is_left(one.item.topic_ids & less, usual, given)), None)
        if found is not None:
            waiting.remove(found)
            kept.append(found)
            given.update(found.item.topic_ids & less)
    return kept


def _is_left(unwanted: frozenset[int], usual: Counter[int], given: Counter[int]) -> bool:
    return all(given[topic] < usual[topic] // 2 for topic in unwanted)
