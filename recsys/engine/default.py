"""The trainer that a site uses without thinking: it picks a model by the size of the catalog and tunes it."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import blend
from recsys.engine.contract import Model


def train_default(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Model:
    """
    Train trails where ages tell an order, else EASE, or iALS above 15,000 items, mixed with others as far as that helps, all tuned.

    With item features it also tries content similarity, and with member features besides the member portrait: each gets the
    share that guesses best on the inner cut, which may be none.

    It is a ``blend`` of few sources: the settings are those of ``BlendConfig``.
    """
    main = blend.dense_sources(X.shape[1], is_ordered=ages is not None) or ("ials",)
    content = ("content",) if item_features is not None else ()
    portrait = ("profile",) if content and member_features is not None else ()
    settings = {"sources": (*main, "popularity", *content, *portrait), **config}
    return blend.train(
        X, ages=ages, member_features=member_features, item_features=item_features, seed=seed, **settings
    )
