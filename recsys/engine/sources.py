"""The trainers that stand alone, by name: what a blend may mix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import content, ease, ials, item_knn, modulated, popularity, profile, successors, svd, trails
from recsys.engine.base import BaseModel


class Source(Protocol):
    """A trainer whose model is one of this engine's own: it can be served with another decay, and saved in a blend."""

    def __call__(
        self,
        X: sparse.csr_matrix,
        *,
        ages: sparse.csr_matrix | None = None,
        member_features: NDArray[Any] | None = None,
        item_features: sparse.csr_matrix | None = None,
        seed: int = 0,
        **config: Any,
    ) -> BaseModel:
        """Train a model."""


SOURCES: Final[Mapping[str, Source]] = {
    "popularity": popularity.train,
    "svd": svd.train,
    "item_knn": item_knn.train,
    "ease": ease.train,
    "successors": successors.train,
    "trails": trails.train,
    "ials": ials.train,
    "profile": profile.train,
    "modulated": modulated.train,
    "content": content.train,
}
