"""A made-up community with known tastes: anyone can run it, and it proves nothing about people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.dataset import Dataset


@dataclass(frozen=True)
class World:
    """
    What members did, what can be seen of members and items, and what is hidden.

    ``member_features`` (members, 6): survey-like and behavior figures. ``item_features`` (items, topics + words): a
    topic block and noisy words. ``tastes`` (members, topics) is the truth that no model may see.
    """

    dataset: Dataset
    member_features: NDArray[np.float64]
    item_features: sparse.csr_matrix
    item_topics: NDArray[np.int64]
    creators: NDArray[np.int64]
    tastes: NDArray[np.float64]


def world(
    *, members: int = 1000, items: int = 300, interactions: int = 20_000, topics: int = 12, seed: int = 0
) -> World:
    """
    Draw a community of ``members`` and ``items`` with about ``interactions`` distinct pairs.

    Items have one topic and a Zipf-like appeal; members a Dirichlet taste that drifts from a former one to the present
    one along their history; activity is log-normal. Each step picks a topic by taste, then an item by appeal.
    """
    random = np.random.default_rng(seed)
    item_topics = random.integers(topics, size=items)
    appeal = np.asarray(1.0 / np.arange(1, items + 1) ** 0.8, dtype=np.float64)
    random.shuffle(appeal)
    former = random.dirichlet(np.full(topics, 0.25), size=members)
    present = random.dirichlet(np.full(topics, 0.25), size=members)
    users, progress = _activity(random, members, interactions)
    taste = np.where(random.random(len(users)) < progress, users + members, users)
    chosen_topics = _drawn(random, np.vstack([former, present]), taste)
    chosen = _items_of(random, chosen_topics, item_topics, appeal, topics)
    # A tenth of what people take follows appeal alone.
    adrift = random.random(len(users)) < 0.1
    chosen[adrift] = random.choice(items, size=int(adrift.sum()), p=appeal / appeal.sum())
    times = 1_600_000_000 + (progress + random.random(members)[users]) * 31_536_000
    tastes = (former + present) / 2
    return World(
        dataset=Dataset.of(users=users, items=chosen, times=times, member_count=members, item_count=items),
        member_features=_member_features(random, tastes, users, members),
        item_features=_item_features(random, item_topics, topics),
        item_topics=item_topics,
        creators=random.integers(max(items // 8, 1), size=items),
        tastes=tastes,
    )


def _activity(
    random: np.random.Generator, members: int, interactions: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    activity = random.lognormal(0.0, 1.0, size=members)
    lengths = np.maximum(1, np.round(activity / activity.sum() * interactions)).astype(np.int64)
    users = np.repeat(np.arange(members), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return users, (np.arange(len(users)) - starts + 0.5) / lengths[users]


def _drawn(random: np.random.Generator, chances: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    borders = np.cumsum(chances, axis=1)
    borders[:, -1] = 1.0
    # Each row's borders are moved up by its number, so that one search serves all rows.
    offsets = borders + np.arange(len(borders))[:, np.newaxis]
    found = np.searchsorted(offsets.ravel(), rows + random.random(len(rows)), side="right")
    return np.asarray(np.minimum(found - rows * chances.shape[1], chances.shape[1] - 1))


def _items_of(
    random: np.random.Generator,
    chosen_topics: NDArray[np.int64],
    item_topics: NDArray[np.int64],
    appeal: NDArray[np.float64],
    topics: int,
) -> NDArray[np.int64]:
    chosen = random.integers(len(item_topics), size=len(chosen_topics))
    for topic in range(topics):
        places = np.nonzero(chosen_topics == topic)[0]
        members_of = np.nonzero(item_topics == topic)[0]
        if len(members_of):
            weights = appeal[members_of] / appeal[members_of].sum()
            chosen[places] = random.choice(members_of, size=len(places), p=weights)
    return chosen


def _member_features(
    random: np.random.Generator, tastes: NDArray[np.float64], users: NDArray[np.int64], members: int
) -> NDArray[np.float64]:
    activity = np.bincount(users, minlength=members)
    minutes = activity * random.lognormal(3.0, 0.3, size=members)
    survey = tastes[:, :4] * 10 + random.normal(0, 1, size=(members, min(4, tastes.shape[1])))
    return np.column_stack([activity, minutes, np.clip(survey, 0, None)])


def _item_features(
    random: np.random.Generator, item_topics: NDArray[np.int64], topics: int, words: int = 200, length: int = 12
) -> sparse.csr_matrix:
    items = len(item_topics)
    own = item_topics[:, np.newaxis] * (words // topics) + random.integers(words // topics, size=(items, length))
    noise = random.integers(words, size=(items, length))
    picked = np.where(random.random((items, length)) < 0.7, own, noise) + topics
    columns = np.column_stack([item_topics, picked]).ravel()
    rows = np.repeat(np.arange(items), length + 1)
    return sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(items, topics + words))
