"""
Item neighbors: the cosine of items by who took them, shrunk, the strongest neighbors only.

S_ij = (x_iᵀ·x_j) / (‖x_i‖·‖x_j‖ + shrinkage) (Sarwar et al. 2001; shrinkage as in Bell and Koren 2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats

_BLOCK: Final = 512


@dataclass(frozen=True)
class ItemKNNConfig:
    """``neighbors`` kept per item, ``shrinkage`` against chance meetings, ``decay`` by age when served."""

    neighbors: int = 200
    shrinkage: float = 20.0
    decay: float = 0.8

    def __post_init__(self) -> None:
        if self.neighbors < 1 or self.shrinkage < 0:
            raise BadInput("neighbors must be at least 1 and shrinkage not negative")
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")


@dataclass(frozen=True, eq=False)
class ItemKNN(BaseModel):
    """Scores = x·S with ``neighbors`` S (items, items) sparse float32: column j holds the neighbors of item j."""

    kind: ClassVar[str] = "item_knn"
    Config: ClassVar[type[Any]] = ItemKNNConfig
    config: ItemKNNConfig
    popularity: Floats
    neighbors: sparse.csr_matrix

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        served = interactions.decayed(weights, ages, self.config.decay)
        return np.asarray((served @ self.neighbors).toarray(), dtype=np.float32)


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> ItemKNN:
    """Compare items in blocks; memory is that of the neighbors kept and of one block's meetings."""
    settings = interactions.configured(ItemKNNConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    by_item = weights.T.tocsr()
    lengths = np.sqrt(np.asarray(by_item.multiply(by_item).sum(axis=1), dtype=np.float32)).ravel()
    blocks = [
        _strongest(sparse.csr_matrix(by_item[start : start + _BLOCK] @ weights), start, lengths, settings)
        for start in range(0, weights.shape[1], _BLOCK)
    ]
    return ItemKNN(settings, interactions.popularity_of(weights), sparse.vstack(blocks).T.tocsr())


def _strongest(meetings: sparse.csr_matrix, start: int, lengths: Floats, settings: ItemKNNConfig) -> sparse.csr_matrix:
    own = np.repeat(np.arange(start, start + meetings.shape[0]), np.diff(meetings.indptr))
    likeness = meetings.data / np.maximum(lengths[own] * lengths[meetings.indices] + settings.shrinkage, 1e-12)
    likeness[own == meetings.indices] = 0.0
    for row in np.nonzero(np.diff(meetings.indptr) > settings.neighbors)[0]:
        part = likeness[meetings.indptr[row] : meetings.indptr[row + 1]]
        part[np.argpartition(-part, settings.neighbors)[settings.neighbors :]] = 0.0
    kept = interactions.with_data(meetings, likeness.astype(np.float32))
    kept.has_canonical_format = False
    kept.eliminate_zeros()
    return kept
