"""Interactions as the engine takes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
from django.db.models import Max
from numpy.typing import NDArray
from scipy import sparse

from . import kinds
from .engine.interactions import single_row, with_data
from .models import Interaction

PORTION = 2_000
"""So many members are read at once."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """
    ``weights`` and ``ages`` (members, items) of one pattern, CSR float32; ``members[row]`` is a user id, ``items[column]`` a name.

    An age counts back from the newest item of its row, whose stored zero is meaningful. ``times`` (entries,) says when each
    entry of ``weights.data`` was last added to, in seconds since 1970.
    """

    weights: sparse.csr_matrix
    ages: sparse.csr_matrix
    times: NDArray[np.float64]
    members: list[int]
    items: list[str]

    @cached_property
    def is_card(self) -> NDArray[np.bool_]:
        """(items,): which of them are ranked as cards; lessons are named in reasons, and the next one has a place of its own."""
        return np.array([kinds.is_ranked(item) for item in self.items], dtype=bool)


def build(*, until: datetime) -> Data:
    """
    Everything that members have had to do with items up to ``until``.

    Read in portions of a few thousand members: one statement for millions of rows runs into the time limit of a statement, and makes as
    many Python objects at once.
    """
    column_of: dict[str, int] = {}
    portions = [_coded(rows, column_of) for rows in _portions(until)]
    users, columns, weights, times = (np.concatenate(parts) for parts in zip(_NOTHING, *portions, strict=True))
    # Columns in the order of names, however the portions came upon them.
    items = sorted(column_of)
    place = np.argsort(np.argsort(np.array(list(column_of)))) if items else np.zeros(0, dtype=np.int64)
    members, at = np.unique(users, return_inverse=True)
    columns, shape = place[columns], (len(members), len(items))
    return Data(
        weights=_csr(weights, at, columns, shape),
        ages=_csr(_ages(at), at, columns, shape),
        times=times[np.lexsort((columns, at))],
        members=members.tolist(),
        items=items,
    )


Coded = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], NDArray[np.float64]]
_NOTHING: Coded = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.float64))


def _portions(until: datetime) -> Iterator[list[tuple[int, str, float, datetime]]]:
    last = Interaction.objects.aggregate(last=Max("user_id"))["last"] or 0
    for first in range(0, last + 1, PORTION):
        of_these = Interaction.objects.filter(user_id__gte=first, user_id__lt=first + PORTION, happened_at__lte=until)
        rows = of_these.order_by("user_id", "-happened_at", "item")
        if found := list(rows.values_list("user_id", "item", "weight", "happened_at")):
            yield found


def _coded(rows: Sequence[tuple[int, str, float, datetime]], column_of: dict[str, int]) -> Coded:
    users, names, weights, times = zip(*rows, strict=True)
    return (
        np.array(users, dtype=np.int64),
        np.array([column_of.setdefault(name, len(column_of)) for name in names], dtype=np.int64),
        np.array(weights, dtype=np.float32),
        np.array([moment.timestamp() for moment in times], dtype=np.float64),
    )


def history_row(
    history: Sequence[tuple[str, float]], *, column_of: dict[str, int]
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """One member's latest items with their weights, newest first, as ``weights`` and ``ages`` (1, items)."""
    known = [(column_of[item], weight) for item, weight in history if item in column_of]
    ordered = sorted((column, age, weight) for age, (column, weight) in enumerate(known))
    columns, ages, weights = zip(*ordered, strict=True) if ordered else ((), (), ())
    row = single_row(np.array(columns, np.int32), np.array(weights, np.float32), items=len(column_of))
    return row, with_data(row, np.array(ages, np.float32))


def _ages(at: NDArray[np.int64]) -> NDArray[np.float32]:
    # Entries come row by row, newest first: an age is the distance to the row's first entry.
    if not len(at):
        return np.zeros(0, dtype=np.float32)
    places = np.arange(len(at))
    starts = np.concatenate([[0], np.nonzero(np.diff(at))[0] + 1])
    lengths = np.diff(np.concatenate([starts, [len(at)]]))
    return np.asarray(places - np.repeat(starts, lengths), dtype=np.float32)


def _csr(
    values: NDArray[np.float32], at: NDArray[np.int64], columns: NDArray[np.int64], shape: tuple[int, int]
) -> sparse.csr_matrix:
    # Built by hand: the usual constructor sums and may drop stored zeros, and a zero age is the newest item.
    order = np.lexsort((columns, at))
    counts = np.bincount(at, minlength=shape[0]) if len(at) else np.zeros(shape[0], dtype=np.int64)
    return sparse.csr_matrix((values[order], columns[order], np.concatenate([[0], np.cumsum(counts)])), shape=shape)
