"""What the models share that compare two vectors: what a history is worth without each of its entries, from sums over the items."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, ranking
from recsys.engine.base import BaseModel, left_out
from recsys.engine.contract import Floats, Integers

_BLOCK: Final = 4_096
# Of vectors as wide as this the sums of products take 8 MB, which every process that serves would hold.
_WIDEST: Final = 1_024
# What is left of a spread when all scores are equal but for their rounding.
_ROUNDING: Final = 1e-13


class Factored(BaseModel):
    """Scores = V·v for item vectors V (items, K) and the vector v (K,) of a history, or popularity where that is nothing."""

    @property
    @abstractmethod
    def vectors(self) -> Floats | sparse.csr_matrix:
        """Give V (items, K)."""

    @abstractmethod
    def vectors_of(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Give v of each history, (n, K), zeros for those of which nothing is known."""

    def vectors_without_each(self, weights: sparse.csr_matrix, ages: Floats | None) -> NDArray[np.float64]:
        """Give v, or any multiple of it, of one history once for each of its entries, as if that were not there: (entries, K)."""
        less, counted = left_out(weights, ages)
        return self.vectors_of(less, None if counted is None else counted.data).astype(np.float64)

    def z_without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """
        Give the z-scores of ``without_each`` at the items ``at`` alone, (entries, at).

        With m the mean of the item vectors and M that of their products with themselves, (K, K), scores V·v have the mean m·v and
        the variance vᵀMv − (m·v)²: no matrix of entries by items is made.
        """
        if self.vectors.shape[1] > _WIDEST:
            return super().z_without_each(row, ages=ages, at=at)
        weights, counted = interactions.checked(row, ages=ages, items=self.items)
        own, (middle, products) = self.vectors_without_each(weights, counted), self._moments
        mean, square = own @ middle, np.einsum("ij,ij->i", own @ products, own)
        variance, found = square - mean**2, own @ _dense(self.vectors[at]).T - mean[:, np.newaxis]
        scale = np.divide(
            1.0, np.sqrt(np.maximum(variance, 0.0)), out=np.zeros_like(mean), where=variance > _ROUNDING * square
        )
        found *= scale[:, np.newaxis]
        # All scores are zero: then the model answers with popularity.
        found[square <= 0] = ranking.z_scores(self.popularity[np.newaxis])[0, at]
        return np.asarray(found, dtype=np.float32)

    @cached_property
    def _moments(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        mean = np.asarray(self.vectors.mean(axis=0, dtype=np.float64)).ravel()
        return mean, _products_of(self.vectors) / self.items


def sums_without_each(served: sparse.csr_matrix, vectors: Floats | sparse.csr_matrix) -> NDArray[np.float64]:
    """Sum the ``vectors`` (items, K) of one history with final weights once for each of its entries, without that: (entries, K)."""
    parts = served.data.astype(np.float64)[:, np.newaxis] * _dense(vectors[served.indices])
    return np.asarray(parts.sum(axis=0) - parts)


def _products_of(vectors: Floats | sparse.csr_matrix) -> NDArray[np.float64]:
    """Give Vᵀ·V, (K, K)."""
    if not isinstance(vectors, np.ndarray):
        exact = vectors.astype(np.float64)
        return np.asarray((exact.T @ exact).toarray())
    # In blocks: in 8 bytes each the vectors of a large catalog would stand there twice as large again.
    blocks = (_dense(vectors[start : start + _BLOCK]) for start in range(0, len(vectors), _BLOCK))
    return np.asarray(sum(block.T @ block for block in blocks))


def _dense(vectors: Floats | sparse.csr_matrix) -> NDArray[np.float64]:
    return np.asarray(vectors if isinstance(vectors, np.ndarray) else vectors.toarray(), dtype=np.float64)
