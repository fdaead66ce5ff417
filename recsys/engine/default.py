"""The trainer that a site uses without thinking: it picks a model by the size of the catalog and tunes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import ease, interactions
from recsys.engine.contract import Model
from recsys.engine.evaluation.splits import inner
from recsys.engine.evaluation.tuning import DECAYS, decayed_trials


@dataclass(frozen=True)
class DefaultConfig:
    """
    What is tried. EASE serves catalogs of up to ``largest_dense`` items, where its matrix still fits.

    ``validated_on`` bounds the members that settings are chosen by: a few thousand give a steady choice.
    """

    regularizations: tuple[float, ...] = (50.0, 100.0, 200.0, 500.0, 1000.0)
    decays: tuple[float, ...] = DECAYS
    largest_dense: int = 15_000
    validated_on: int = 3_000


def train_default(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Model:
    """Choose λ and decay by guessing each history's newest entry, then train on everything."""
    settings = interactions.configured(DefaultConfig, config)
    chosen = _chosen_for_ease(X, ages, settings, seed)
    return ease.train(X, ages=ages, seed=seed, **chosen)


def _chosen_for_ease(
    X: sparse.csr_matrix, ages: sparse.csr_matrix | None, settings: DefaultConfig, seed: int
) -> dict[str, Any]:
    weights, counted = interactions.checked(X, ages=ages)
    aged = None if counted is None else interactions.with_data(weights, counted)
    cut = inner(weights, aged, seed=seed, at_most=settings.validated_on)
    if not cut.rows.shape[0]:
        return {}
    decays = settings.decays if ages is not None else settings.decays[:1]
    trials = []
    for strength, model in zip(settings.regularizations, ease.path(cut.X, settings.regularizations), strict=True):
        trials += [
            ({"regularization": strength, **served}, found) for served, found in decayed_trials(model, cut, decays)
        ]
    return trials[int(np.argmax([found for _, found in trials]))][0]
