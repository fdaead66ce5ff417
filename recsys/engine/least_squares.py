"""
Many small ridge regressions at once, the inner step of alternating least squares.

Each row u of a sparse matrix asks for p with (QᵤᵀW·Qᵤ + D)·p = Qᵤᵀ·t, where Qᵤ (n, K) are the vectors of its n entries,
W their weights, t their targets and D a diagonal: the vectors are given in the eigenbasis of their own Gram, in which
α0·QᵀQ + reg_u·I is diagonal. Three ways, all for many rows of like length at once:

- short rows solve (I + M·D⁻¹·Mᵀ)·z = W^-½·t with M = W^½·Qᵤ, then p = D⁻¹·Mᵀ·z (Woodbury), n unknowns instead of K;
- long rows take a few steps of conjugate gradients from where the last round ended, preconditioned by D;
- long rows that must be exact (a fold-in, the last round) solve the K unknowns directly.

Rows of like length are solved in blocks, padded with zeros; besides the matrix itself only blocks are held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Final, NamedTuple

import numpy as np
from scipy import sparse

from recsys.engine.contract import Floats, Integers
from recsys.engine.interactions import positive_counts
from recsys.engine.threads import Run

# Gathered float32 numbers in a block (1 MiB): with smaller ones the threads wait for the interpreter, not for memory.
_BLOCK: Final = 2**18
_PADDING: Final = 1.15
# Up to this many entries the direct way is faster than a few steps of conjugate gradients.
_SHORT: Final = 20


class Bucket(NamedTuple):
    """Rows of like length, at most ``width``, with how many positive weights each has."""

    rows: Integers
    counts: Floats
    width: int


@dataclass(frozen=True, eq=False)
class Plan:
    """
    The entries of a CSR matrix and its rows in ``buckets``.

    ``weights`` and ``targets`` (entries,) are None where all entries count 1; nothing of the matrix is copied.
    """

    buckets: list[Bucket]
    indices: Integers
    indptr: Integers
    weights: Floats | None
    targets: Floats | None


def planned(weights: sparse.csr_matrix, factors: Floats | None = None) -> Plan:
    """Lay out all rows that have a positive weight, for Σ w·(1 − f·qᵀp)² with ``factors`` f aligned to the entries, or 1."""
    plain = factors is None and bool((weights.data == 1).all())
    targets = None if plain else weights.data if factors is None else weights.data * factors
    curvature = targets if targets is None or factors is None else targets * factors
    counts, lengths = positive_counts(weights), np.diff(weights.indptr)
    classes = np.searchsorted(_widths(int(lengths.max(initial=0))), lengths)
    buckets = []
    for number in np.unique(classes[counts > 0]):
        rows = np.nonzero((classes == number) & (counts > 0))[0]
        buckets.append(Bucket(rows, counts[rows], int(lengths[rows].max())))
    return Plan(buckets, weights.indices, weights.indptr, curvature, targets)


def solve(
    plan: Plan,
    vectors: Floats,
    *,
    diagonals: Callable[[Floats], Floats],
    out: Floats,
    run: Run,
    steps: int | None = None,
) -> None:
    """
    Solve all rows of ``plan`` into ``out`` (rows, K), for ``vectors`` (columns, K); rows without weight become 0.

    ``diagonals`` gives D (n, K) for the counts (n,) of n rows. With ``steps``, long rows improve what ``out`` holds by
    so many steps; without, they are solved exactly. Blocks do not depend on the number of threads, nor does the answer.
    """
    if steps is None:
        out[:] = 0.0
    run(
        [
            partial(_solve_block, plan, part, vectors, diagonals, out, steps)
            for bucket in plan.buckets
            for part in _blocks(bucket, vectors.shape[1])
        ]
    )


def turned(vectors: Floats, basis: Floats) -> None:
    """Multiply ``vectors`` (n, K) by ``basis`` (K, K) in their own memory."""
    rows = max(1, _BLOCK // vectors.shape[1])
    for start in range(0, len(vectors), rows):
        vectors[start : start + rows] = vectors[start : start + rows] @ basis


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


def _blocks(bucket: Bucket, dimensions: int) -> Iterator[Bucket]:
    size = max(1, _BLOCK // (bucket.width * dimensions))
    for start in range(0, len(bucket.rows), size):
        part = slice(start, start + size)
        yield Bucket(bucket.rows[part], bucket.counts[part], bucket.width)


def _solve_block(
    plan: Plan,
    block: Bucket,
    vectors: Floats,
    diagonals: Callable[[Floats], Floats],
    out: Floats,
    steps: int | None,
) -> None:
    places = plan.indptr[block.rows, np.newaxis] + np.arange(block.width, dtype=plan.indptr.dtype)
    padding = places >= plan.indptr[block.rows + 1, np.newaxis]
    places[padding] = 0
    rows = vectors.take(plan.indices.take(places), axis=0)
    rows[padding] = 0.0
    weights = None if plan.weights is None else np.where(padding, 0, plan.weights.take(places))
    targets = (~padding).astype(np.float32) if plan.targets is None else np.where(padding, 0, plan.targets.take(places))
    ridge, dimensions = diagonals(block.counts), vectors.shape[1]
    if block.width <= _SHORT or (steps is None and block.width < dimensions):
        out[block.rows] = _short(rows, weights, targets, ridge)
    elif steps is None:
        out[block.rows] = _exact(rows, weights, targets, ridge)
    else:
        out[block.rows] = _improved(rows, weights, targets, ridge, out[block.rows], steps)


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
