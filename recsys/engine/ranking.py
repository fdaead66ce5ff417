"""From scores to a list: the best items, exclusions, the popularity penalty, variety by topic, the creators' cap."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import BadInput, Floats, Integers

NOTHING = -1

_ROWS: Final = 64


def top_k(
    scores: Floats,
    *,
    k: int,
    exclude: sparse.csr_matrix | None = None,
    allowed: NDArray[np.bool_] | None = None,
) -> Integers:
    """
    Give the ``k`` best item numbers of each row of ``scores`` (n, items), best first: (n, k).

    Equal scores are ordered by item number. What ``exclude`` (n, items) stores, zeros included, and what ``allowed``
    (items,) or (n, items) denies is left out; rows that run short end in ``NOTHING``.
    """
    if k < 1:
        raise BadInput(f"k must be at least 1, not {k}")
    masked = np.array(scores, dtype=np.float32)
    if exclude is not None:
        _check_shape(exclude.shape, masked.shape)
        masked[np.repeat(np.arange(len(masked)), np.diff(exclude.indptr)), exclude.indices] = -np.inf
    if allowed is not None:
        masked[~np.broadcast_to(allowed, masked.shape)] = -np.inf
    best = _ordered_best(masked, min(k, masked.shape[1]))
    best[masked[_places(masked), best] == -np.inf] = NOTHING
    if best.shape[1] == k:
        return best
    return np.pad(best, ((0, 0), (0, k - best.shape[1])), constant_values=NOTHING)


def without_popularity(scores: Floats, popularity: Floats, *, penalty: float) -> Floats:
    """
    Give each row's z-scores less ``penalty``·log(1 + popularity), with popularity (items,) a count or sum of weights.

    A small penalty (0.1 to 0.3) shows more of the catalog at little cost; see Steck 2011 on popularity and accuracy.
    """
    return np.asarray(z_scores(scores) - np.float32(penalty) * np.log1p(popularity), dtype=np.float32)


def z_scores(scores: Floats) -> Floats:
    """Center and scale each row to mean 0 and standard deviation 1; a constant row becomes zeros."""
    found = np.array(scores, dtype=np.float32)
    standardize(found)
    return found


def standardize(scores: Floats) -> None:
    """Make z-scores of the rows of ``scores`` in their own memory."""
    # By blocks of rows that stay in a processor's own cache.
    for start in range(0, len(scores), _ROWS):
        block = scores[start : start + _ROWS]
        block -= block.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.einsum("ij,ij->i", block, block) / scores.shape[1])[:, np.newaxis]
        block *= np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-12)


def varied(
    candidates: Sequence[int] | Integers,
    scores: Floats,
    *,
    k: int,
    topics: sparse.csr_matrix | Floats | None = None,
    relevance: float = 0.8,
    creators: Sequence[Any] | NDArray[Any] | None = None,
    per_creator: int | None = None,
) -> list[int]:
    """
    Choose ``k`` of the ``candidates``, item numbers with one score each, by maximal marginal relevance.

    Each step takes the item with the largest relevance·score − (1 − relevance)·(highest cosine of ``topics``
    (items, topics), sparse or dense, with an item already chosen); scores are scaled to 0…1 first (Carbonell and Goldstein 1998).
    ``creators`` (items,) with ``per_creator`` caps how many items of one creator are chosen; None stands for nobody.
    Without topics and cap this is the order of the scores.
    """
    if not 0 <= relevance <= 1:
        raise BadInput(f"relevance must lie in 0…1, not {relevance}")
    found, told = (np.asarray(one).tolist() for one in (candidates, scores))
    kept = [(item, score) for item, score in zip(found, told, strict=True) if item != NOTHING]
    if not kept:
        return []
    numbers, worths = zip(*kept, strict=True)
    worth = _scaled(np.array(worths))
    likeness = _likeness(topics, np.array(numbers))
    # Without topics nothing resembles anything, and the order must stay that of the scores even at relevance 0.
    share = relevance if topics is not None else 1.0
    owners = [None if creators is None else creators[item] for item in numbers]
    return [numbers[place] for place in _marginal(worth, likeness, share, owners, k, per_creator)]


def _marginal(
    worth: NDArray[np.float64],
    likeness: NDArray[np.float64],
    share: float,
    owners: list[Any],
    k: int,
    per_creator: int | None,
) -> list[int]:
    chosen: list[int] = []
    taken: Counter[Any] = Counter()
    nearest, gain = np.zeros(len(worth)), np.empty(len(worth))
    # What is no longer open has no worth.
    left, penalty = share * worth, 1 - share
    for _ in range(len(worth)):
        if len(chosen) == k:
            break
        np.multiply(nearest, -penalty, out=gain)
        gain += left
        place = int(gain.argmax())
        left[place] = -np.inf
        if per_creator is not None and owners[place] is not None and taken[owners[place]] >= per_creator:
            continue
        chosen.append(place)
        taken[owners[place]] += 1
        np.maximum(nearest, likeness[place], out=nearest)
    return chosen


def _ordered_best(scores: Floats, k: int) -> Integers:
    items = scores.shape[1]
    if k >= items:
        return np.argsort(-scores, axis=1, kind="stable")
    border = np.partition(scores, items - k, axis=1)[:, items - k, np.newaxis]
    reaching = scores >= border
    if np.count_nonzero(reaching) > k * len(scores):
        reaching = _first_of_equals(scores, border, reaching, k)
    numbers = np.nonzero(reaching)[1].reshape(len(scores), k)
    order = np.argsort(-scores[_places(scores), numbers], axis=1, kind="stable")
    return np.asarray(numbers[_places(scores), order])


def _places(matrix: Floats) -> Integers:
    return np.arange(len(matrix))[:, np.newaxis]


def _first_of_equals(scores: Floats, border: Floats, reaching: NDArray[np.bool_], k: int) -> NDArray[np.bool_]:
    # Everything above the k-th best value, and as many of those that equal it as there is room, by item number.
    level = scores == border
    room = k - (reaching & ~level).sum(axis=1, keepdims=True)
    return np.asarray(reaching & (~level | (np.cumsum(level, axis=1) <= room)))


def _scaled(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _likeness(topics: sparse.csr_matrix | Floats | None, numbers: Integers) -> NDArray[np.float64]:
    if topics is None:
        return np.zeros((len(numbers), len(numbers)))
    rows = topics[numbers].astype(np.float64) if isinstance(topics, np.ndarray) else _dense_rows(topics, numbers)
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, np.newaxis]
    unit = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return np.asarray(unit @ unit.T)


def _dense_rows(topics: sparse.csr_matrix, numbers: Integers) -> NDArray[np.float64]:
    # A few hundred rows have few columns between them: densely that is one product, and sparse ones are mostly bookkeeping.
    picked = sparse.csr_matrix(topics[numbers], dtype=np.float64)
    columns, places = np.unique(picked.indices, return_inverse=True)
    rows = np.zeros((len(numbers), len(columns)))
    np.add.at(rows, (np.repeat(np.arange(len(numbers)), np.diff(picked.indptr)), places), picked.data)
    return rows


def _check_shape(found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if found != wanted:
        raise BadInput(f"exclude must be {wanted}, not {found}")
