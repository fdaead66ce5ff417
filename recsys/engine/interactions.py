"""Checking of what comes in: weights, ages, features and settings; and the weight that recency leaves."""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import BadInput, Floats, MissingInput

Config = TypeVar("Config")

# What recency leaves of an entry may be so little that it counts for nothing: then it need not be read either.
_FORGOTTEN: Final = 1e-3
_BLOCK: Final = 2**18


def configured(kind: type[Config], settings: dict[str, Any]) -> Config:
    """
    Build the configuration ``kind`` from keyword settings.

    :raises BadInput: if a setting is unknown.
    """
    try:
        return kind(**settings)
    except TypeError as unknown:
        raise BadInput(f"{kind.__name__}: {unknown}") from unknown


def checked(
    X: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None, items: int | None = None
) -> tuple[sparse.csr_matrix, Floats | None]:
    """
    Give ``X`` as sorted float32 CSR without duplicates, and the ages that belong to its stored entries.

    Duplicates add up and keep their newest age. Stored zeros stay. The caller's matrices are not changed.

    :raises BadInput: if something is not finite, negative, or of another shape or pattern.
    """
    weights = _finite(_as_csr(X, "interactions"), "interactions")
    if items is not None and weights.shape[1] != items:
        raise BadInput(f"interactions have {weights.shape[1]} items, the model knows {items}")
    if ages is None:
        return _without_duplicates(weights, np.add), None
    counted = _finite(_as_csr(ages, "ages"), "ages")
    weights, counted = _without_duplicates(weights, np.add), _without_duplicates(counted, np.minimum)
    if not _same_pattern(weights, counted):
        raise BadInput("ages must store exactly the entries that the interactions store (do not eliminate zeros)")
    return weights, counted.data


def decayed(weights: sparse.csr_matrix, ages: Floats | None, decay: float) -> sparse.csr_matrix:
    """Multiply each weight by ``decay`` to the power of its age, below a thousandth by 0; without ages nothing changes."""
    if ages is None or decay == 1.0:
        return weights
    return with_data(weights, faded(weights.data, ages, decay))


def faded(weights: Floats, ages: Floats | None, decay: float) -> Floats:
    """Do the same with the weights alone, aligned to the ages."""
    if ages is None or decay == 1.0:
        return weights
    left = np.power(np.float32(decay), ages)
    left[left < _FORGOTTEN] = 0.0
    return weights * left


def with_data(matrix: sparse.csr_matrix, data: NDArray[Any]) -> sparse.csr_matrix:
    """Give a matrix of the same pattern that stores ``data``; the pattern is shared, not copied."""
    same = _twin(matrix)
    same.data = data
    same.has_canonical_format = True
    return same


def single_row(columns: NDArray[np.int32], values: Floats, *, items: int) -> sparse.csr_matrix:
    """Give the one history (1, items) that stores ``values`` (n,) at ``columns`` (n,), which ascend and are different."""
    row = _twin(_empty_row(items))
    row.data, row.indices, row.indptr = values, columns, np.array([0, len(columns)], dtype=np.int32)
    row.has_canonical_format = True
    return row


