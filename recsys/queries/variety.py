"""How varied what members are shown is: how much of the school, how evenly, and how unlike each other the cards of one visit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
from django.db.models import Count

from courses.models import Course
from forum.models import Thread
from recsys import kinds
from recsys.engine.evaluation.metrics import gini
from recsys.models import Impression

LOOKED_AT = 2_000
"""So many of the latest cards are held against each other, list by list."""


@dataclass(frozen=True, kw_only=True)
class Variety:
    """
    ``shown`` of the ``there`` courses and threads stood on a card; ``evenness`` is one minus the Gini coefficient of how often.

    ``unlike`` is the share of pairs of cards within one list, a member's of one day, that have no topic in common. Both lie between
    0 and 1, and are None while there is nothing to tell them from.
    """

    shown: int
    there: int
    evenness: float | None
    unlike: float | None


def variety(*, since: date) -> Variety:
    """That of the cards shown after ``since``; a constant number of queries."""
    counted = Impression.objects.filter(day__gt=since).values("item").annotate(times=Count("pk"))
    times = [n for name, n in counted.values_list("item", "times") if kinds.is_ranked(name)]
    there = Course.objects.published().count() + Thread.objects.filter(hidden_at__isnull=True).count()
    # What nobody was shown counts too: it has the smallest share of all.
    exposure = np.array([*times, *[0] * max(0, there - len(times))])
    latest = Impression.objects.filter(day__gt=since).order_by("-pk")[:LOOKED_AT].values_list("user", "day", "item")
    return Variety(
        shown=len(times), there=max(there, len(times)), evenness=1 - gini(exposure) if times else None,
        unlike=_unlike(latest),
    )  # fmt: skip


def _unlike(cards: Iterable[tuple[int, date, str]]) -> float | None:
    lists: dict[tuple[int, date], list[str]] = defaultdict(list)
    for user, day, item in cards:
        lists[user, day].append(item)
    topics = kinds.topics_of({item for items in lists.values() for item in items})
    means = [_unlike_within(items, topics) for items in lists.values() if len(items) > 1]
    return float(np.mean(means)) if means else None


def _unlike_within(items: Iterable[str], topics: Mapping[str, frozenset[int]]) -> float:
    pairs = [topics.get(one, frozenset()).isdisjoint(topics.get(other, ())) for one, other in combinations(items, 2)]
    return sum(pairs) / len(pairs)
