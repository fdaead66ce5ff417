"""How much an item is about what a member likes: what they stated, and what they did most, as "What we think you like" says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys import kinds, rules, serving

from .interests import History, Stated

INTEREST_BONUS = 3.0
"""What a topic that is liked wholly adds to a score, which the blend gives in steps: in one of them the twentieth best stands above the middle."""
PERSON_BONUS = 0.8
"""What is added for something by a person whom one follows."""
AUTHOR_BONUS, OFTEN = 0.4, 4
"""What is added for something by a person of whom one has had so many other things before; less for fewer. So often is often, with topics too."""
CIRCLE_BONUS, MATE_BONUS = 0.5, 0.3
"""What is added for what is said in a group of one's own, and for something by a person who is in one: less than for whom one follows."""
ANSWER_BONUS = 0.5
"""What is added for a question that waits, about a topic on which one has answered."""
_NOBODY = -1


def beyond_the_model(
    liking: Liking, row: Any, items: Sequence[kinds.Item], served: serving.Served
) -> NDArray[np.float64]:
    """What the worth of each of ``items`` loses, beside the model's score, with each entry of ``row``; (entries, items)."""
    return liking.drops(items, history=[served.items[column] for column in row.indices])


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
        people: Collection[int] = (),
        answered: Mapping[int, int] | None = None,
        mates: Mapping[int, int] | None = None,
        circles: Collection[int] = (),
    ) -> None:
        self._mates, self._circles = mates or {}, circles
        self._people, self._answered = people, answered or {}
        self._makers = {name: items[name].creator_id for name, _ in history if name in items}
        self._met = Counter(self._makers.values())
        self._close = {*people, *self._mates, *self._met}
        self._liked_with: dict[frozenset[int], float] = {}
        self._row = {name: age for age, (name, _) in enumerate(history)}
        acts = [
            (age, one, weight * rules.FADES**age)
            for age, (name, weight) in enumerate(history)
            if name in items
            for one in items[name].topic_ids.difference(refused)
        ]
        self._column = {one: n for n, one in enumerate({*stated, *(one for _, one, _ in acts)})}
        self._marks = np.zeros((len(history), len(self._column)))
        for age, one, mark in acts:
            self._marks[age, self._column[one]] = mark
        self._times = np.count_nonzero(self._marks, axis=0)
        self._stated = np.zeros(len(self._column))
        self._stated[[self._column[one] for one in stated]] = [one.weight for one in stated.values()]

    def of(self, item: kinds.Item) -> float:
        """How much ``item`` is liked, for the topic of it that is liked most."""
        # Hundreds are asked about, and what they are about is the same again and again.
        liked = self._liked_with.get(item.topic_ids)
        if liked is None:
            liked = max([self._liked.get(topic, 0.0) for topic in item.topic_ids], default=0.0)
            self._liked_with[item.topic_ids] = liked
        return liked

    def worth(self, item: kinds.Item) -> float:
        """What is added to the score of ``item``: for its topics, for who made it, and because one could answer it."""
        return self.worths([item])[0]

    def worths(self, items: Iterable[kinds.Item]) -> list[float]:
        """``worth`` of each of ``items``: of hundreds that are ranked, to ask one by one takes longer than the answers."""
        known, is_tied, worths = self._liked_with, self.is_tied_to, list[float]()
        for item in items:
            liked = known.get(item.topic_ids)
            worth = INTEREST_BONUS * (self.of(item) if liked is None else liked)
            worths.append(self._with_ties(worth, item) if is_tied(item) else worth)
        return worths

    def _with_ties(self, worth: float, item: kinds.Item) -> float:
        worth += PERSON_BONUS * self.is_by_somebody_followed(item)
        worth += CIRCLE_BONUS * (self.own_circle(item) is not None)
        worth += MATE_BONUS * (self.shared_circle(item) is not None)
        worth += AUTHOR_BONUS * self.is_familiar_with_its_author(item)
        return worth + ANSWER_BONUS * (self.could_answer(item) is not None)

    def is_tied_to(self, item: kinds.Item) -> bool:
        """Whether more than its topics may tie the member to ``item``: most of hundreds it does not."""
        return item.creator_id in self._close or item.circle > 0 or item.is_waiting

    def is_by_somebody_followed(self, item: kinds.Item) -> bool:
        """Whether the member follows who made ``item``."""
        return item.creator_id in self._people

    def own_circle(self, item: kinds.Item) -> int | None:
        """The group of the member's own in which ``item`` is said."""
        return item.circle if item.circle in self._circles else None

    def shared_circle(self, item: kinds.Item) -> int | None:
        """The group in which the member and who made ``item`` are, where that is all that ties them."""
        shared = self._mates.get(item.creator_id)
        is_closer = shared is None or self.own_circle(item) is not None or self.is_by_somebody_followed(item)
        return None if is_closer else shared

    def is_familiar_with_its_author(self, item: kinds.Item) -> float:
        """How much the member has had of who made ``item``, between 0 and 1."""
        return min(1.0, self._met.get(item.creator_id, 0) / OFTEN)

    def could_answer(self, item: kinds.Item) -> int | None:
        """The topic of ``item``, a question that waits, about which the member has answered; None when there is none."""
        known = [topic for topic in item.topic_ids if topic in self._answered] if item.is_waiting else []
        return max(known, key=lambda topic: (self._answered[topic], topic)) if known else None

    def most_done(self, item: kinds.Item) -> int | None:
        """The topic of ``item`` with which the member has had most to do, if that is half as much as with any topic, and often."""
        topics = [one for one in item.topic_ids if one in self._often]
        return min(topics, key=lambda topic: (-self._often[topic], topic), default=None)

    def lost_without(self, item: kinds.Item) -> tuple[float, float]:
        """By how much ``item`` would be liked less had the member said nothing of its topics, and had they done nothing about them."""
        topics = [one for one in item.topic_ids if one in self._liked]
        if not topics:
            return 0.0, 0.0
        liked = max([self._liked[one] for one in topics])
        return liked - max([self._acted[one] for one in topics]), liked - max([self._said[one] for one in topics])

    def drops(self, items: Sequence[kinds.Item], *, history: Sequence[str]) -> NDArray[np.float64]:
        """What the worth of each of ``items`` would lose without each of ``history``, (entries, items)."""
        makers = np.array([self._makers.get(name, _NOBODY) for name in history], dtype=np.int64)
        own = np.array([item.creator_id for item in items], dtype=np.int64)
        steps = np.array([AUTHOR_BONUS / OFTEN if self._met[one] <= OFTEN else 0.0 for one in own.tolist()])
        drops = steps * (makers[:, np.newaxis] == own)
        without = self._without_each[[self._row[name] for name in history]]
        columns = [[self._column[one] for one in item.topic_ids if one in self._column] for item in items]
        if about := [place for place, own in enumerate(columns) if own]:
            lengths = [len(columns[place]) for place in about]
            each = without[:, list(chain.from_iterable(columns))]
            left = np.maximum.reduceat(each, np.cumsum([0, *lengths[:-1]]), axis=1)
            drops[:, about] += INTEREST_BONUS * (np.array([self.of(items[place]) for place in about]) - left)
        return drops

    @cached_property
    def _whole(self) -> NDArray[np.float64]:
        return np.asarray(self._weighed(self._marks.sum(axis=0)[np.newaxis])[0])

    @cached_property
    def _liked(self) -> dict[int, float]:
        # Asked for hundreds of items, of a few topics each: a look into an array costs ten times as much.
        return dict(zip(self._column, self._whole.tolist(), strict=True))

    @cached_property
    def _said(self) -> dict[int, float]:
        return dict(zip(self._column, self._stated.tolist(), strict=True))

    @cached_property
    def _acted(self) -> dict[int, float]:
        shares = _share_of_the_most(self._marks.sum(axis=0)[np.newaxis])[0]
        return dict(zip(self._column, shares.tolist(), strict=True))

    @cached_property
    def _often(self) -> dict[int, float]:
        """The topics with which they have had half as much to do as with any, and often."""
        return {
            topic: share
            for topic, share in self._acted.items()
            if share >= rules.DONE / 2 and self._times[self._column[topic]] >= OFTEN
        }

    @cached_property
    def _without_each(self) -> NDArray[np.float64]:
        return self._weighed(self._marks.sum(axis=0) - self._marks)

    def _weighed(self, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1 - (1 - self._stated) * (1 - _share_of_the_most(totals)))


def _share_of_the_most(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    most = totals.max(axis=1, keepdims=True, initial=0.0)
    return np.divide(rules.DONE * totals, most, out=np.zeros_like(totals), where=most > 0)
