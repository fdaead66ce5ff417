"""
Content: items that resemble what the member took, by their words, topics and author, whoever else took them.

Item features (items, terms) are weighed by TF-IDF, compressed by TruncatedSVD (latent semantic analysis, Deerwester et
al. 1990) and scaled to unit length: E. A member is Σ_i decay^age_i · w_i · E_i, and scores are cosines with E.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, svd
from recsys.engine.contract import BadInput, Floats
from recsys.engine.factored import Factored, sums_without_each


@dataclass(frozen=True)
class ContentConfig:
    """``factors`` is the number of dimensions of E; ``decay`` weighs histories by age when they are served."""

    factors: int = 64
    iterations: int = 5
    decay: float = 0.8

    def __post_init__(self) -> None:
        if self.factors < 1 or self.iterations < 1:
            raise BadInput("factors and iterations must be at least 1")
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")


@dataclass(frozen=True, eq=False)
class Content(Factored):
    """``item_vectors`` E is (items, K) float32; items without features have a row of zeros."""

    kind: ClassVar[str] = "content"
    Config: ClassVar[type[Any]] = ContentConfig
    config: ContentConfig
    popularity: Floats
    item_vectors: Floats

    @property
    def vectors(self) -> Floats:
        """Give E."""
        return self.item_vectors

    def vectors_of(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Give the direction of each history (n, K), of unit length."""
        return _unit(interactions.decayed(weights, ages, self.config.decay) @ self.item_vectors)

    def vectors_without_each(self, weights: sparse.csr_matrix, ages: Floats | None) -> NDArray[np.float64]:
        """Give the direction of one history without each of its entries, (entries, K)."""
        served = interactions.decayed(weights, ages, self.config.decay)
        return _unit(sums_without_each(served, self.item_vectors)).astype(np.float64)

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        return np.asarray(self.vectors_of(weights, ages) @ self.item_vectors.T, dtype=np.float32)


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Content:
    """
    Compress the item features; ``X`` only gives the popularity that members without a history get.

    :raises MissingInput: without item features.
    """
    # Half of what the engine takes to load, and only those who train need it: every web process serves.
    from sklearn.feature_extraction.text import TfidfTransformer

    settings = interactions.configured(ContentConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    terms = interactions.checked_item_features(item_features, items=weights.shape[1], needed_by="content")
    weighed = sparse.csr_matrix(TfidfTransformer(sublinear_tf=False).fit_transform(terms), dtype=np.float32)
    directions = svd.item_factors(weighed, factors=settings.factors, iterations=settings.iterations, seed=seed)
    return Content(settings, interactions.popularity_of(weights), _unit(weighed @ directions))


def _unit(vectors: NDArray[Any]) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 1e-9), dtype=np.float32)
