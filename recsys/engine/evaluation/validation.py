"""A fast NDCG@10 for choosing: each asked member has exactly one entry to guess, so its rank is all that is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.evaluation.splits import Split
from recsys.engine.interactions import checked
from recsys.engine.threads import Run, one_by_one

# So many members' scores of a few thousand items stay in a processor's own cache.
_CHUNK: Final = 64
# And of so many members whose scores are made and looked at in one go.
_ANSWERED: Final = 128
_DEPTH: Final = 10


class Validation:
    """The asked members of an inner cut, with their one target each."""

    def __init__(self, cut: Split, *, shown: NDArray[np.bool_] | None = None, run: Run = one_by_one) -> None:
        """Remember where the targets and the histories are, among which items (items,) they are to be found, and who does the work."""
        if not (np.diff(cut.targets.indptr) == 1).all():
            raise BadInput("a validation needs exactly one target for each member")
        self.cut = cut
        self.rows, self.ages = checked(cut.rows, ages=cut.row_ages)
        self.targets = cut.targets.indices.astype(np.int64)
        self._hidden = None if shown is None else np.nonzero(~shown)[0]
        self._run = run

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
        """Score all asked members by folding their histories in, (n, items), or (1, items) where everybody is told the same."""
        if model.tells_all_the_same:
            return model.popularity[np.newaxis].copy()
        if not model.tells_each_alone:
            return model.answered(self.rows, self.ages)
        found = np.empty((len(self.targets), model.items), dtype=np.float32)

        def score(part: slice) -> None:
            found[part] = self._answers(model, part)

        self._run([partial(score, part) for part in self._parts(_ANSWERED)])
        return found

    def ndcg_of(self, model: BaseModel) -> float:
        """Give the mean NDCG@10 of a model's scores, which are not kept where they can be made for one block of members after the other."""
        if model.tells_all_the_same or not model.tells_each_alone:
            return self.ndcg(self.scored_by(model))
        found = np.empty(len(self.targets))

        def gain(part: slice) -> None:
            found[part] = _gains(self._closed(self._answers(model, part), part, -np.inf), self.targets[part])

        self._run([partial(gain, part) for part in self._parts(_ANSWERED)])
        return float(found.mean())

    def ndcg(self, scores: Floats) -> float:
        """Give the mean NDCG@10 of ``scores`` (n, items), with histories left out and ties in order of item number."""
        return float(self.gains(scores).mean())

    def gains(self, scores: Floats) -> NDArray[np.float64]:
        """Give each asked member's NDCG@10, (n,), so that two models can be compared member by member."""
        return self.gains_along(scores, np.zeros((1, scores.shape[1]), np.float32), (0.0,))[0]

    def gains_along(self, base: Floats, added: Floats, shares: Sequence[float]) -> list[NDArray[np.float64]]:
        """
        Give ``gains`` of base + share · added for each of ``shares``, with both (n, items), or (1, items) for everybody.

        It goes by blocks of members, each with all shares: sums of whole matrices would be written to memory and read again.
        """
        found = np.empty((len(shares), len(self.targets)))
        self._run([partial(self._gain_along, base, added, shares, part, found) for part in self._parts()])
        return list(found)

    def standing(self, scores: Floats, *, place: int) -> float:
        """
        Tell how far the ``place``-th best of what may be recommended to a member stands above the middle of it, the mean over members.

        Of few items the best twentieth is looked at instead: further down there is nothing that stands out.
        """
        found = np.empty(len(self.targets), dtype=np.float32)
        self._run([partial(self._stand, scores, place, part, found) for part in self._parts()])
        return float(found.mean())

    def _gain_along(
        self, base: Floats, added: Floats, shares: Sequence[float], part: slice, found: NDArray[np.float64]
    ) -> None:
        open_to, some = self._closed(_of(base, part), part, -np.inf), _of(added, part)
        for place, share in enumerate(shares):
            found[place, part] = _gains(open_to + np.float32(share) * some, self.targets[part])

    def _stand(self, scores: Floats, place: int, part: slice, found: Floats) -> None:
        block = self._closed(_of(scores, part), part, np.nan)
        if self._hidden is not None:
            block = np.delete(block, self._hidden, axis=1)
        # What is not a number stands at the end.
        block.sort(axis=1)
        members, there = np.arange(len(block)), block.shape[1] - np.count_nonzero(np.isnan(block), axis=1)
        middle = (block[members, (there - 1) // 2] + block[members, there // 2]) / 2
        found[part] = block[members, there - min(place, max(1, block.shape[1] // 20))] - middle

    def _answers(self, model: BaseModel, part: slice) -> Floats:
        starts = self.rows.indptr
        ages = None if self.ages is None else self.ages[starts[part.start] : starts[part.stop]]
        return model.answered(self.rows[part], ages)

    def _closed(self, scores: Floats, part: slice, value: float) -> Floats:
        """Copy the scores of some members, with ``value`` where nothing may be recommended."""
        starts = self.rows.indptr[part.start : part.stop + 1]
        block = np.array(np.broadcast_to(scores, (len(starts) - 1, scores.shape[1])))
        block[np.repeat(np.arange(len(block)), np.diff(starts)), self.rows.indices[starts[0] : starts[-1]]] = value
        if self._hidden is not None:
            block[:, self._hidden] = value
        return block

    def _parts(self, most: int = _CHUNK) -> Iterator[slice]:
        """Divide the members into equal blocks, none of a single member: of one history a model may round otherwise."""
        count = len(self.targets)
        parts = -(-count // most)
        return (slice(count * place // parts, count * (place + 1) // parts) for place in range(parts))


def _of(scores: Floats, part: slice) -> Floats:
    return scores if len(scores) == 1 else scores[part]


def _gains(scores: Floats, targets: Integers) -> NDArray[np.float64]:
    own = scores[np.arange(len(scores)), targets]
    ranks = np.count_nonzero(scores > own[:, np.newaxis], axis=1)
    seen = np.nonzero((ranks < _DEPTH) & (targets >= 0))[0]
    tied = scores[seen] == own[seen, np.newaxis]
    # Ties are rare except in constant scores: most rows have the target alone.
    for place in np.nonzero(np.count_nonzero(tied, axis=1) > 1)[0]:
        ranks[seen[place]] += np.count_nonzero(tied[place, : targets[seen[place]]])
    return np.where((ranks < _DEPTH) & (targets >= 0), 1 / np.log2(ranks + 2), 0.0)
