"""
iALS: matrix factorization of implicit feedback by alternating least squares.

minimise Σ_{observed} w_ui·(1 − p_uᵀq_i)² + α0·Σ_{all u,i} (p_uᵀq_i)²
         + λ·Σ_u (n_u + α0·I)^ν·‖p_u‖² + λ·Σ_i (n_i + α0·U)^ν·‖q_i‖²
(Hu, Koren, Volinsky 2008; the frequency-scaled regularization of Rendle, Krichene, Zhang, Koren 2022).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, least_squares, threads
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.factored import Factored


@dataclass(frozen=True)
class IALSConfig:
    """
    ``factors`` is K, ``regularization`` λ, ``unobserved`` α0 (the weight of what was not taken), ``exponent`` ν.

    λ and α0 must be searched for every dataset. ``steps`` of conjugate gradients improve each long row in each of the
    ``iterations``. ``decay`` weighs histories by age when they are folded in.
    """

    factors: int = 64
    regularization: float = 0.02
    unobserved: float = 0.2
    exponent: float = 1.0
    iterations: int = 15
    steps: int = 3
    decay: float = 0.8

    def __post_init__(self) -> None:
        if min(self.factors, self.iterations, self.steps) < 1:
            raise BadInput("factors, iterations and steps must be at least 1")
        if self.regularization <= 0 or self.unobserved < 0:
            raise BadInput("regularization must be positive and unobserved not negative")
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")


@dataclass(frozen=True, eq=False)
class IALS(Factored):
    """
    Scores = P·Qᵀ with ``item_vectors`` Q (items, K) and ``members`` P (members, K).

    Both are in the eigenbasis of QᵀQ, whose eigenvalues times α0 are ``spectrum`` (K,): a new history then folds in
    by one small system.
    """

    kind: ClassVar[str] = "ials"
    Config: ClassVar[type[Any]] = IALSConfig
    config: IALSConfig
    popularity: Floats
    item_vectors: Floats
    spectrum: Floats
    members: Floats

    @property
    def known_members(self) -> int:
        """Count the members of the training matrix."""
        return len(self.members)

    @property
    def vectors(self) -> Floats:
        """Give Q."""
        return self.item_vectors

    def vectors_of(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Fold histories in, (n, K)."""
        served = interactions.decayed(weights, ages, self.config.decay)
        return folded(served, self.item_vectors, self.spectrum, self.config)

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
) -> IALS:
    """Alternate between members and items for ``iterations`` rounds, on all processors; the seed decides the start."""
    settings = interactions.configured(IALSConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    items, spectrum, members = alternated(weights, settings, seed=seed)
    return IALS(settings, interactions.popularity_of(weights), items, spectrum, members)


def folded(
    weights: sparse.csr_matrix,
    vectors: Floats,
    spectrum: Floats,
    settings: IALSConfig,
    *,
    factors: Floats | None = None,
) -> Floats:
    """Give the member vectors (n, K) of histories with final weights, for items (items, K) in their eigenbasis."""
    found = np.empty((weights.shape[0], vectors.shape[1]), dtype=np.float32)
    least_squares.solve(
        least_squares.planned(weights, factors),
        vectors,
        diagonals=_diagonals(settings, spectrum, len(vectors)),
        out=found,
        run=threads.one_by_one,
    )
    return found


def alternated(
    weights: sparse.csr_matrix, settings: IALSConfig, *, seed: int, factors: Floats | None = None
) -> tuple[Floats, Floats, Floats]:
    """
    Fit Q (items, K), the spectrum (K,) and P (members, K); P is solved last, so that it equals a fold-in.

    ``factors`` f, aligned to the stored entries, make each observed entry f·pᵀq instead of pᵀq.
    """
    members, items = weights.shape
    plans = least_squares.planned(weights, factors), least_squares.planned(*_transposed(weights, factors))
    random = np.random.default_rng(seed)
    Q = random.standard_normal((items, settings.factors), dtype=np.float32) * np.float32(0.1 / settings.factors**0.5)
    P = np.zeros((members, settings.factors), dtype=np.float32)
    with threads.in_threads() as run:
        for _ in range(settings.iterations):
            diagonals = _diagonals(settings, _rotated(Q, P, settings), items)
            least_squares.solve(plans[0], Q, diagonals=diagonals, out=P, run=run, steps=settings.steps)
            diagonals = _diagonals(settings, _rotated(P, Q, settings), members)
            least_squares.solve(plans[1], P, diagonals=diagonals, out=Q, run=run, steps=settings.steps)
        spectrum = _rotated(Q, P, settings)
        least_squares.solve(plans[0], Q, diagonals=_diagonals(settings, spectrum, items), out=P, run=run)
    return Q, spectrum, P


def _rotated(fixed: Floats, sought: Floats, settings: IALSConfig) -> Floats:
    # Turning both sides alike leaves every product of theirs, and so the warm start, as it was.
    basis, spectrum = least_squares.basis_of(fixed, scale=settings.unobserved)
    least_squares.turned(fixed, basis)
    least_squares.turned(sought, basis)
    return spectrum


def _diagonals(settings: IALSConfig, spectrum: Floats, others: int) -> Callable[[Floats], Floats]:
    def diagonals(counts: Floats) -> Floats:
        strength = settings.regularization * (counts + settings.unobserved * others) ** settings.exponent
        return np.asarray(spectrum + strength[:, np.newaxis], dtype=np.float32)

    return diagonals


def _transposed(weights: sparse.csr_matrix, factors: Floats | None) -> tuple[sparse.csr_matrix, Floats | None]:
    by_item = weights.T.tocsr()
    if factors is None:
        return by_item, None
    # The same permutation that turned the weights turns the factors: both store the same pattern.
    return by_item, interactions.with_data(weights, factors).T.tocsr().data
