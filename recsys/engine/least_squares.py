"""
Many small ridge regressions at once, the inner step of alternating least squares.

Each row u of a sparse matrix asks for p with (QᵤᵀW·Qᵤ + D)·p = Qᵤᵀ·t, where Qᵤ (n, K) are the vectors of its n entries,
W their weights, t their targets and D a diagonal: the vectors are given in the eigenbasis of their own Gram, in which
α0·QᵀQ + reg_u·I is diagonal. Three ways, all for many rows of like length at once:

- short rows solve (I + M·D⁻¹·Mᵀ)·z = W^-½·t with M = W^½·Qᵤ, then p = D⁻¹·Mᵀ·z (Woodbury), n unknowns instead of K;
- long rows take a few steps of conjugate gradients from where the last round ended, preconditioned by D;
- long rows that must be exact (a fold-in, the last round) solve the K unknowns directly.

Rows of like length are solved together, padded; besides the matrix itself only such parts are held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from scipy import sparse

from recsys.engine.contract import Floats, Integers
from recsys.engine.interactions import positive_counts
from recsys.engine.threads import Run

# How many numbers a part holds: with few the threads wait for the interpreter and not for memory; where entries are few, large parts
# would be most of what training needs.
_LEAST: Final = 2**17
_MOST: Final = 2**19
_SHARE: Final = 64
_PADDING: Final = 1.15
# Up to this many entries the direct way is faster than a few steps of conjugate gradients.
_SHORT: Final = 20


@dataclass(frozen=True, eq=False)
class Plan:
    """
    The entries of a CSR matrix, and its ``rows`` that have a positive weight, from the shortest to the longest.

    ``counts`` (rows,) says how many positive weights each of them has. ``weights`` and ``targets`` (entries,) are None where all
    entries count 1; nothing of the matrix is copied.
    """

    rows: Integers
    lengths: Integers
    counts: Floats
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
    rows = np.argsort(lengths, kind="stable")
    rows = rows[counts[rows] > 0]
    return Plan(rows, lengths[rows], counts[rows], weights.indices, weights.indptr, curvature, targets)


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
    so many steps; without, they are solved exactly. Parts do not depend on the number of threads, nor does the answer.
    """
    if steps is None:
        out[:] = 0.0
    parts = _parts(plan.lengths, vectors.shape[1], with_systems=steps is None)
    run([partial(_solve_part, plan, part, vectors, diagonals, out, steps) for part in parts])


def turned(vectors: Floats, basis: Floats) -> None:
    """Multiply ``vectors`` (n, K) by ``basis`` (K, K) in their own memory."""
    rows = max(1, _LEAST // vectors.shape[1])
    for start in range(0, len(vectors), rows):
        vectors[start : start + rows] = vectors[start : start + rows] @ basis


def basis_of(vectors: Floats, *, scale: float) -> tuple[Floats, Floats]:
    """Give the rotation (K, K) that makes the Gram of ``vectors`` diagonal, and that diagonal times ``scale``."""
    values, basis = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return basis.astype(np.float32), np.asarray(np.maximum(values, 0.0) * scale, dtype=np.float32)


def _parts(lengths: Integers, dimensions: int, *, with_systems: bool) -> list[slice]:
    """Rows of like length, the longest first; a part is a small share of all that is gathered."""
    most = min(max(int(lengths.sum()) * dimensions // _SHARE, _LEAST), _MOST)
    parts, stop = [], len(lengths)
    while stop:
        longest = int(lengths[stop - 1])
        held = longest * dimensions + (min(longest, dimensions) ** 2 if with_systems else 0)
        like = int(np.searchsorted(lengths, longest / _PADDING))
        start = max(like, stop - max(1, most // held))
        parts.append(slice(start, stop))
        stop = start
    return parts


def _solve_part(
    plan: Plan,
    part: slice,
    vectors: Floats,
    diagonals: Callable[[Floats], Floats],
    out: Floats,
    steps: int | None,
) -> None:
    numbers, lengths, width = plan.rows[part], plan.lengths[part, np.newaxis], int(plan.lengths[part.stop - 1])
    ahead = np.arange(width, dtype=plan.indptr.dtype)
    # What lies beyond the end of a row is another's, and gets no weight.
    places = plan.indptr[numbers, np.newaxis] + ahead
    rows = vectors.take(plan.indices.take(places, mode="clip"), axis=0)
    kept = (ahead < lengths).astype(np.float32)
    targets = kept if plan.targets is None else kept * plan.targets.take(places, mode="clip")
    weights: Floats | None = kept if plan.weights is None else kept * plan.weights.take(places, mode="clip")
    if plan.weights is None and lengths[0] == width:
        weights = None
    ridge, dimensions = diagonals(plan.counts[part]), vectors.shape[1]
    if width <= _SHORT or (steps is None and width < dimensions):
        out[numbers] = _short(rows, weights, targets, ridge)
    elif steps is None:
        out[numbers] = _exact(rows, weights, targets, ridge)
    else:
        out[numbers] = _improved(rows, weights, targets, ridge, out[numbers], steps)


def _short(rows: Floats, weights: Floats | None, targets: Floats, ridge: Floats) -> Floats:
    root = 1.0 / np.sqrt(ridge)
    rows *= root[:, np.newaxis, :]
    targets = _weighed(rows, weights, targets)
    turned = rows.transpose(0, 2, 1)
    system = rows @ turned
    np.einsum("bii->bi", system)[...] += 1.0
    found = turned @ np.linalg.solve(system, targets[:, :, np.newaxis])
    return np.asarray(found[:, :, 0] * root)


def _exact(rows: Floats, weights: Floats | None, targets: Floats, ridge: Floats) -> Floats:
    targets = _weighed(rows, weights, targets)
    turned = rows.transpose(0, 2, 1)
    system = turned @ rows
    np.einsum("bii->bi", system)[...] += ridge
    return np.asarray(np.linalg.solve(system, turned @ targets[:, :, np.newaxis])[:, :, 0])


def _weighed(rows: Floats, weights: Floats | None, targets: Floats) -> Floats:
    """Make W^½·Q of ``rows`` in their own memory, and W^-½·t of ``targets``."""
    if weights is None:
        return targets
    scale = np.sqrt(weights)
    rows *= scale[:, :, np.newaxis]
    return np.divide(targets, scale, out=np.zeros_like(targets), where=scale > 0)


def _improved(
    rows: Floats, weights: Floats | None, targets: Floats, ridge: Floats, found: Floats, steps: int
) -> Floats:
    def seen(vectors: Floats) -> Floats:
        inner = np.matmul(rows, vectors[:, :, np.newaxis])[:, :, 0]
        if weights is not None:
            inner *= weights
        return inner

    def gathered(inner: Floats) -> Floats:
        return np.matmul(inner[:, np.newaxis, :], rows)[:, 0, :]

    # What the targets say and what the first guess leaves of them is read in one pass.
    residual = gathered(targets - seen(found)) - ridge * found
    inverse = 1.0 / ridge
    scaled = residual * inverse
    direction, size = scaled, np.einsum("bk,bk->b", residual, scaled)
    for step in range(steps):
        image = gathered(seen(direction))
        image += ridge * direction
        # A row that is already solved has no residual left to divide by.
        pace = (size / np.maximum(np.einsum("bk,bk->b", direction, image), 1e-30))[:, np.newaxis]
        found = found + pace * direction
        if step + 1 < steps:
            residual -= pace * image
            scaled = residual * inverse
            size, before = np.einsum("bk,bk->b", residual, scaled), size
            direction = scaled + (size / np.maximum(before, 1e-30))[:, np.newaxis] * direction
    return found
