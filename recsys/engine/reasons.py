"""Why an item is recommended: the entries of the history without which its score would be lower."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import BadInput, Floats, Integers


class Explainable(Protocol):
    """A model that can score one history with each of its entries left out in turn."""

    def scores(self, rows: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None) -> Floats:
        """Score all items for each row."""

    def without_each_at(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """Score the items ``at`` once for each entry of ``row``, as if that entry were not there."""


_SAME = 0.01


class Reason(NamedTuple):
    """The history item ``item``, and by how much the recommended item's final score falls without it."""

    item: int
    drop: float


def reasons(
    model: Explainable,
    row: sparse.csr_matrix,
    *,
    items: Sequence[int],
    ages: sparse.csr_matrix | None = None,
    most: int = 3,
    beyond: NDArray[Any] | None = None,
    scores: Floats | None = None,
) -> list[list[Reason]]:
    """
    Name for each of the recommended ``items`` up to ``most`` entries of ``row`` (1, items), strongest first; of what weighs
    the same within a hundredth, the newest.

    Only entries whose removal lowers the score are named, so a popular item that nothing speaks for has no reason.
    Where the final score has parts that the model does not know, ``beyond`` (entries, items) is what these lose with each
    entry. ``scores`` (1, items) are those of ``row`` where they are known already. All items share one set of removals, so a page of
    them costs little more than one.
    """
    if row.shape[0] != 1:
        raise BadInput(f"reasons are given for one history, not {row.shape[0]}")
    if not row.nnz:
        return [[] for _ in items]
    row, ages = _sorted(row), None if ages is None else _sorted(ages)
    numbers = np.asarray(items, dtype=np.int64)
    scores = model.scores(row, ages=ages) if scores is None else scores
    if row.nnz == 1:
        # Without its only entry the history says nothing, and the model answers with popularity, on another scale: what
        # the entry is worth to an item is then how far it lifts it above the average one.
        drops = (scores - scores.mean())[:, numbers]
    else:
        drops = scores[:, numbers] - model.without_each_at(row, ages=ages, at=numbers)
    if beyond is not None:
        drops = drops + beyond
    since = np.zeros(row.nnz) if ages is None else ages.data
    if most == 1:
        return _the_strongest(drops, since, row.indices, numbers)
    return [_strongest(drops[:, place], since, row.indices, item, most) for place, item in enumerate(numbers)]


def _the_strongest(drops: Floats, since: Floats, history: np.ndarray, numbers: np.ndarray) -> list[list[Reason]]:
    """The first of what ``_strongest`` gives, for all ``numbers`` at once."""
    own = np.where(history[:, np.newaxis] != numbers, drops, -np.inf)
    best = own.max(axis=0)
    is_best = (own >= (1 - _SAME) * best) & (best > 0)
    newest = np.where(is_best, since[:, np.newaxis], np.inf)
    places = np.where(is_best & (newest == newest.min(axis=0)), own, -np.inf).argmax(axis=0)
    return [
        [Reason(int(history[place]), float(drops[place, column]))] if best[column] > 0 else []
        for column, place in enumerate(places)
    ]


def _strongest(drops: Floats, since: Floats, history: np.ndarray, item: int, most: int) -> list[Reason]:
    own = history != item
    best = drops[own].max(initial=0.0)
    is_best = own & (drops >= (1 - _SAME) * best) & (best > 0)
    order = np.lexsort((-drops, np.where(is_best, since, np.inf)))
    named = [Reason(int(history[place]), float(drops[place])) for place in order if history[place] != item]
    return [reason for reason in named[:most] if reason.drop > 0]


def _sorted(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    if matrix.has_sorted_indices:
        return matrix
    ordered = matrix.copy()
    ordered.sort_indices()
    return ordered
