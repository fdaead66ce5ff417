"""
Successors: what tends to come next after what, as a closed-form linear model.

Before position t of a history stands s_t = Σ_{k<t} m^(t−1−k) · w_k · e_k, what came before and how much of it is remembered.
minimise Σ_t w_t · ‖e_t − s_t·B‖² + λ‖B‖² gives B = (Σ w_t·s_tᵀs_t + λI)⁻¹ · Σ w_t·s_tᵀe_t. It is the one-step case of SLIT (Choi,
Kim, Lee, Shim, Lee, "Session-aware Linear Item-Item Models for Session-based Recommendation", 2021). Where EASE knows what belongs
together, this knows the direction: the second course after the first one, seldom the first after the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

from recsys.engine import interactions, threads
from recsys.engine.contract import BadInput, Floats, Integers, TooLarge
from recsys.engine.linear import Linear

# What has faded below this is not counted any more: it bounds how far one looks back.
_FAINT: Final = 0.01
_FARTHEST: Final = 60
# Histories are counted in blocks of about so many entries.
_BLOCK: Final = 2**17


@dataclass(frozen=True)
class SuccessorsConfig:
    """
    ``memory`` is m, what of an entry is left at each further step, when B is learned and when it is served alike; ``regularization`` λ.

    Catalogs above ``largest`` items are refused: two matrices of 4 bytes per pair of items are held in training.
    """

    memory: float = 0.75
    regularization: float = 100.0
    largest: int = 15_000

    def __post_init__(self) -> None:
        if not 0 < self.memory < 1:
            raise BadInput(f"memory must lie in (0, 1), not {self.memory}")
        if self.regularization <= 0:
            raise BadInput(f"regularization must be positive, not {self.regularization}")


@dataclass(frozen=True, eq=False)
class Successors(Linear):
    """Scores = Σ_i memory^age_i · w_i · B[i], with ``weights`` B (items, items) float32."""

    config: SuccessorsConfig

    kind: ClassVar[str] = "successors"
    Config: ClassVar[type[Any]] = SuccessorsConfig

    @property
    def fading(self) -> float:
        """Give what is remembered of an entry at each further step."""
        return self.config.memory


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Successors:
    """
    Count what came how long before what, and solve; O(entries · steps remembered + items³) time, three matrices at the peak.

    Without ages the order is not known, and the entries are taken in the order of the items: use it where there are ages.

    :raises TooLarge: if there are more items than ``largest``.
    """
    settings = interactions.configured(SuccessorsConfig, config)
    weights, counted = interactions.checked(X, ages=ages)
    if weights.shape[1] > settings.largest:
        raise TooLarge(f"successors holds at most {settings.largest:,} items, not {weights.shape[1]:,}")
    learned = solved(*counts(weights, counted, settings.memory), settings.regularization)
    return Successors(interactions.popularity_of(weights), learned, settings)


def counts(
    weights: sparse.csr_matrix, ages: Floats | None, memory: float, *, among: Integers | None = None
) -> tuple[Floats, Floats]:
    """
    Give Σ w_t·s_tᵀs_t and Σ w_t·e_tᵀs_t, both (items, items) float32: the second is turned, target by source.

    Of the items ``among`` alone where they are named; the others still stand between them.

    Two entries k ≤ l of a history meet in all s_t with t > l: Σ_t w_t·m^(t−1−k)·m^(t−1−l) = m^(l−k)·r_l with
    r_l = w_{l+1} + m²·r_{l+1}, so that pairs are counted and not steps.
    """
    places = _places(weights.shape[1], among)
    items = weights.shape[1] if among is None else len(among)
    before, onward = (np.zeros((items, items), dtype=np.float32) for _ in range(2))
    steps = min(_FARTHEST, int(np.ceil(np.log(_FAINT) / np.log(memory))))
    for members in members_in_blocks(weights.indptr):
        columns, values, left = in_order_of_time(weights, ages, members)
        _count(places[columns], values, left, memory, steps, before, onward)
    # Only pairs in the order of time were counted.
    diagonal = before.diagonal().copy()
    before += before.T.copy()
    np.fill_diagonal(before, diagonal)
    return before, onward


def _places(items: int, among: Integers | None) -> Integers:
    if among is None:
        return np.arange(items)
    places = np.full(items, -1, dtype=np.int64)
    places[among] = np.arange(len(among))
    return places


def _count(
    columns: Integers, values: Floats, left: Integers, memory: float, steps: int, before: Floats, onward: Floats
) -> None:
    items = before.shape[1]
    rest = rest_of(values, left, memory, steps)
    looked_at = columns >= 0
    for gap in range(steps + 1):
        earlier = np.nonzero(left >= gap)[0]
        if not len(earlier):
            break
        earlier = earlier[looked_at[earlier] & looked_at[earlier + gap]]
        later = earlier + gap
        pairs = values[earlier] * np.float32(memory**gap)
        met = pairs * values[later] * rest[later]
        np.add.at(before.reshape(-1), columns[earlier] * items + columns[later], met)
        if gap:
            followed = pairs * values[later] / np.float32(memory)
            np.add.at(onward.reshape(-1), columns[later] * items + columns[earlier], followed)


def rest_of(values: Floats, left: Integers, memory: float, steps: int) -> Floats:
    """
    Give r_l (entries,): how much is still to be guessed after each entry, faded.

    What lies up to 2n steps ahead is what lies up to n steps ahead, and the same again seen from there.
    """

    def ahead(amounts: Floats, gap: int) -> Floats:
        found = np.zeros_like(values)
        np.multiply(amounts[gap:], left[:-gap] >= gap, out=found[:-gap])
        return found

    rest, reached = np.zeros_like(values), 0
    for bit in f"{steps:b}":
        if reached:
            rest += np.float32(memory ** (2 * reached)) * ahead(rest, reached)
            reached *= 2
        if bit == "1":
            rest = ahead(values, 1) + np.float32(memory**2) * ahead(rest, 1)
            reached += 1
    return rest


def members_in_blocks(starts: Integers, members: slice | None = None, *, entries: int = _BLOCK) -> Iterator[slice]:
    """Divide members, all or some, into blocks of about so many entries, of which the histories start at ``starts`` (members + 1,)."""
    first, end = (0, len(starts) - 1) if members is None else (members.start, members.stop)
    while first < end:
        last = int(np.searchsorted(starts, starts[first] + entries, side="right")) - 1
        yield (block := slice(first, min(max(first + 1, last), end)))
        first = block.stop


def in_order_of_time(
    weights: sparse.csr_matrix, ages: Floats | None, members: slice
) -> tuple[Integers, Floats, Integers]:
    """Give columns, weights and the number of later entries of some members' histories, the oldest entry first."""
    starts = weights.indptr[members.start : members.stop + 1].astype(np.int64)
    part, lengths = slice(starts[0], starts[-1]), np.diff(starts)
    left = np.repeat(starts[1:] - starts[0], lengths) - 1 - np.arange(starts[-1] - starts[0])
    columns, values = weights.indices[part], weights.data[part]
    if ages is None:
        return columns, values, left
    order = _order_of(ages[part], lengths, left)
    return columns[order], values[order], left


def _order_of(ages: Floats, lengths: Integers, left: Integers) -> Integers:
    # An age that counts what is newer is a place, and nothing needs to be sorted.
    places = np.arange(len(ages)) + left - np.minimum(ages, len(ages)).astype(np.int64)
    order = np.full(len(ages), -1, dtype=np.int64)
    if len(ages) and places.min() >= 0:
        order[places] = np.arange(len(ages))
    if (order >= 0).all():
        return order
    return np.lexsort((-ages, np.repeat(np.arange(len(lengths)), lengths)))


def solved(before: Floats, onward: Floats, regularization: float) -> Floats:
    """Turn the counts into B, in their own memory: they are not to be used again."""
    np.einsum("ii->i", before)[...] += np.float32(regularization)
    # The transposed view of what is turned is Fortran-ordered and the right way round: LAPACK works in its memory.
    with threads.one_blas_thread():
        _, learned, failed = lapack.sposv(before.T, onward.T, lower=1, overwrite_a=1, overwrite_b=1)
    if failed:
        raise BadInput("the matrix of what came before is not positive definite: a larger regularization is needed")
    return np.ascontiguousarray(learned)
