"""
EASE: the closed-form linear item-item model (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data").

minimise ‖X − X·B‖² + λ‖B‖² with diag(B) = 0 gives, with P = (XᵀX + λI)⁻¹, B_ij = −P_ij / P_jj for i ≠ j. Side
information joins as further rows: the Gram becomes XᵀX + w·T·Tᵀ for item features T (items, terms), which also gives
items without any interaction a column of their own (Jeunen, Van Balen, Goethals 2020, additive variant).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import gram, interactions, inverse, threads
from recsys.engine.contract import BadInput, Floats, TooLarge
from recsys.engine.linear import Linear


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
class EASE(Linear):
    """Scores = Σ_i decay^age_i · w_i · B[i], with ``weights`` B (items, items) float32 and a zero diagonal."""

    config: EASEConfig

    kind: ClassVar[str] = "ease"
    Config: ClassVar[type[Any]] = EASEConfig

    @property
    def fading(self) -> float:
        """Give the decay that weighs histories when they are served."""
        return self.config.decay


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
    return EASE(interactions.popularity_of(weights), learned, settings)


def solved(together: Floats, regularization: float) -> Floats:
    """Turn the Gram (items, items) into B, in the memory of the Gram."""
    diagonal = np.einsum("ii->i", together)
    diagonal += np.float32(regularization)
    with threads.in_threads() as run:
        inverse.invert(together, run)
    together /= -diagonal.copy()
    np.fill_diagonal(together, 0.0)
    return together
