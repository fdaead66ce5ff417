"""Choosing settings on an inner cut of the training histories, so that the outer one stays unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.base import BaseModel
from recsys.engine.contract import Trainer
from recsys.engine.evaluation.metrics import ndcg_10
from recsys.engine.evaluation.splits import Split, inner
from recsys.engine.grids import DECAYS


@dataclass(frozen=True)
class Choice:
    """The best settings, their NDCG@10 on the inner cut, and all that was tried with theirs."""

    settings: dict[str, Any]
    ndcg: float
    trials: tuple[tuple[dict[str, Any], float], ...]


def choose(
    trainer: Trainer,
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    grid: Sequence[Mapping[str, Any]],
    decays: Sequence[float] = DECAYS,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
) -> Choice:
    """Train every setting of ``grid`` on the inner cut of ``X``, serve it with every decay, and give the best."""
    cut = inner(X, ages, seed=seed)
    trials: list[tuple[dict[str, Any], float]] = []
    for settings in grid:
        model = trainer(
            cut.X, ages=cut.ages, member_features=member_features, item_features=item_features, seed=seed, **settings
        )
        trials += [({**settings, **served}, value) for served, value in decayed_trials(model, cut, decays)]
    best = int(np.argmax([value for _, value in trials]))
    return Choice(trials[best][0], trials[best][1], tuple(trials))


def decayed_trials(model: Any, cut: Split, decays: Sequence[float]) -> list[tuple[dict[str, float], float]]:
    """Measure one trained model with each decay; a model whose serving knows no decay is measured once."""
    if not (isinstance(model, BaseModel) and model.serves_by_age):
        return [({}, ndcg_10(model, cut))]
    return [({"decay": decay}, ndcg_10(model.served_with(decay=decay), cut)) for decay in decays]
