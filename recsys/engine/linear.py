"""What the linear item-item models share: serving a history by the rows of one dense matrix."""

from __future__ import annotations

import threading
from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers

# Without one of so few entries the rest may be nothing, for which popularity stands.
_FEW: Final = 3


@dataclass(frozen=True, eq=False)
class Linear(BaseModel):
    """Scores = Σ_i fading^age_i · w_i · B[i], with ``weights`` B (items, items) float32."""

    popularity: Floats
    weights: Floats

    @property
    @abstractmethod
    def fading(self) -> float:
        """Give what is left of an entry's weight for each entry that is newer."""

    @property
    def tells_each_alone(self) -> bool:
        """Tell that histories are multiplied by B one by one."""
        return True

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        if weights.shape[0] > 1:
            return np.asarray(interactions.decayed(weights, ages, self.fading) @ self.weights, dtype=np.float32)
        # One member: gathering the rows first lets BLAS stream them, twice as fast as the sparse product; of a long history
        # most is forgotten, and its rows are not even read.
        served = interactions.faded(weights.data, ages, self.fading)
        kept = np.nonzero(served)[0]
        given, learned = served[kept], self.weights[weights.indices[kept]]
        scores = np.asarray(given @ learned, dtype=np.float32)
        self._last.told = weights.indices[kept], given, learned, scores.copy()
        return scores[np.newaxis]

    def without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None) -> Floats:
        """Score all items once for each entry of the one history ``row``, as if that entry were not there."""
        weights, counted = interactions.checked(row, ages=ages, items=self.items)
        if weights.shape[0] != 1:
            raise BadInput(f"without_each takes one history, not {weights.shape[0]}")
        served = interactions.decayed(weights, counted, self.fading)
        parts = served.data[:, np.newaxis] * self.weights[served.indices]
        scores = np.asarray(parts.sum(axis=0) - parts, dtype=np.float32)
        if len(parts) == 1:
            scores[:] = self.popularity
        return scores

    def z_without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """
        Give the z-scores of ``without_each`` at the items ``at`` alone, (entries, at).

        With T what all entries give and P_i what one of them does, the sum of T − P_i is ΣT − ΣP_i, and that of its squares
        |T|² − 2·T·P_i + |P_i|²: the rows are read twice, and no matrix of entries by items is made.
        """
        weights, counted = interactions.checked(row, ages=ages, items=self.items)
        if weights.nnz < _FEW:
            return super().z_without_each(row, ages=ages, at=at)
        served = interactions.faded(weights.data, counted, self.fading)
        kept = np.nonzero(served)[0]
        given, learned, whole = self._told_of(weights.indices[kept], served[kept])
        sums, squares = whole.sum(dtype=np.float64), float(whole.astype(np.float64) @ whole)
        mean, square = np.full(weights.nnz, sums), np.full(weights.nnz, squares)
        parts, (sum_of, square_of) = given.astype(np.float64), self._moments_of(weights.indices[kept], learned)
        mean[kept] -= parts * sum_of
        square[kept] += parts * (parts * square_of - 2.0 * (learned @ whole))
        mean, found = mean / self.items, np.tile(whole[at], (weights.nnz, 1))
        found[kept] -= given[:, np.newaxis] * learned[:, at]
        spread = np.sqrt(np.maximum(square / self.items - mean**2, 0.0))[:, np.newaxis]
        found = found - mean[:, np.newaxis]
        return np.asarray(
            found * np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-12), dtype=np.float32
        )

    def _told_of(self, items: Integers, given: Floats) -> tuple[NDArray[Any], ...]:
        """
        Give ``given`` (n,), the rows (n, items) of ``items`` (n,), and what they add up to (items,).

        Who explains a score has just asked for it, in the same thread: to read the rows once more would take as long as all else.
        """
        told, self._last.told = getattr(self._last, "told", None), None
        if told is not None and np.array_equal(told[0], items) and np.array_equal(told[1], given):
            return told[1:]
        learned = self.weights[items]
        return given, learned, given @ learned

    @cached_property
    def _last(self) -> threading.local:
        """What each thread was asked for last, until it is explained."""
        return threading.local()

    def _moments_of(self, items: Integers, learned: Floats) -> NDArray[np.float64]:
        """Give the sums and the sums of squares (2, n) of the rows ``learned`` (n, items) of ``items`` (n,), each worked out once."""
        known = self._moments
        missing = np.isnan(known[0, items])
        if missing.any():
            rows = learned[missing]
            known[:, items[missing]] = rows.sum(axis=1, dtype=np.float64), np.einsum("ij,ij->i", rows, rows)
        return known[:, items]

    @cached_property
    def _moments(self) -> NDArray[np.float64]:
        return np.full((2, self.items), np.nan)
