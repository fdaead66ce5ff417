"""What the models share: checking of histories, known and unknown members, the fallback to popularity, saving."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, ranking, storage
from recsys.engine.contract import BadInput, Floats, Integers


class BaseModel(ABC):
    """A dataclass of arrays and settings with ``popularity`` (items,) among its fields."""

    kind: ClassVar[str]
    Config: ClassVar[type[Any]]
    config: Any
    popularity: Floats

    @property
    def items(self) -> int:
        """Count the items that the model knows."""
        return len(self.popularity)

    def scores(
        self, rows: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None, users: Integers | None = None
    ) -> Floats:
        """
        Score all items for each row, (n, items) float32; ``contract.Model`` says what the arguments mean.

        :raises BadInput: if the histories are malformed.
        """
        weights, counted = interactions.checked(rows, ages=ages, items=self.items)
        return self.answered(weights, counted, users=self._known(users, weights.shape[0]))

    def answered(self, weights: sparse.csr_matrix, ages: Floats | None, *, users: Integers | None = None) -> Floats:
        """Score histories that were checked before, with ages aligned to their entries and unknown users as -1."""
        scores = self._scored(weights, ages, users)
        # A row of zeros is a member of whom the model knows nothing.
        unknown = ~scores.any(axis=1)
        if unknown.any():
            scores[unknown] = self.popularity
        return scores

    @property
    def tells_all_the_same(self) -> bool:
        """Tell whether everybody gets the scores ``popularity``, whatever their history."""
        return False

    @property
    def tells_each_alone(self) -> bool:
        """Tell whether a history gets the same scores to the last digit, and as fast, whichever others are asked about with it."""
        return False

    @property
    def is_about_known_members(self) -> bool:
        """Tell whether the model is at its best with members whom it was trained on, rather than with histories."""
        return False

    def without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None) -> Floats:
        """
        Score all items once for each entry of the one history ``row``, as if that entry were not there.

        The answer is (entries, items). The ages of the others stay what they are.
        """
        weights, counted = interactions.checked(row, ages=ages, items=self.items)
        if weights.shape[0] != 1:
            raise BadInput(f"without_each takes one history, not {weights.shape[0]}")
        pairs = left_out(weights, counted)
        return self.scores(pairs[0], ages=pairs[1])

    def z_without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """Give the z-scores of ``without_each``, over all items, at the items ``at`` alone, (entries, at)."""
        return ranking.z_scores(self.without_each(row, ages=ages))[:, at]

    def without_each_at(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """Give ``without_each`` at the items ``at`` alone, (entries, at), which may cost much less."""
        return self.without_each(row, ages=ages)[:, at]

    def save(self, folder: Path | str) -> None:
        """Write ``.npy`` files and a JSON header into ``folder``."""
        storage.save(self, folder)

    @property
    def serves_by_age(self) -> bool:
        """Tell whether the setting ``decay`` acts when the model is served, so that it can be changed afterwards."""
        return any(field.name == "decay" for field in dataclasses.fields(self.Config))

    def served_with(self, **settings: Any) -> Self:
        """Give the same model with other settings of serving; nothing is trained or copied."""
        return dataclasses.replace(self, config=dataclasses.replace(self.config, **settings))  # type: ignore[type-var]

    def without_members(self) -> Self:
        """Give the same model without what it learned of single members: it folds every history in."""
        names = [field.name for field in dataclasses.fields(self)]  # type: ignore[arg-type]
        return dataclasses.replace(self, **{name: _unpeopled(getattr(self, name), name) for name in names})  # type: ignore[type-var]

    @abstractmethod
    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Score histories; the answer is new memory."""

    def _of_members(self, users: Integers) -> Floats:
        """Score members of the training matrix by what was learned of them; only called when ``known_members`` > 0."""
        raise NotImplementedError

    @property
    def known_members(self) -> int:
        """Count the members that the model has vectors for; 0 when it keeps none."""
        return 0

    def _known(self, users: Integers | None, count: int) -> Integers | None:
        if users is None:
            return None
        numbers = np.asarray(users)
        if numbers.shape != (count,) or not np.issubdtype(numbers.dtype, np.integer):
            raise BadInput(f"users must be {count} row numbers, one for each history")
        return np.where(numbers < self.known_members, numbers, -1).astype(np.int64)

    def _scored(self, weights: sparse.csr_matrix, ages: Floats | None, users: Integers | None) -> Floats:
        known = np.zeros(0, bool) if users is None else (users >= 0) & (users < self.known_members)
        if users is None or not known.any():
            return self._of_histories(weights, ages)
        scores = np.empty((weights.shape[0], self.items), dtype=np.float32)
        scores[known] = self._of_members(users[known])
        if not known.all():
            scores[~known] = self._of_histories(*_picked(weights, ages, ~known))
        return scores


def _unpeopled(value: Any, name: str) -> Any:
    if name == "members":
        return value[:0]
    if isinstance(value, tuple):
        return tuple(part.without_members() if isinstance(part, BaseModel) else part for part in value)
    return value


def left_out(weights: sparse.csr_matrix, ages: Floats | None) -> tuple[sparse.csr_matrix, sparse.csr_matrix | None]:
    """Copy one history as often as it has entries, each copy lacking one of them; and the ages likewise."""
    count = weights.nnz
    keep = ~np.eye(count, dtype=bool)
    columns = np.broadcast_to(weights.indices, (count, count))[keep]
    indptr = np.arange(count + 1) * max(count - 1, 0)

    def copies(values: NDArray[np.float32]) -> sparse.csr_matrix:
        data = np.broadcast_to(values, (count, count))[keep]
        return sparse.csr_matrix((data, columns, indptr), shape=(count, weights.shape[1]))

    return copies(weights.data), None if ages is None else copies(ages)


def _picked(
    weights: sparse.csr_matrix, ages: Floats | None, mask: NDArray[np.bool_]
) -> tuple[sparse.csr_matrix, Floats | None]:
    if ages is None:
        return weights[mask], None
    # Fancy indexing keeps stored zeros, so that the two stay of one pattern.
    return weights[mask], interactions.with_data(weights, ages)[mask].data
