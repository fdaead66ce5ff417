"""
How often items stand near each other in histories, and in which order.

All of it is sums over members: what some of them did can be taken out again and put back otherwise, so that a cut of a few
histories costs those alone, and the part of the catalog that most is about can be looked at by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
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
# Histories are counted in blocks of so many entries, more where the sums are large: each block reads and writes all of them.
_LEAST: Final = 2**17
_SHARE: Final = 100
_ROWS: Final = 64


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
    items = len(into.near)
    steps = min(_FARTHEST, int(np.ceil(np.log(_FAINT) / np.log(into.memory))))
    with threads.in_threads() as run:
        for columns, values, left in blocks_of(weights, ages, entries=max(_LEAST, items**2 // _SHARE)):
            if not len(columns):
                continue
            told = _told(into, columns, values, left, steps)
            known = np.nonzero(told.places >= 0)[0]
            # Sorted by the older item: what is added to a row of the sums is added at once, while it is in the processor's cache.
            shape = (len(known), items)
            sources = sparse.csr_matrix((known, told.places[known], np.arange(len(known) + 1)), shape=shape).tocsc()
            run([partial(_add_rows, into, told, sources, sign, first) for first in range(0, items, _ROWS)])


class _Told(NamedTuple):
    """
    Entries in the order of time: where they stand in the sums, their weight, their a and how many newer ones are counted.

    ``targets``, ``weights`` and ``rests`` (entries, steps + 1) tell the place, w and w·r of an entry and of those after it.
    """

    places: Integers
    values: Floats
    light: Floats
    reach: Integers
    targets: Integers
    weights: Floats
    rests: Floats


def _told(into: Moments, columns: Integers, values: Floats, left: Integers, steps: int) -> _Told:
    places = columns if into.places is None else into.places[columns]
    rest = rest_of(values, left, into.memory, steps)
    known = np.where(places >= 0, values, 0)
    return _Told(
        places=places,
        values=values,
        light=_lightness(left, into.usual),
        reach=np.minimum(left, steps),
        targets=_from_each_on(np.maximum(places, 0).astype(np.int32), steps),
        weights=_from_each_on(known, steps),
        rests=_from_each_on(known * rest, steps),
    )


def _from_each_on(column: NDArray[Any], steps: int) -> NDArray[Any]:
    padded = np.concatenate([column, np.zeros(steps, column.dtype)])
    return np.lib.stride_tricks.sliding_window_view(padded, steps + 1)


def _add_rows(into: Moments, told: _Told, sources: sparse.csc_matrix, sign: float, first: int) -> None:
    """Add the pairs whose older entry is one of a few items; nobody else adds to their rows of the sums."""
    rows = slice(first, min(first + _ROWS, len(into.near)))
    starts = sources.indptr[rows.start : rows.stop + 1]
    older = sources.data[starts[0] : starts[-1]]
    gaps = told.targets.shape[1]
    # What lies beyond the end of a history is multiplied by nothing.
    faded = np.tril(np.float32(into.memory) ** np.tile(np.arange(gaps, dtype=np.float32), (gaps, 1)))[told.reach[older]]
    faded *= (np.float32(sign) * told.values[older])[:, np.newaxis]
    pairs = sparse.csr_matrix(
        (
            (faded * told.rests[older]).reshape(-1),
            told.targets[older].reshape(-1),
            (starts - starts[0]) * gaps,
        ),
        shape=(rows.stop - rows.start, len(into.near)),
    )
    into.before[rows] += pairs.toarray()
    faded *= told.weights[older]
    pairs.data = (faded * told.light[older, np.newaxis]).reshape(-1)
    into.near[rows] += pairs.toarray()
    faded[:, 0] = 0.0
    faded /= np.float32(into.memory)
    pairs.data = faded.reshape(-1)
    into.onward[rows] += pairs.toarray()


def _lightness(left: Integers, usual: float) -> Floats:
    """Give each entry's a, from how many newer entries its history has: the oldest of a history has all others before it."""
    starts = np.nonzero(np.concatenate([[True], left[1:] >= left[:-1]]) if len(left) else [])[0]
    lengths = np.diff(np.concatenate([starts, [len(left)]]))
    counts = np.minimum((lengths / usual) ** -0.5, _HEAVIEST).astype(np.float32)
    return np.repeat(counts, lengths)