def _twin(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    # The constructor would look through what it is given, which takes longer than the rest: this runs in every request.
    same = sparse.csr_matrix.__new__(sparse.csr_matrix)
    vars(same).update(vars(matrix))
    return same


@lru_cache(maxsize=8)
def _empty_row(items: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((1, items), dtype=np.float32)


def totals_of(X: sparse.csr_matrix) -> Floats:
    """Sum the weights of each item: (items,)."""
    totals = np.zeros(X.shape[1])
    # In blocks: numpy would turn all indices and weights into 8 bytes each at once.
    for start in range(0, X.nnz, _BLOCK):
        part = slice(start, start + _BLOCK)
        totals += np.bincount(X.indices[part], weights=X.data[part], minlength=X.shape[1])
    return totals.astype(np.float32)


def positive_counts(X: sparse.csr_matrix) -> Floats:
    """Count the positive weights of each row: (members,)."""
    positive = X.data > 0
    if positive.all():
        return np.diff(X.indptr).astype(np.float32)
    totals = np.concatenate([[0], np.cumsum(positive)])
    return np.asarray(np.diff(totals[X.indptr]), dtype=np.float32)


def popularity_of(X: sparse.csr_matrix) -> Floats:
    """Sum the weights of each item and divide by the largest sum: (items,) in 0…1."""
    totals = totals_of(X)
    return np.asarray(totals / max(totals.max(initial=0.0), 1e-12), dtype=np.float32)


def checked_member_features(features: NDArray[Any] | None, *, members: int, needed_by: str) -> NDArray[np.float64]:
    """
    Give member features as float64 (members, d).

    :raises MissingInput: if there are none.
    :raises BadInput: if shape or values are wrong.
    """
    if features is None:
        raise MissingInput(f"{needed_by} needs member_features, an array (members, d)")
    array = np.asarray(features, dtype=np.float64)
    if array.ndim != 2 or len(array) != members:
        raise BadInput(f"member_features must be ({members}, d), not {array.shape}")
    if not np.isfinite(array).all():
        raise BadInput("member_features hold a value that is not a finite number")
    return array


def checked_item_features(features: sparse.csr_matrix | None, *, items: int, needed_by: str) -> sparse.csr_matrix:
    """
    Give item features as float32 CSR (items, terms).

    :raises MissingInput: if there are none.
    :raises BadInput: if shape or values are wrong.
    """
    if features is None:
        raise MissingInput(f"{needed_by} needs item_features, a CSR matrix (items, terms)")
    terms = _without_duplicates(_finite(_as_csr(features, "item_features"), "item_features"), np.add)
    if terms.shape[0] != items:
        raise BadInput(f"item_features must have {items} rows, not {terms.shape[0]}")
    return terms


def _as_csr(matrix: Any, name: str) -> sparse.csr_matrix:
    if not sparse.issparse(matrix) or matrix.ndim != 2:
        raise BadInput(f"{name} must be a scipy.sparse CSR matrix, not {type(matrix).__name__}")
    if matrix.shape[1] == 0:
        raise BadInput(f"{name} must have at least one column")
    if isinstance(matrix, sparse.csr_matrix) and matrix.dtype == np.float32:
        return matrix
    return sparse.csr_matrix(matrix, dtype=np.float32)


def _finite(matrix: sparse.csr_matrix, name: str) -> sparse.csr_matrix:
    # One reduction finds NaN (it spreads) as well as the signs: this runs in every request.
    if matrix.data.size:
        low, high = np.minimum.reduce(matrix.data), np.maximum.reduce(matrix.data)
        if not (isfinite(low) and isfinite(high)):
            raise BadInput(f"{name} hold a value that is not a finite number (NaN or infinity)")
        if low < 0:
            raise BadInput(f"{name} hold a negative value")
    return matrix


def _without_duplicates(matrix: sparse.csr_matrix, join: np.ufunc) -> sparse.csr_matrix:
    if matrix.has_canonical_format:
        return matrix
    lengths = np.diff(matrix.indptr)
    keys = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), lengths) * matrix.shape[1] + matrix.indices
    order = np.argsort(keys, kind="stable")
    unique, first = np.unique(keys[order], return_index=True)
    data = join.reduceat(matrix.data[order], first)
    owners, columns = np.divmod(unique, matrix.shape[1])
    indptr = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=matrix.shape[0]))])
    return sparse.csr_matrix((data.astype(np.float32), columns, indptr), shape=matrix.shape)


def _same_pattern(left: sparse.csr_matrix, right: sparse.csr_matrix) -> bool:
    # What ``with_data`` gives has the very same.
    return left.shape == right.shape and all(
        one is other or np.array_equal(one, other)
        for one, other in ((left.indptr, right.indptr), (left.indices, right.indices))
    )
