"""
Truncated singular value decomposition of the weights, the plain matrix factorization that other models must beat.

X ≈ U·Σ·Vᵀ (Cremonesi, Koren, Turrin 2010, "PureSVD"). A member is X_u·V, an item is a row of V, and a score is their
inner product: the same factors on both sides, so that new histories fold in by one product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.factored import Factored, sums_without_each


@dataclass(frozen=True)
class SVDConfig:
    """``factors`` is the rank K; ``iterations`` refine the randomized range. It knows nothing of time."""

    factors: int = 64
    iterations: int = 5

    def __post_init__(self) -> None:
        if self.factors < 1 or self.iterations < 1:
            raise BadInput("factors and iterations must be at least 1")


@dataclass(frozen=True, eq=False)
class SVD(Factored):
    """Scores = M·Vᵀ with ``members`` M (members, K) and ``item_vectors`` V (items, K), both float32."""

    kind: ClassVar[str] = "svd"
    Config: ClassVar[type[Any]] = SVDConfig
    config: SVDConfig
    popularity: Floats
    item_vectors: Floats
    members: Floats

    @property
    def known_members(self) -> int:
        """Count the members of the training matrix."""
        return len(self.members)

    @property
    def vectors(self) -> Floats:
        """Give V."""
        return self.item_vectors

    def vectors_of(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Give X_u·V of each history, (n, K)."""
        return np.asarray(weights @ self.item_vectors, dtype=np.float32)

    def vectors_without_each(self, weights: sparse.csr_matrix, ages: Floats | None) -> NDArray[np.float64]:
        """Give X_u·V of one history without each of its entries, (entries, K)."""
        return sums_without_each(weights, self.item_vectors)

    def _of_members(self, users: Integers) -> Floats:
        return np.asarray(self.members[users] @ self.item_vectors.T, dtype=np.float32)

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
) -> SVD:
    """Decompose by randomized range finding (Halko, Martinsson, Tropp 2011); rank at most min(X.shape)."""
    settings = interactions.configured(SVDConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    vectors = item_factors(weights, factors=settings.factors, iterations=settings.iterations, seed=seed)
    return SVD(
        config=settings,
        popularity=interactions.popularity_of(weights),
        item_vectors=vectors,
        members=np.asarray(weights @ vectors, dtype=np.float32),
    )


def item_factors(matrix: sparse.csr_matrix, *, factors: int, iterations: int, seed: int) -> Floats:
    """Give the leading right singular vectors of ``matrix`` (rows, items) as (items, K), zeros where rank lacks."""
    rank = min(factors, *matrix.shape)
    if not matrix.nnz or not matrix.data.any():
        return np.zeros((matrix.shape[1], max(rank, 1)), dtype=np.float32)
    if matrix.shape[1] < 2 or rank == min(matrix.shape):
        # So small that the dense decomposition is exact and as fast.
        right = np.linalg.svd(matrix.toarray().astype(np.float64), full_matrices=False)[2]
        return np.ascontiguousarray(right[:rank].T, dtype=np.float32)
    # Only those who train need it; see content.py.
    from sklearn.decomposition import TruncatedSVD

    found = TruncatedSVD(n_components=rank, n_iter=iterations, random_state=seed).fit(matrix.astype(np.float64))
    return np.ascontiguousarray(found.components_.T, dtype=np.float32)
