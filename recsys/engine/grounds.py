"""
What a source counts of the histories once, to be trained on with many settings.

Settings are chosen on a cut that lacks one entry of some histories: sums over members are mended by those histories alone. And they are
chosen by the items that most entries are about: the time of an inverse grows with the cube of the items, and the tail of a catalog
has little to say about which settings are best. Sources that keep no sums begin from the histories each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from scipy import sparse

from recsys.engine import ease, gram, interactions, moments, successors, threads, trails
from recsys.engine.base import BaseModel
from recsys.engine.contract import Floats, Integers
from recsys.engine.sources import SOURCES

# Of so few items successors are solved for in a fraction of a second: nothing is won by looking at some of them alone.
_FEW: Final = 3_000


class Ground(Protocol):
    """What can be trained on."""

    @property
    def narrows(self) -> bool:
        """Tell whether a cut of it is about some items alone."""

    def trained(self, *, last: bool = False, **config: Any) -> BaseModel:
        """Train with these settings; the ``last`` time the ground may be used up."""

    def cut(self, X: sparse.csr_matrix, ages: sparse.csr_matrix | None, columns: Integers) -> Ground:
        """Give the ground of the same members' histories ``X`` that lack some entries, about ``columns`` where it narrows."""


def of(
    name: str, X: sparse.csr_matrix, ages: Floats | None, inputs: Mapping[str, Any], fixed: Mapping[str, Any]
) -> Ground:
    """Count what the source ``name`` needs of checked histories with ages aligned to their entries, for all settings but the ``fixed``."""
    aged = None if ages is None else interactions.with_data(X, ages)
    if name == "ease" and X.shape[1] <= ease.EASEConfig.largest and fixed.keys() <= {"regularization", "decay"}:
        with threads.one_blas_thread():
            return Together(X, interactions.popularity_of(X), gram.item_item(X))
    if name == "trails" and X.shape[1] <= trails.TrailsConfig.largest and "largest" not in fixed:
        sums = moments.counted(X, ages, fixed.get("memory", trails.TrailsConfig.memory))
        return Near(X, interactions.popularity_of(X), aged, sums)
    if name == "successors" and _FEW < X.shape[1] <= successors.SuccessorsConfig.largest and "largest" not in fixed:
        return Onward(X, interactions.popularity_of(X), ages)
    return Plain(X, name, aged, inputs)


@dataclass(frozen=True, eq=False)
class Plain:
    """The histories themselves."""

    X: sparse.csr_matrix
    name: str
    ages: sparse.csr_matrix | None
    inputs: Mapping[str, Any]

    @property
    def narrows(self) -> bool:
        """Tell that it trains on all items."""
        return False

    def trained(self, *, last: bool = False, **config: Any) -> BaseModel:
        """Train with these settings."""
        return SOURCES[self.name](self.X, ages=self.ages, **self.inputs, **config)

    def cut(self, X: sparse.csr_matrix, ages: sparse.csr_matrix | None, columns: Integers) -> Plain:
        """Give the histories that lack some entries."""
        return Plain(X, self.name, ages, self.inputs)


@dataclass(frozen=True, eq=False)
class Together:
    """For EASE: the Gram."""

    X: sparse.csr_matrix
    popularity: Floats
    sums: Floats

    @property
    def narrows(self) -> bool:
        """Tell that the Gram of some items is a block of it."""
        return True

    def trained(self, *, last: bool = False, **config: Any) -> BaseModel:
        """Invert the Gram."""
        settings = interactions.configured(ease.EASEConfig, config)
        with threads.one_blas_thread():
            learned = ease.solved(self.sums if last else self.sums.copy(), settings.regularization)
        return ease.EASE(self.popularity, learned, settings)

    def cut(self, X: sparse.csr_matrix, ages: sparse.csr_matrix | None, columns: Integers) -> Together:
        """Give the Gram of the histories that lack some entries."""
        rows = _changed(self.X, X)
        block = self.sums[np.ix_(columns, columns)]
        with threads.one_blas_thread():
            block -= gram.item_item(self.X[rows][:, columns])
            block += gram.item_item(X[rows][:, columns])
        return Together(X, interactions.popularity_of(X)[columns], block)


@dataclass(frozen=True, eq=False)
class Near:
    """For trails: who stands near whom and in which order."""

    X: sparse.csr_matrix
    popularity: Floats
    ages: sparse.csr_matrix | None
    sums: moments.Moments

    @property
    def narrows(self) -> bool:
        """Tell that the sums of some items are a block of them."""
        return True

    def trained(self, *, last: bool = False, **config: Any) -> BaseModel:
        """Solve for the sums."""
        settings = interactions.configured(trails.TrailsConfig, config)
        learned = trails.solved(self.sums, settings, last=last)
        return trails.Trails(self.popularity, learned, settings)

    def cut(self, X: sparse.csr_matrix, ages: sparse.csr_matrix | None, columns: Integers) -> Near:
        """Give the sums of the histories that lack some entries."""
        rows, sums = _changed(self.X, X), self.sums.among(columns)
        sums.change(_histories(self.X, self.ages, rows), _histories(X, None if self.ages is None else ages, rows))
        return Near(X, interactions.popularity_of(X)[columns], ages, sums)


@dataclass(frozen=True, eq=False)
class Onward:
    """For successors: the histories, of which some items are counted alone; each memory counts otherwise, so no sums are kept."""

    X: sparse.csr_matrix
    popularity: Floats
    ages: Floats | None
    columns: Integers | None = None

    @property
    def narrows(self) -> bool:
        """Tell that the counts of some items are a block of them."""
        return True

    def trained(self, *, last: bool = False, **config: Any) -> BaseModel:
        """Count and solve."""
        settings = interactions.configured(successors.SuccessorsConfig, config)
        sums = successors.counts(self.X, self.ages, settings.memory, among=self.columns)
        return successors.Successors(self.popularity, successors.solved(*sums, settings.regularization), settings)

    def cut(self, X: sparse.csr_matrix, ages: sparse.csr_matrix | None, columns: Integers) -> Onward:
        """Give the histories that lack some entries, of which ``columns`` are counted."""
        popularity = interactions.popularity_of(X)[columns]
        return Onward(X, popularity, None if ages is None else ages.data, columns)


def _changed(X: sparse.csr_matrix, other: sparse.csr_matrix) -> Integers:
    return np.nonzero(np.diff(X.indptr) != np.diff(other.indptr))[0]


def _histories(X: sparse.csr_matrix, ages: sparse.csr_matrix | None, rows: Integers) -> moments.Histories:
    return X[rows], None if ages is None else ages[rows].data
