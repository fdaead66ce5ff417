"""What the linear item-item models share: serving a history by the rows of one dense matrix."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recsys.engine import interactions
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats


@dataclass(frozen=True, eq=False)
class Linear(BaseModel):
    """Scores = Σ_i fading^age_i · w_i · B[i], with ``weights`` B (items, items) float32."""

    popularity: Floats
    weights: Floats

    @property
    @abstractmethod
    def fading(self) -> float:
        """Give what is left of an entry's weight for each entry that is newer."""

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        served = interactions.decayed(weights, ages, self.fading)
        if served.shape[0] > 1:
            return np.asarray(served @ self.weights, dtype=np.float32)
        # One member: gathering the rows first lets BLAS stream them, twice as fast as the sparse product; of a long history
        # most is forgotten, and its rows are not even read.
        kept = np.nonzero(served.data)[0]
        return np.asarray(served.data[kept] @ self.weights[served.indices[kept]], dtype=np.float32)[np.newaxis]

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
