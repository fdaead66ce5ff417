"""
Many small ridge regressions at once, the inner step of alternating least squares.

Each row u of a sparse matrix asks for p with (QᵤᵀW·Qᵤ + D)·p = Qᵤᵀ·t, where Qᵤ (n, K) are the vectors of its n entries,
W their weights, t their targets and D a diagonal: the vectors are given in the eigenbasis of their own Gram, in which
α0·QᵀQ + reg_u·I is diagonal. Three ways, all for many rows of like length at once:

- short rows solve (I + M·D⁻¹·Mᵀ)·z = W^-½·t with M = W^½·Qᵤ, then p = D⁻¹·Mᵀ·z (Woodbury), n unknowns instead of K;
- long rows take a few steps of conjugate gradients from where the last round ended, preconditioned by D;
- long rows that must be exact (a fold-in, the last round) solve the K unknowns directly.

Rows are padded with a vector of zeros and solved in blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import Floats, Integers
from recsys.engine.interactions import positive_counts
from recsys.engine.threads import Run

# Gathered float32 numbers in a block (2 MiB): with smaller ones the threads wait for the interpreter, not for memory.
_BLOCK: Final = 2**19
_PADDING: Final = 1.15
# Up to this many entries the direct way is faster than a few steps of conjugate gradients.
_SHORT: Final = 20


@dataclass(frozen=True)
class Bucket:
    """
    Rows of like length; ``columns`` is (rows, width), padded with the number of columns.

    ``weights`` and ``targets`` are of the same shape, padded with 0; both are None where all entries count 1.
    """

    rows: Integers
    counts: Floats
    columns: NDArray[np.int32]
    weights: Floats | None
    targets: Floats | None


def planned(weights: sparse.csr_matrix, factors: Floats | None = None) -> list[Bucket]:
    """
    Lay out all rows that have a positive weight, for Σ w·(1 − f·qᵀp)² with ``factors`` f aligned to the entries, or 1.

    Built once per training; takes about as much memory as the matrix, half of it where all weights are 1.
    """
    plain = factors is None and bool((weights.data == 1).all())
    targets = None if plain else weights.data if factors is None else weights.data * factors
    curvature = targets if targets is None or factors is None else targets * factors
    counts = positive_counts(weights)
    lengths = np.diff(weights.indptr)
    widths = _widths(int(lengths.max(initial=0)))
    classes = np.searchsorted(widths, lengths)
    buckets = []
    for number in np.unique(classes[counts > 0]):
        rows = np.nonzero((classes == number) & (counts > 0))[0]
        buckets.append(_bucket(weights, rows, int(widths[number]), counts[rows], targets, curvature))
    return buckets


def solve(
    buckets: list[Bucket],
    vectors: Floats,
    *,
    diagonals: Callable[[Floats], Floats],
    out: Floats,
    run: Run,
    steps: int | None = None,
) -> None:
    """
    Solve all rows of ``buckets`` into ``out`` (rows, K), for ``vectors`` (columns, K); rows without weight become 0.

    ``diagonals`` gives D (n, K) for the counts (n,) of n rows. With ``steps``, long rows improve what ``out`` holds by
    so many steps; without, they are solved exactly. Blocks do not depend on the number of threads, nor does the answer.
    """
    padded = np.vstack([vectors, np.zeros((1, vectors.shape[1]), dtype=np.float32)])
    if steps is None:
        out[:] = 0.0
    run(
        [
            partial(_solve_block, bucket, part, padded, diagonals, out, steps)
            for bucket in buckets
            for part in _blocks(bucket, vectors.shape[1])
        ]
    )


def basis_of(vectors: Floats, *, scale: float) -> tuple[Floats, Floats]:
    """Give the rotation (K, K) that makes the Gram of ``vectors`` diagonal, and that diagonal times ``scale``."""
    values, basis = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return basis.astype(np.float32), np.asarray(np.maximum(values, 0.0) * scale, dtype=np.float32)


@cache
def _widths(longest: int) -> Integers:
    widths = [0]
    while widths[-1] < longest:
        widths.append(max(widths[-1] + 1, int(widths[-1] * _PADDING)))
    return np.array(widths)


def _bucket(
    weights: sparse.csr_matrix,
    rows: Integers,
    width: int,
    counts: Floats,
    targets: Floats | None,
    curvature: Floats | None,
) -> Bucket:
    places = weights.indptr[rows, np.newaxis].astype(np.int64) + np.arange(width)
    padding = places >= weights.indptr[rows + 1, np.newaxis]
    places[padding] = 0
    wished = None if targets is None else np.where(padding, 0, targets[places])
    return Bucket(
        rows=rows,
        counts=counts,
        columns=np.where(padding, weights.shape[1], weights.indices[places]).astype(np.int32),
        weights=wished if curvature is None or curvature is targets else np.where(padding, 0, curvature[places]),
        targets=wished,
    )


def _blocks(bucket: Bucket, dimensions: int) -> Iterator[slice]:
    size = max(1, _BLOCK // (bucket.columns.shape[1] * dimensions))
    return (slice(start, start + size) for start in range(0, len(bucket.rows), size))


def _solve_block(
    bucket: Bucket,
    part: slice,
    padded: Floats,
    diagonals: Callable[[Floats], Floats],
    out: Floats,
    steps: int | None,
) -> None:
    rows = padded.take(bucket.columns[part], axis=0, mode="clip")
    weights = None if bucket.weights is None else bucket.weights[part]
    ridge, places = diagonals(bucket.counts[part]), bucket.rows[part]
    whole = bucket.columns[part] < len(padded) - 1
    targets = whole.astype(np.float32) if bucket.targets is None else bucket.targets[part]
    width, dimensions = rows.shape[1:]
    if width <= _SHORT or (steps is None and width < dimensions):
        out[places] = _short(rows, weights, targets, ridge)
    elif steps is None:
        out[places] = _exact(rows, weights, targets, ridge)
    else:
        out[places] = _improved(rows, weights, targets, ridge, out[places], steps)


def _short(rows: Floats, weights: Floats | None, targets: Floats, ridge: Floats) -> Floats:
    root = 1.0 / np.sqrt(ridge)
    rows *= root[:, np.newaxis, :]
    if weights is not None:
        scale = np.sqrt(weights)
        rows *= scale[:, :, np.newaxis]
        targets = np.divide(targets, scale, out=np.zeros_like(targets), where=scale > 0)
    turned = rows.transpose(0, 2, 1)
    system = rows @ turned
    np.einsum("bii->bi", system)[...] += 1.0
    found = turned @ np.linalg.solve(system, targets[:, :, np.newaxis])
    return np.asarray(found[:, :, 0] * root)


def _exact(rows: Floats, weights: Floats | None, targets: Floats, ridge: Floats) -> Floats:
    turned = rows.transpose(0, 2, 1)
    system = turned @ (rows if weights is None else rows * weights[:, :, np.newaxis])
    np.einsum("bii->bi", system)[...] += ridge
    return np.asarray(np.linalg.solve(system, turned @ targets[:, :, np.newaxis])[:, :, 0])


def _improved(
    rows: Floats, weights: Floats | None, targets: Floats, ridge: Floats, found: Floats, steps: int
) -> Floats:
    turned = rows.transpose(0, 2, 1)

    def applied(vectors: Floats) -> Floats:
        inner = (rows @ vectors[:, :, np.newaxis])[:, :, 0]
        if weights is not None:
            inner *= weights
        return np.asarray((turned @ inner[:, :, np.newaxis])[:, :, 0] + ridge * vectors)

    residual = (turned @ targets[:, :, np.newaxis])[:, :, 0] - applied(found)
    inverse = 1.0 / ridge
    scaled = residual * inverse
    direction, size = scaled, np.einsum("bk,bk->b", residual, scaled)
    for step in range(steps):
        image = applied(direction)
        # A row that is already solved has no residual left to divide by.
        pace = (size / np.maximum(np.einsum("bk,bk->b", direction, image), 1e-30))[:, np.newaxis]
        found = found + pace * direction
        if step + 1 < steps:
            residual = residual - pace * image
            scaled = residual * inverse
            size, before = np.einsum("bk,bk->b", residual, scaled), size
            direction = scaled + (size / np.maximum(before, 1e-30))[:, np.newaxis] * direction
    return np.asarray(found)
