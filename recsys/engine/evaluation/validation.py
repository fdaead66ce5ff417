"""A fast NDCG@10 for choosing: each asked member has exactly one entry to guess, so its rank is all that is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.evaluation.splits import Split
from recsys.engine.interactions import checked

# So many members' scores of a few thousand items stay in a processor's own cache.
_CHUNK: Final = 64


class Validation:
    """The asked members of an inner cut, with their one target each."""

    def __init__(self, cut: Split, *, shown: NDArray[np.bool_] | None = None) -> None:
        """Remember where the targets and the histories are, and among which items (items,) they are to be found."""
        if not (np.diff(cut.targets.indptr) == 1).all():
            raise BadInput("a validation needs exactly one target for each member")
        self.cut = cut
        self.rows, self.ages = checked(cut.rows, ages=cut.row_ages)
        self.targets = cut.targets.indices.astype(np.int64)
        self._hidden = None if shown is None else np.nonzero(~shown)[0]

    def among(self, columns: Integers) -> Validation:
        """Ask the same members about some items alone; whose target is another gains nothing."""
        narrow = copy(self)
        narrow.look_at(columns)
        return narrow

    def look_at(self, columns: Integers) -> None:
        """Forget all other items; the ages of what remains stay what they are."""
        places = np.full(self.rows.shape[1], -1, dtype=np.int64)
        places[columns] = np.arange(len(columns))
        kept = places[self.rows.indices] >= 0
        indptr = np.concatenate([[0], np.cumsum(kept)])[self.rows.indptr]
        parts = self.rows.data[kept], places[self.rows.indices[kept]], indptr
        self.rows = sparse.csr_matrix(parts, shape=(self.rows.shape[0], len(columns)))
        self.ages = None if self.ages is None else self.ages[kept]
        self.targets = places[self.targets]
        if self._hidden is not None:
            self._hidden = np.nonzero(np.isin(columns, self._hidden))[0]

    def scored_by(self, model: BaseModel) -> Floats:
        """Score all asked members by folding their histories in, (n, items)."""
        return model.answered(self.rows, self.ages)

    def ndcg(self, scores: Floats) -> float:
        """Give the mean NDCG@10 of ``scores`` (n, items), with histories left out and ties in order of item number."""
        return float(self.gains(scores).mean())

    def gains(self, scores: Floats) -> NDArray[np.float64]:
        """Give each asked member's NDCG@10, (n,), so that two models can be compared member by member."""
        return self._gained(np.concatenate([self._ranks(scores[part], part) for part in self._parts()]))

    def gains_along(self, base: Floats, added: Floats, shares: Sequence[float]) -> list[NDArray[np.float64]]:
        """
        Give ``gains`` of base + share · added for each of ``shares``, with both (n, items), or ``added`` (items,) for everybody.

        It goes by blocks of members, each with all shares: sums of whole matrices would be written to memory and read again.
        """
        ranks = np.empty((len(shares), len(self.targets)), dtype=np.int64)
        for part in self._parts():
            some = added[part] if added.ndim > 1 else added
            for place, share in enumerate(shares):
                ranks[place, part] = self._ranks(base[part] + np.float32(share) * some, part)
        return [self._gained(row) for row in ranks]

    def standing(self, scores: Floats, *, place: int) -> float:
        """
        Tell how far the ``place``-th best of what may be recommended to a member stands above the middle of it, the mean over members.

        Of few items the best twentieth is looked at instead: further down there is nothing that stands out.
        """
        found = [self._standings(scores, part, place) for part in self._parts()]
        return float(np.concatenate(found).mean())

    def _standings(self, scores: Floats, part: slice, place: int) -> Floats:
        block = scores[part].copy()
        block[self._known(part)] = np.nan
        if self._hidden is not None:
            block = np.delete(block, self._hidden, axis=1)
        # What is not a number stands at the end.
        block.sort(axis=1)
        members, there = np.arange(len(block)), block.shape[1] - np.count_nonzero(np.isnan(block), axis=1)
        middle = (block[members, (there - 1) // 2] + block[members, there // 2]) / 2
        return np.asarray(block[members, there - min(place, max(1, block.shape[1] // 20))] - middle)

    def _gained(self, ranks: Integers) -> NDArray[np.float64]:
        return np.where((ranks < 10) & (self.targets >= 0), 1 / np.log2(ranks + 2), 0.0)

    def _ranks(self, block: Floats, part: slice) -> Integers:
        targets = self.targets[part]
        own = block[np.arange(len(block)), targets][:, np.newaxis]
        better = block > own
        tied = block == own
        known = self._known(part)
        better[known] = False
        tied[known] = False
        if self._hidden is not None:
            better[:, self._hidden] = False
            tied[:, self._hidden] = False
        earlier = np.zeros(len(block), dtype=np.int64)
        # Ties are rare except in constant scores: most rows have the target alone.
        for row in np.nonzero(np.count_nonzero(tied, axis=1) > 1)[0]:
            earlier[row] = np.count_nonzero(tied[row, : targets[row]])
        return np.asarray(np.count_nonzero(better, axis=1) + earlier)

    def _known(self, part: slice) -> tuple[Integers, Integers]:
        """Where the entries of the histories stand among the scores of these members."""
        starts = self.rows.indptr[part.start : part.stop + 1]
        return np.repeat(np.arange(len(starts) - 1), np.diff(starts)), self.rows.indices[starts[0] : starts[-1]]

    def _parts(self) -> Iterator[slice]:
        count = len(self.targets)
        return (slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))
