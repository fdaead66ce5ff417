"""What every trainer and model of the engine promises, and how the engine refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


class Refused(ValueError):
    """The engine will not work with what it was given."""


class BadInput(Refused):
    """Interactions, ages, features or settings are malformed; the message says which and why."""


class MissingInput(Refused):
    """A model needs member features, item features or ages that it was not given."""


class TooLarge(Refused):
    """The catalog is larger than what this model can hold in memory."""


class DamagedModel(Refused):
    """A saved model is incomplete, altered or of an unknown kind."""


class Model(Protocol):
    """
    Something trained that scores every item for some members.

    ``scores`` takes histories (n, items) of weights, optionally ``ages`` of the same pattern that count back from the
    newest item of each row (0 is the newest), and optionally ``users``, row numbers of the training matrix. Members
    whose number is known to a model with member vectors are scored by these vectors; everybody else (``users`` absent,
    negative or beyond the training matrix) is folded in from ``rows``. The answer is raw, (n, items), nothing masked.
    A member of whom a model knows nothing gets the popularity of the items, between 0 and 1.
    """

    @property
    def kind(self) -> str:
        """Name the entry of ``MODELS`` that trained the model."""

    @property
    def popularity(self) -> Floats:
        """Give the (items,) share of each item's weight against the most popular item's."""

    def scores(
        self, rows: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None, users: Integers | None = None
    ) -> Floats:
        """Score all items for each row."""

    def save(self, folder: Path | str) -> None:
        """Write ``.npy`` files and a JSON header, so that ``load(folder)`` gives an equal model."""


class Trainer(Protocol):
    """
    A function that fits one kind of model to ``X`` (members, items), a CSR matrix of weights that are not negative.

    :raises MissingInput: if it needs features that are absent; what it does not need it ignores.
    :raises BadInput: if ``X``, ``ages``, features or settings are malformed.
    """

    def __call__(
        self,
        X: sparse.csr_matrix,
        *,
        ages: sparse.csr_matrix | None = None,
        member_features: NDArray[Any] | None = None,
        item_features: sparse.csr_matrix | None = None,
        seed: int = 0,
        **config: Any,
    ) -> Model:
        """Train a model."""
