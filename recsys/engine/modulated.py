"""
The portrait and the factors together: R ≈ P ⊙ f(X), P of low rank, f(X) entry by entry and fixed.

f_ui is how much more than the community member u likes the topics of item i by the ``profile`` model, within
1/bound…bound. With P = A·Bᵀ the loss Σ_{observed} w_ui·(1 − f_ui·a_uᵀb_i)² + α0·Σ_{all}(a_uᵀb_i)² + L2 stays
alternating least squares: Σ w·f²·b·bᵀ + α0·BᵀB + λI on the left, Σ w·f·b on the right. The unobserved term holds P
itself down, not P ⊙ f, so that one Gram serves all rows; the score is f_ui·a_uᵀb_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import ials, interactions, profile
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers

_CHUNK: Final = 1000


@dataclass(frozen=True)
class ModulatedConfig(ials.IALSConfig):
    """The settings of ``ials``, and ``bound``, the most that the portrait may raise or lower an entry."""

    bound: float = 2.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.bound < 1:
            raise BadInput(f"bound must be at least 1, not {self.bound}")


@dataclass(frozen=True, eq=False)
class Modulated(BaseModel):
    """``models`` holds the portrait alone; the vectors and the spectrum are those of ``ials.IALS``."""

    kind: ClassVar[str] = "modulated"
    Config: ClassVar[type[Any]] = ModulatedConfig
    config: ModulatedConfig
    popularity: Floats
    item_vectors: Floats
    spectrum: Floats
    members: Floats
    models: tuple[profile.Profile]

    @property
    def known_members(self) -> int:
        """Count the members of the training matrix."""
        return len(self.members)

    def _of_members(self, users: Integers) -> Floats:
        portrait = self.models[0]
        lifts = portrait.lifts(portrait.interest_of(users), bound=self.config.bound)
        return np.asarray(lifts * (self.members[users] @ self.item_vectors.T), dtype=np.float32)

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        portrait = self.models[0]
        lifts = portrait.lifts(portrait.interest_in(weights, ages), bound=self.config.bound)
        served = interactions.decayed(weights, ages, self.config.decay)
        own = _of_entries(lifts, served)
        vectors = ials.folded(served, self.item_vectors, self.spectrum, self.config, factors=own)
        return np.asarray(lifts * (vectors @ self.item_vectors.T), dtype=np.float32)


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Modulated:
    """
    Fit the portrait, then the factors of what it leaves.

    :raises MissingInput: without member features or without item features.
    """
    settings = interactions.configured(ModulatedConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    portrait = profile.train(weights, member_features=member_features, item_features=item_features, seed=seed)
    factors = _factors_of(portrait, weights, settings.bound)
    items, spectrum, members = ials.alternated(weights, settings, seed=seed, factors=factors)
    return Modulated(settings, portrait.popularity, items, spectrum, members, (portrait,))


def _factors_of(portrait: profile.Profile, weights: sparse.csr_matrix, bound: float) -> Floats:
    parts = [np.zeros(0, dtype=np.float32)]
    for start in range(0, weights.shape[0], _CHUNK):
        rows = weights[start : start + _CHUNK]
        interest = portrait.interest_of(np.arange(start, start + rows.shape[0]))
        parts.append(_of_entries(portrait.lifts(interest, bound=bound), rows))
    return np.concatenate(parts)


def _of_entries(lifts: Floats, rows: sparse.csr_matrix) -> Floats:
    owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    return np.asarray(lifts[owners, rows.indices], dtype=np.float32)
