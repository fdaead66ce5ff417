"""The libraries that a data scientist would reach for, behind the same scoring interface as our models."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys.engine.threads import processors

THREADS: Final = processors()


class PeerMissing(Exception):
    """A library to compare with is not installed; the message says how to get it."""


@dataclass(frozen=True)
class Peer:
    """A trainer of another library and the settings that are tried for it."""

    name: str
    train: Callable[..., Any]
    grid: Sequence[Mapping[str, Any]]


class ImplicitModel:
    """An ALS model of ``implicit`` that folds histories in."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def scores(self, rows: sparse.csr_matrix, *, ages: Any = None, users: Any = None) -> np.ndarray:
        """Score all items for each row; the library knows no recency."""
        with threadpool_limits(1, user_api="blas"):
            vectors = self.model.recalculate_user(np.arange(rows.shape[0]), rows)
        return np.asarray(vectors @ self.model.item_factors.T, dtype=np.float32)


class SVDModel:
    """scikit-learn's TruncatedSVD used as a recommender: the same factors on both sides."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def scores(self, rows: sparse.csr_matrix, *, ages: Any = None, users: Any = None) -> np.ndarray:
        """Score all items for each row."""
        return np.asarray(self.model.transform(rows) @ self.model.components_, dtype=np.float32)


def train_implicit(
    X: sparse.csr_matrix, *, use_cg: bool = True, iterations: int = 15, seed: int = 0, **settings: Any
) -> ImplicitModel:
    """
    Train ALS with K = 64 on as many threads as ours get, BLAS at one thread as its documentation asks.

    :raises PeerMissing: if the library is not installed.
    """
    als = _imported("implicit.als", "implicit")
    model = als.AlternatingLeastSquares(
        factors=64,
        iterations=iterations,
        use_gpu=False,
        use_cg=use_cg,
        num_threads=THREADS,
        random_state=seed,
        **settings,
    )
    with threadpool_limits(1, user_api="blas"):
        model.fit(X, show_progress=False)
    return ImplicitModel(model)


def train_cholesky(X: sparse.csr_matrix, **settings: Any) -> ImplicitModel:
    """Train ALS with the exact solver."""
    return train_implicit(X, use_cg=False, **settings)


def train_svd(X: sparse.csr_matrix, *, factors: int = 64, seed: int = 0) -> SVDModel:
    """Train TruncatedSVD of rank ``factors``."""
    decomposition = _imported("sklearn.decomposition", "scikit-learn")
    return SVDModel(decomposition.TruncatedSVD(n_components=min(factors, *X.shape), random_state=seed).fit(X))


_ALS_GRID: Final = [
    {"alpha": alpha, "regularization": strength} for alpha in (2.0, 5.0, 20.0) for strength in (0.1, 1.0, 10.0, 50.0)
]

PEERS: Final = (
    Peer("implicit ALS (CG)", train_implicit, _ALS_GRID),
    Peer("implicit ALS (Cholesky)", train_cholesky, _ALS_GRID),
    Peer("sklearn TruncatedSVD", train_svd, [{"factors": factors} for factors in (16, 32, 64, 128, 256, 512)]),
    # What is usually called "the SVD" has as many factors as the ALS beside it, and nobody searched them.
    Peer("sklearn TruncatedSVD K=64", train_svd, [{"factors": 64}]),
)


def _imported(module: str, package: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as missing:
        raise PeerMissing(f"{package} is not installed here: pip install {package}, then run again") from missing
