"""Interactions with times, before they become matrices: distinct pairs of a member and an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import BadInput, Floats, Integers


@dataclass(frozen=True)
class Dataset:
    """
    Distinct (member, item) pairs sorted by member, then time, then item, with one weight and one time each.

    A pair that came several times has the sum of the weights and the newest time. ``user_ids`` and ``item_ids`` give
    the outside names of the row and column numbers.
    """

    users: Integers
    items: Integers
    times: NDArray[np.float64]
    weights: Floats
    user_ids: tuple[Any, ...]
    item_ids: tuple[Any, ...]

    @classmethod
    def of(
        cls,
        *,
        users: NDArray[Any],
        items: NDArray[Any],
        times: NDArray[Any],
        weights: NDArray[Any] | None = None,
        member_count: int | None = None,
        item_count: int | None = None,
        user_ids: tuple[Any, ...] | None = None,
        item_ids: tuple[Any, ...] | None = None,
    ) -> Dataset:
        """
        Build from row and column numbers; the counts default to what is needed.

        :raises BadInput: if the columns differ in length, or a number, time or weight is not usable.
        """
        who, what, when = np.asarray(users), np.asarray(items), np.asarray(times)
        weighing = np.ones(len(who), dtype=np.float32) if weights is None else np.asarray(weights, np.float32)
        _check(who, what, when, weighing)
        member_total = member_count or int(who.max(initial=-1)) + 1
        item_total = item_count or int(what.max(initial=-1)) + 1
        owners, things, newest, weighed = _distinct(who, what, when, weighing, item_total)
        return cls(
            users=owners,
            items=things,
            times=newest,
            weights=weighed,
            user_ids=user_ids or tuple(range(member_total)),
            item_ids=item_ids or tuple(range(item_total)),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Count members and items."""
        return len(self.user_ids), len(self.item_ids)

    def __len__(self) -> int:
        return len(self.users)

    def ages(self) -> Floats:
        """Count for each pair how many newer ones its member has: 0 is the newest."""
        ends = np.cumsum(np.bincount(self.users, minlength=self.shape[0]))
        return (ends[self.users] - 1 - np.arange(len(self))).astype(np.float32)

    def chosen(self, mask: NDArray[np.bool_]) -> Dataset:
        """Keep the pairs where ``mask`` is true; members and items keep their numbers."""
        return Dataset(
            users=self.users[mask],
            items=self.items[mask],
            times=self.times[mask],
            weights=self.weights[mask],
            user_ids=self.user_ids,
            item_ids=self.item_ids,
        )

    def matrices(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Give weights and ages as CSR (members, items) of one pattern."""
        return self._matrix(self.weights), self._matrix(self.ages())

    def _matrix(self, values: Floats) -> sparse.csr_matrix:
        matrix = sparse.csr_matrix((values, (self.users, self.items)), shape=self.shape, dtype=np.float32)
        matrix.sort_indices()
        return matrix


def _check(users: NDArray[Any], items: NDArray[Any], times: NDArray[Any], weights: NDArray[Any]) -> None:
    if not len(users) == len(items) == len(times) == len(weights):
        raise BadInput("users, items, times and weights must have one entry for each interaction")
    if any(len(numbers) and numbers.min() < 0 for numbers in (users, items)):
        raise BadInput("member and item numbers must not be negative")
    if not (np.isfinite(times.astype(np.float64)).all() and np.isfinite(weights).all()):
        raise BadInput("times and weights must be finite numbers")
    if (weights < 0).any():
        raise BadInput("weights must not be negative")


def _distinct(
    users: NDArray[Any], items: NDArray[Any], times: NDArray[Any], weights: NDArray[Any], item_count: int
) -> tuple[Integers, Integers, NDArray[np.float64], Floats]:
    if not len(users):
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, np.zeros(0), np.zeros(0, dtype=np.float32)
    keys = users.astype(np.int64) * item_count + items
    order = np.argsort(keys, kind="stable")
    unique, first = np.unique(keys[order], return_index=True)
    total = np.add.reduceat(weights[order], first)
    newest = np.maximum.reduceat(times[order].astype(np.float64), first)
    # Among equal times the order of the input decides: logs often have a coarse clock but a true order.
    latest_place = np.maximum.reduceat(order, first)
    owners, things = np.divmod(unique, item_count)
    by_time = np.lexsort((latest_place, newest, owners))
    return owners[by_time], things[by_time], newest[by_time], total[by_time].astype(np.float32)
