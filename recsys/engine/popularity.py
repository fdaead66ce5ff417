"""Popularity: what most people take. The floor of every table, and the fallback of every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, ranking
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers


@dataclass(frozen=True)
class PopularityConfig:
    """``decay`` below 1 counts an interaction less the older it is in its member's history."""

    decay: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")


@dataclass(frozen=True, eq=False)
class Popularity(BaseModel):
    """Score of item i = Σ_u w_ui · decay^age_ui, divided by the largest such sum; the same for everybody."""

    kind: ClassVar[str] = "popularity"
    Config: ClassVar[type[Any]] = PopularityConfig
    config: PopularityConfig
    popularity: Floats

    @property
    def serves_by_age(self) -> bool:
        """Tell that the decay acted when the model was trained."""
        return False

    @property
    def tells_all_the_same(self) -> bool:
        """Tell that histories change nothing."""
        return True

    def z_without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """Give the z-scores at the items ``at``, (entries, at): whatever is left out, they are the same."""
        weights, _ = interactions.checked(row, ages=ages, items=self.items)
        return np.tile(ranking.z_scores(self.popularity[np.newaxis])[:, at], (weights.nnz, 1))

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        return np.tile(self.popularity, (weights.shape[0], 1))


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Popularity:
    """Sum the weights of each item."""
    settings = interactions.configured(PopularityConfig, config)
    weights, counted = interactions.checked(X, ages=ages)
    return Popularity(settings, interactions.popularity_of(interactions.decayed(weights, counted, settings.decay)))
