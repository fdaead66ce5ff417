"""
Inverses of symmetric positive definite matrices, on all processors and in the matrix's own memory.

With A = SᵀS and U = S⁻¹, both upper triangles, is A⁻¹ = U·Uᵀ. LAPACK keeps to one thread (``threads`` tells why), so the halves of
a matrix are taken one after the other, A₁₁ → U₁₁, S₁₂ = U₁₁ᵀA₁₂, A₂₂ − S₁₂ᵀS₁₂ → U₂₂, U₁₂ = −U₁₁S₁₂U₂₂, down to corners that are
small; all between them are products, whose strips are spread over the processors. Strips do not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
from scipy.linalg import lapack

from recsys.engine.contract import BadInput, Floats
from recsys.engine.gram import mirror_upper
from recsys.engine.threads import Run

_CORNER: Final = 192


def invert(matrix: Floats, run: Run) -> None:
    """
    Replace a symmetric positive definite float32 matrix by its inverse; only its upper triangle is read.

    :raises BadInput: if it is not positive definite.
    """
    factorize(matrix, run)
    for rows in strips(len(matrix)):
        # Rows further down are read and not yet written; of these themselves a copy is read.
        factor = matrix[rows, rows.start :].copy()
        run([partial(_square, matrix, factor, rows, some) for some in strips(len(matrix), rows.start)])
    mirror_upper(matrix)


def factorize(matrix: Floats, run: Run) -> None:
    """
    Replace a symmetric positive definite float32 matrix by U, with zeros below the diagonal; only its upper triangle is read.

    :raises BadInput: if it is not positive definite.
    """
    if len(matrix) <= _CORNER:
        matrix[...] = _factor_of(matrix)
        return
    half = len(matrix) // 2
    first, second, between = matrix[:half, :half], matrix[half:, half:], matrix[:half, half:]
    factorize(first, run)
    rows, columns = list(evenly(half, _CORNER)), list(evenly(len(second), _CORNER))
    run([partial(before, first, between[:, some]) for some in columns])
    run([partial(_subtract_square, second, between, some) for some in columns])
    factorize(second, run)
    run([partial(after, first, between[:, some]) for some in columns])
    run([partial(_multiply_right, between[some], second) for some in rows])
    matrix[half:, :half] = 0.0


def before(factor: Floats, columns: Floats) -> None:
    """Replace ``columns`` by Uᵀ·columns, from the last rows to the first."""
    for rows in reversed(list(strips(len(factor)))):
        columns[rows] = factor[: rows.stop, rows].T @ columns[: rows.stop]


def after(factor: Floats, columns: Floats) -> None:
    """Replace ``columns`` by U·columns, from the first rows to the last."""
    for rows in strips(len(factor)):
        columns[rows] = factor[rows, rows.start :] @ columns[rows.start :]


def strips(count: int, first: int = 0) -> Iterator[slice]:
    """Divide the numbers from ``first`` up to ``count``."""
    return (slice(start, min(start + _CORNER, count)) for start in range(first, count, _CORNER))


def evenly(count: int, most: int) -> Iterator[slice]:
    """Divide the numbers up to ``count`` into an even number of equal parts of ``most`` at most, so that two threads end together."""
    parts = 2 * max(1, -(-count // (2 * most)))
    return (slice(count * place // parts, count * (place + 1) // parts) for place in range(parts))


def _multiply_right(rows: Floats, factor: Floats) -> None:
    for some in reversed(list(strips(len(factor)))):
        rows[:, some] = -(rows[:, : some.stop] @ factor[: some.stop, some])


def _subtract_square(matrix: Floats, left: Floats, rows: slice) -> None:
    matrix[rows, rows.start :] -= left[:, rows].T @ left[:, rows.start :]


def _square(matrix: Floats, factor: Floats, rows: slice, some: slice) -> None:
    own = factor if some == rows else matrix[some, some.start :]
    matrix[rows, some] = factor[:, some.start - rows.start :] @ own.T


def _factor_of(corner: Floats) -> Floats:
    # The transposed view of a C-ordered matrix is Fortran-ordered, and its lower triangle the upper one of the matrix.
    lower, failed = lapack.spotrf(np.array(corner, order="C").T, lower=1, clean=1, overwrite_a=1)
    if not failed:
        lower, failed = lapack.strtri(lower, lower=1, overwrite_c=1)
    if failed:
        raise BadInput("the item-item matrix is not positive definite: a larger regularization is needed")
    return np.asarray(lower.T)
