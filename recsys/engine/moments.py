"""
How often items stand near each other in histories, and in which order.

All of it is sums over members: what some of them did can be taken out again and put back otherwise, so that a cut of a few
histories costs those alone, and the part of the catalog that most is about can be looked at by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import threads
from recsys.engine.contract import Floats, Integers
from recsys.engine.successors import in_order_of_time, members_in_blocks, rest_of

Histories = tuple[sparse.csr_matrix, Floats | None]

# What has faded below this is not counted any more: it bounds how far one looks back.
_FAINT: Final = 0.1
_FARTHEST: Final = 60
# Nobody counts more than so many times what a member of the usual length counts.
_HEAVIEST: Final = 4.0
# Histories are counted in blocks of so many entries, more where the sums are large: each block reads and writes all of them.
_LEAST: Final = 2**17
_SHARE: Final = 100
# So many entries are put in order at once, and so many, about so many items, looked at as the older ones of pairs.
_TOLD: Final = 2**16
_GROUP: Final = 2**12
_ROWS: Final = 64
_NEWER: Final = np.dtype([("place", np.int32), ("near", np.float32), ("before", np.float32), ("onward", np.float32)])


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

    def among(self, columns: Integers) -> Moments:
        """Give a copy of the sums among some items; the others still stand between them."""
        sums = np.empty((3, len(columns), len(columns)), dtype=np.float32)
        places = np.full(len(self.near), -1, dtype=np.int64)
        places[columns] = np.arange(len(columns))

        def pick(some: Floats, whole: Floats) -> None:
            some[...] = whole[np.ix_(columns, columns)]

        with threads.spread() as run:
            run([partial(pick, *pair) for pair in zip(sums, (self.near, self.before, self.onward), strict=True)])
        return replace(self, near=sums[0], before=sums[1], onward=sums[2], places=places)


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
    with threads.in_threads() as run:
        for members in members_in_blocks(weights.indptr, entries=max(_LEAST, items**2 // _SHARE)):
            told = _told(into, weights, ages, members, run)
            older = _by_item(told, items)
            run([partial(_add_rows, into, told, older, sign, rows) for rows in _groups(older.indptr)])


class _Told(NamedTuple):
    """
    Entries in the order of time: where they stand in the sums, their weight, how many newer ones are counted, and ``newer``.

    That is what an entry is to older ones, without the fading: its place and its share of each sum, which are read together.
    """

    places: Integers
    values: Floats
    reach: Integers
    newer: NDArray[Any]


def _told(into: Moments, weights: sparse.csr_matrix, ages: Floats | None, members: slice, run: threads.Run) -> _Told:
    starts = weights.indptr[members.start : members.stop + 1]
    count = int(starts[-1] - starts[0])
    told = _Told(
        places=np.empty(count, dtype=np.int32),
        values=np.empty(count, dtype=np.float32),
        reach=np.empty(count, dtype=np.int8),
        newer=np.empty(count, dtype=_NEWER),
    )
    parts = list(members_in_blocks(weights.indptr, members, entries=_TOLD))
    run([partial(_tell, told, into, weights, ages, some, int(starts[0])) for some in parts])
    return told


def _tell(told: _Told, into: Moments, weights: sparse.csr_matrix, ages: Floats | None, some: slice, first: int) -> None:
    part = slice(weights.indptr[some.start] - first, weights.indptr[some.stop] - first)
    columns, values, left = in_order_of_time(weights, ages, some)
    steps = _steps_of(into.memory)
    places = columns if into.places is None else into.places[columns]
    known = np.where(places >= 0, values, 0)
    told.places[part], told.values[part], told.reach[part] = places, values, np.minimum(left, steps)
    newer = told.newer[part]
    newer["place"] = np.maximum(places, 0)
    newer["near"] = known * _lightness(left, into.usual)
    newer["before"] = known * rest_of(values, left, into.memory, steps)
    newer["onward"] = known / np.float32(into.memory)


def _steps_of(memory: float) -> int:
    return min(_FARTHEST, int(np.ceil(np.log(_FAINT) / np.log(memory))))


def _by_item(told: _Told, items: int) -> sparse.csc_matrix:
    """Sort entries by item: what is added to a row of the sums is added at once, while it is in the processor's cache."""
    known = np.nonzero(told.places >= 0)[0].astype(np.int32)
    parts = known, told.places[known], np.arange(len(known) + 1)
    return sparse.csr_matrix(parts, shape=(len(known), items)).tocsc()


def _groups(starts: Integers) -> Iterator[slice]:
    """Rows of the sums that few entries are about, an item of many by itself."""
    first = 0
    while first < len(starts) - 1:
        last = int(np.searchsorted(starts, starts[first] + _GROUP, side="right")) - 1
        yield (rows := slice(first, max(first + 1, min(last, first + _ROWS))))
        first = rows.stop


def _add_rows(into: Moments, told: _Told, older: sparse.csc_matrix, sign: float, rows: slice) -> None:
    """Add the pairs whose older entry is one of a few items; nobody else adds to their rows of the sums."""
    starts = older.indptr[rows.start : rows.stop + 1]
    bounds, faded, newer = _pairs_of(told, older.data[starts[0] : starts[-1]], into.memory)
    faded *= np.float32(sign)
    parts = faded * newer["near"], newer["place"].copy(), bounds[starts - starts[0]]
    pairs = sparse.csr_matrix(parts, shape=(rows.stop - rows.start, len(into.near)))
    into.near[rows] += pairs.toarray()
    pairs.data = faded * newer["before"]
    into.before[rows] += pairs.toarray()
    # Nothing comes next after itself.
    faded[bounds[:-1]] = 0.0
    pairs.data = faded * newer["onward"]
    into.onward[rows] += pairs.toarray()


def _pairs_of(told: _Told, older: Integers, memory: float) -> tuple[Integers, Floats, NDArray[Any]]:
    """Give where the pairs of each of some entries begin, what is left of the older one's weight in each pair, and the newer one."""
    counts = told.reach[older] + np.int64(1)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    gaps = np.arange(bounds[-1]) - np.repeat(bounds[:-1], counts)
    faded = (np.float32(memory) ** np.arange(_FARTHEST + 1, dtype=np.float32)).take(gaps)
    faded *= np.repeat(told.values[older], counts)
    return bounds, faded, told.newer.take(gaps + np.repeat(older, counts))


def _lightness(left: Integers, usual: float) -> Floats:
    """Give each entry's a, from how many newer entries its history has: the oldest of a history has all others before it."""
    starts = np.nonzero(np.concatenate([[True], left[1:] >= left[:-1]]) if len(left) else [])[0]
    lengths = np.diff(np.concatenate([starts, [len(left)]]))
    counts = np.minimum((lengths / usual) ** -0.5, _HEAVIEST).astype(np.float32)
    return np.repeat(counts, lengths)
