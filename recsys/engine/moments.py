"""
How often items stand near each other in histories, and in which order.

All of it is sums over members: what some of them did can be taken out again and put back otherwise, so that a cut of a few
histories costs those alone, and the part of the catalog that most is about can be looked at by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from scipy import sparse

from recsys.engine import threads
from recsys.engine.contract import Floats, Integers
from recsys.engine.successors import blocks_of, rest_of

Histories = tuple[sparse.csr_matrix, Floats | None]

# What has faded below this is not counted any more: it bounds how far one looks back.
_FAINT: Final = 0.1
_FARTHEST: Final = 60
# Nobody counts more than so many times what a member of the usual length counts.
_HEAVIEST: Final = 4.0


@dataclass(frozen=True, eq=False)
class Moments:
    """
    Sums over all pairs k ≤ l of each history, source by target (items, items) float32, the older entry first.

    ``near`` Σ a·m^(l−k)·w_k·w_l, a member of n entries counting a = (n / ``usual``)^−½; ``before`` Σ m^(l−k)·w_k·w_l·r_l with r
    as in ``successors``; ``onward`` Σ m^(l−k−1)·w_k·w_l over k < l. ``scale`` gives ``near`` the trace that it has at a = 1.
    Where only some items are looked at, ``places`` (all items,) gives their numbers here, and −1 for the others.
    """

    near: Floats
    before: Floats
    onward: Floats
    memory: float
    usual: float
    scale: float
    places: Integers | None = None

    def change(self, old: Histories, new: Histories) -> None:
        """Make the sums what they are when the histories ``old`` are ``new``, weights and ages of each."""
        _add(self, *old, sign=-1.0)
        _add(self, *new, sign=1.0)

    def copied(self) -> Moments:
        """Give the same in other memory."""
        return replace(self, near=self.near.copy(), before=self.before.copy(), onward=self.onward.copy())

    def among(self, columns: Integers) -> Moments:
        """Give a copy of the sums among some items; the others still stand between them."""
        block, places = np.ix_(columns, columns), np.full(len(self.near), -1, dtype=np.int64)
        places[columns] = np.arange(len(columns))
        sums = {name: getattr(self, name)[block] for name in ("near", "before", "onward")}
        return replace(self, **sums, places=places)


def counted(weights: sparse.csr_matrix, ages: Floats | None, memory: float) -> Moments:
    """Count all histories; O(entries · steps remembered)."""
    items, lengths = weights.shape[1], np.diff(weights.indptr)
    near, before, onward = (np.zeros((items, items), dtype=np.float32) for _ in range(3))
    usual = float(np.median(lengths[lengths > 0])) if weights.nnz else 1.0
    found = Moments(near, before, onward, memory, usual, 1.0)
    _add(found, weights, ages, sign=1.0)
    lightened = float(np.trace(near, dtype=np.float64))
    return replace(found, scale=float(np.square(weights.data, dtype=np.float64).sum()) / max(lightened, 1e-12))


def _add(into: Moments, weights: sparse.csr_matrix, ages: Floats | None, *, sign: float) -> None:
    with threads.in_threads() as run:
        for columns, values, left in blocks_of(weights, ages):
            _add_block(into, columns, values, left, sign, run)


def _add_block(into: Moments, columns: Integers, values: Floats, left: Integers, sign: float, run: threads.Run) -> None:
    steps = min(_FARTHEST, int(np.ceil(np.log(_FAINT) / np.log(into.memory))))
    rest = rest_of(values, left, into.memory, steps)
    columns = columns if into.places is None else into.places[columns]
    light = _lightness(left, into.usual)
    reaching = np.arange(len(columns))
    for gap in range(steps + 1):
        reaching = reaching[left[reaching] >= gap]
        earlier, later = reaching, reaching + gap
        if into.places is not None:
            both = (columns[earlier] >= 0) & (columns[later] >= 0)
            earlier, later = earlier[both], later[both]
        if not len(earlier):
            continue
        places = columns[earlier] * len(into.near) + columns[later]
        met = values[earlier] * values[later] * np.float32(sign * into.memory**gap)
        added = [(into.near, met * light[earlier]), (into.before, met * rest[later])]
        if gap:
            added.append((into.onward, met / np.float32(into.memory)))
        # Most of adding is waiting for memory: each sum waits by itself.
        run([partial(np.add.at, sums.reshape(-1), places, values) for sums, values in added])


def _lightness(left: Integers, usual: float) -> Floats:
    """Give each entry's a, from how many newer entries its history has: the oldest of a history has all others before it."""
    starts = np.nonzero(np.concatenate([[True], left[1:] >= left[:-1]]) if len(left) else [])[0]
    lengths = np.diff(np.concatenate([starts, [len(left)]]))
    counts = np.minimum((lengths / usual) ** -0.5, _HEAVIEST).astype(np.float32)
    return np.repeat(counts, lengths)
