"""Item-item Gram matrices of sparse interactions in float32 and without needless copies."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
from scipy import sparse
from scipy.linalg import blas

from recsys.engine import threads
from recsys.engine.contract import Floats

# What one multiply-add costs in nanoseconds: in a dense BLAS product, and in a sparse one with its search of columns.
_DENSE_COST: Final = 0.012
_SPARSE_COST: Final = 4.0
_BLOCK: Final = 1024
# So many items are multiplied at once by one thread.
_ROWS: Final = 256


def item_item(X: sparse.csr_matrix) -> Floats:
    """
    Give XᵀX as a full dense matrix (items, items) float32.

    Long histories are multiplied densely in blocks of members, short ones sparsely in blocks of items, whichever is
    estimated to be faster; neither needs more than a block besides the answer.
    """
    members, items = X.shape
    lengths = np.diff(X.indptr).astype(np.float64)
    if float(lengths @ lengths) * _SPARSE_COST <= float(members) * items * items * _DENSE_COST:
        return _sparsely(X)
    return _densely(X)


def unit_rows(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale each row to Euclidean length 1; empty rows stay empty."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64)).ravel()
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_matrix(sparse.diags(scale.astype(np.float32)) @ matrix, dtype=np.float32)


def _sparsely(X: sparse.csr_matrix) -> Floats:
    items = X.shape[1]
    transposed = X.T.tocsr()
    together = np.empty((items, items), dtype=np.float32)

    def multiply(rows: slice) -> None:
        (transposed[rows] @ X).toarray(out=together[rows])

    with threads.spread() as run:
        run([partial(multiply, slice(start, min(start + _ROWS, items))) for start in range(0, items, _ROWS)])
    return together


def _densely(X: sparse.csr_matrix) -> Floats:
    items = X.shape[1]
    together = np.zeros((items, items), dtype=np.float32, order="F")
    for start in range(0, X.shape[0], _BLOCK):
        block = X[start : start + _BLOCK].toarray()
        together = blas.ssyrk(1.0, block.T, beta=1.0, c=together, lower=1, overwrite_c=1)
    answer = together.T
    mirror_upper(answer)
    return answer


def mirror_upper(matrix: Floats) -> None:
    """Make a matrix symmetric by what stands above its diagonal."""
    for start in range(0, len(matrix), _BLOCK):
        stop = start + _BLOCK
        corner = matrix[start:stop, start:stop]
        corner[...] = np.triu(corner) + np.triu(corner, 1).T
        matrix[stop:, start:stop] = matrix[start:stop, stop:].T
