"""
EASE: the closed-form linear item-item model (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data").

minimise ‖X − X·B‖² + λ‖B‖² with diag(B) = 0 gives, with P = (XᵀX + λI)⁻¹, B_ij = −P_ij / P_jj for i ≠ j. Side
information joins as further rows: the Gram becomes XᵀX + w·T·Tᵀ for item features T (items, terms), which also gives
items without any interaction a column of their own (Jeunen, Van Balen, Goethals 2020, additive variant).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import gram, interactions, threads
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, TooLarge


@dataclass(frozen=True)
class EASEConfig:
    """
    ``regularization`` is λ. ``decay`` weighs a history entry by decay^age when it is served, not when B is learned.

    ``feature_weight`` is w, the say of item features; 0 ignores them. They are scaled to unit length per item first.
    Catalogs above ``largest`` items are refused: their matrix alone would take 4 bytes per pair of items.
    """

    regularization: float = 200.0
    decay: float = 0.8
    feature_weight: float = 0.0
    largest: int = 15_000

    def __post_init__(self) -> None:
        if self.regularization <= 0:
            raise BadInput(f"regularization must be positive, not {self.regularization}")
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")
        if self.feature_weight < 0:
            raise BadInput(f"feature_weight must not be negative, not {self.feature_weight}")


@dataclass(frozen=True, eq=False)
class EASE(BaseModel):
    """Scores = Σ_i decay^age_i · w_i · B[i], with ``weights`` B (items, items) float32 and a zero diagonal."""

    kind: ClassVar[str] = "ease"
    Config: ClassVar[type[Any]] = EASEConfig
    config: EASEConfig
    popularity: Floats
    weights: Floats

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        served = interactions.decayed(weights, ages, self.config.decay)
        if served.shape[0] > 1:
            return np.asarray(served @ self.weights, dtype=np.float32)
        # One member: gathering the rows first lets BLAS stream them, twice as fast as the sparse product.
        return np.asarray(served.data @ self.weights[served.indices], dtype=np.float32)[np.newaxis]

    def without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None) -> Floats:
        """Score all items once for each entry of the one history ``row``, as if that entry were not there."""
        weights, counted = interactions.checked(row, ages=ages, items=self.items)
        if weights.shape[0] != 1:
            raise BadInput(f"without_each takes one history, not {weights.shape[0]}")
        served = interactions.decayed(weights, counted, self.config.decay)
        parts = served.data[:, np.newaxis] * self.weights[served.indices]
        scores = np.asarray(parts.sum(axis=0) - parts, dtype=np.float32)
        if len(parts) == 1:
            scores[:] = self.popularity
        return scores


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> EASE:
    """
    Invert the item-item Gram; O(items³) time, about two float32 matrices (items, items) of memory at the peak.

    :raises MissingInput: if ``feature_weight`` is positive and there are no item features.
    :raises TooLarge: if there are more items than ``largest``.
    """
    settings = interactions.configured(EASEConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    if weights.shape[1] > settings.largest:
        raise TooLarge(f"ease holds at most {settings.largest:,} items, not {weights.shape[1]:,}: use ials")
    with threads.one_blas_thread():
        together = gram.item_item(weights)
        if settings.feature_weight:
            terms = interactions.checked_item_features(item_features, items=weights.shape[1], needed_by="ease")
            together += settings.feature_weight * gram.item_item(gram.unit_rows(terms).T.tocsr())
        learned = solved(together, settings.regularization)
    return EASE(settings, interactions.popularity_of(weights), learned)


def path(weights: sparse.csr_matrix, regularizations: Sequence[float]) -> Iterator[EASE]:
    """Give one model without features per λ, all from one Gram."""
    popularity = interactions.popularity_of(weights)
    with threads.one_blas_thread():
        together = gram.item_item(weights)
    for strength in regularizations:
        with threads.one_blas_thread():
            learned = solved(together.copy(), strength)
        yield EASE(EASEConfig(regularization=strength), popularity, learned)


def solved(together: Floats, regularization: float) -> Floats:
    """Turn the Gram (items, items) into B, in the memory of the Gram."""
    diagonal = np.einsum("ii->i", together)
    diagonal += np.float32(regularization)
    gram.invert(together)
    together /= -diagonal.copy()
    np.fill_diagonal(together, 0.0)
    return together
