"""How much an item is about what a member likes: what they stated, and what they did most, as "What we think you like" says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recsys import kinds, rules, serving

from .interests import History, Stated

if TYPE_CHECKING:
    from .feed import Known

INTEREST_BONUS = 3.0
"""What a topic that is liked wholly adds to a score, which is a sum of a few z-scores."""


def liking_of(known: Known) -> Liking:
    """What ``known`` says about topics; nothing is asked for that the shelf holds already."""
    done = known.shelf.load([item for item, _ in known.history])
    return Liking(history=known.history, items=done, stated=known.stated, refused=known.refused)


def beyond_the_model(
    liking: Liking, row: Any, items: Sequence[kinds.Item], served: serving.Served
) -> NDArray[np.float64]:
    """What the worth of each of ``items`` loses, beside the model's score, with each entry of ``row``; (entries, items)."""
    history = [served.items[column] for column in row.indices]
    drops = [INTEREST_BONUS * liking.drops(item, history=history) for item in items]
    return np.stack(drops, axis=1) if drops else np.zeros((len(history), 0))


class Liking:
    """
    A member's topics, each with a weight between 0 and 1; independent evidence adds up as 1 − Π(1 − x).

    What they did is told by the items of their history that have topics; the refused topics count for nothing.
    """

    def __init__(
        self,
        *,
        history: History,
        items: Mapping[str, kinds.Item],
        stated: Mapping[int, Stated],
        refused: Collection[int],
    ) -> None:
        topics = {name: items[name].topic_ids - set(refused) for name, _ in history if name in items}
        self._column = {one: n for n, one in enumerate({*stated, *(one for found in topics.values() for one in found)})}
        self._row = {name: n for n, (name, _) in enumerate(history)}
        self._marks = np.zeros((len(history), len(self._column)))
        for age, (name, weight) in enumerate(history):
            self._marks[age, [self._column[one] for one in topics.get(name, ())]] = weight * rules.FADES**age
        self._stated = np.zeros(len(self._column))
        self._stated[[self._column[one] for one in stated]] = [one.weight for one in stated.values()]

    def of(self, item: kinds.Item) -> float:
        """How much ``item`` is liked, for the topic of it that is liked most."""
        columns = self._columns(item)
        return float(self._whole[columns].max()) if columns else 0.0

    def lost_without_words(self, item: kinds.Item) -> float:
        """By how much ``item`` would be liked less had the member said nothing of its topics."""
        columns = self._columns(item)
        return self.of(item) - float(self._done[columns].max()) if columns else 0.0

    def drops(self, item: kinds.Item, *, history: Sequence[str]) -> NDArray[np.float64]:
        """By how much ``item`` would be liked less without each of ``history``, (entries,)."""
        columns = self._columns(item)
        if not columns:
            return np.zeros(len(history))
        without = self._without_each[np.ix_([self._row[name] for name in history], columns)]
        return np.asarray(self.of(item) - without.max(axis=1))

    def _columns(self, item: kinds.Item) -> list[int]:
        return [self._column[one] for one in item.topic_ids if one in self._column]

    @cached_property
    def _whole(self) -> NDArray[np.float64]:
        return np.asarray(self._weighed(self._marks.sum(axis=0)[np.newaxis])[0])

    @cached_property
    def _done(self) -> NDArray[np.float64]:
        return np.asarray(_share_of_the_most(self._marks.sum(axis=0)[np.newaxis])[0])

    @cached_property
    def _without_each(self) -> NDArray[np.float64]:
        return self._weighed(self._marks.sum(axis=0) - self._marks)

    def _weighed(self, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1 - (1 - self._stated) * (1 - _share_of_the_most(totals)))


def _share_of_the_most(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    most = totals.max(axis=1, keepdims=True, initial=0.0)
    return np.divide(rules.DONE * totals, most, out=np.zeros_like(totals), where=most > 0)
