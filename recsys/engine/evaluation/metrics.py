"""How good lists are: recall, NDCG, coverage, Gini, variety, by activity, with standard errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import gram, ranking
from recsys.engine.contract import Floats, Integers
from recsys.engine.evaluation.splits import Split

DEPTH: Final = 100
BUCKETS: Final = ((1, 2), (3, 5), (6, 10), (11, 20), (21, 50), (51, 200), (201, None))
_CHUNK: Final = 1000
_COMPARED_LISTS: Final = 1000


class Scorer(Protocol):
    """Anything that scores histories, one of our models or a peer."""

    def scores(
        self, rows: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None, users: Integers | None = None
    ) -> Floats:
        """Score all items for each row."""


@dataclass(frozen=True)
class Figure:
    """A mean over members with its standard error."""

    mean: float
    error: float


@dataclass(frozen=True)
class Measured:
    """
    The quality of one model on one split.

    Recall and NDCG divide by what was possible in the list. ``coverage_10`` is the share of all items in anybody's
    top 10; ``gini`` of the exposure in them, 0 equal to 1 all on one; ``diversity`` is one minus the mean cosine
    within a top 10. ``by_activity`` maps a range of history lengths to NDCG@10 and how many members it is the mean of.
    """

    members: int
    recall_20: Figure
    ndcg_10: Figure
    ndcg_100: Figure
    coverage_10: float
    gini: float
    diversity: Figure
    by_activity: dict[str, tuple[Figure, int]]

    def as_dict(self) -> dict[str, Any]:
        """Give plain numbers for JSON."""
        return asdict(self)


def measure(
    model: Scorer,
    split: Split,
    *,
    item_features: sparse.csr_matrix | None = None,
    allowed: NDArray[np.bool_] | None = None,
    known_members: bool = False,
) -> Measured:
    """
    Rank what each member of ``split`` did not have yet, and compare with what came.

    ``known_members`` scores by stored member vectors instead of folding histories in. Diversity compares items by
    ``item_features`` (items, terms) or else by who took them in ``split.X``.
    """
    lists = recommended(model, split, allowed=allowed, known_members=known_members)
    hits = _hits(lists, split.targets)
    wanted = np.diff(split.targets.indptr)
    ndcg = _ndcg(hits, wanted, 10)
    exposure = np.bincount(lists[:, :10][lists[:, :10] != ranking.NOTHING], minlength=split.X.shape[1])
    return Measured(
        members=len(lists),
        recall_20=_figure(hits[:, :20].sum(axis=1) / np.minimum(wanted, 20)),
        ndcg_10=_figure(ndcg),
        ndcg_100=_figure(_ndcg(hits, wanted, 100)),
        coverage_10=float((exposure > 0).mean()),
        gini=gini(exposure),
        diversity=_figure(_diversity(lists[:, :10], split.X.T.tocsr() if item_features is None else item_features)),
        by_activity=_by_activity(ndcg, np.diff(split.rows.indptr)),
    )


def ndcg_10(model: Scorer, split: Split) -> float:
    """Give the mean NDCG@10 alone, what settings are chosen by."""
    hits = _hits(recommended(model, split, depth=10), split.targets)
    return float(_ndcg(hits, np.diff(split.targets.indptr), 10).mean()) if len(hits) else 0.0


def recommended(
    model: Scorer,
    split: Split,
    *,
    depth: int = DEPTH,
    allowed: NDArray[np.bool_] | None = None,
    known_members: bool = False,
) -> Integers:
    """Give each member's best ``depth`` items that are not in the history, (n, depth), in blocks of members."""
    lists = np.full((split.rows.shape[0], depth), ranking.NOTHING, dtype=np.int64)
    for part in _chunks(split.rows.shape[0]):
        rows, users = split.rows[part], split.users[part] if known_members else None
        scores = model.scores(rows, ages=split.row_ages[part], users=users)
        lists[part] = ranking.top_k(scores, k=depth, exclude=rows, allowed=allowed)
    return lists


def gini(exposure: NDArray[Any]) -> float:
    """Give the Gini coefficient of the exposure (items,): 0 when all are equal, near 1 when one has everything."""
    ordered = np.sort(exposure.astype(np.float64))
    if not ordered.sum():
        return 0.0
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * ranks - len(ordered) - 1) @ ordered / (len(ordered) * ordered.sum()))


def _hits(lists: Integers, targets: sparse.csr_matrix) -> NDArray[np.bool_]:
    items = targets.shape[1]
    owners = np.repeat(np.arange(targets.shape[0]), np.diff(targets.indptr))
    # One more than there can be stands at the end, so that each key finds a place.
    wanted = np.append(np.sort(owners * items + targets.indices), len(lists) * items)
    keys = np.arange(len(lists))[:, np.newaxis] * items + lists
    return np.asarray((wanted[np.searchsorted(wanted, keys)] == keys) & (lists != ranking.NOTHING))


def _ndcg(hits: NDArray[np.bool_], wanted: NDArray[Any], depth: int) -> NDArray[np.float64]:
    gains = 1.0 / np.log2(np.arange(2, depth + 2))
    shown = min(depth, hits.shape[1])
    ideal = np.cumsum(gains)[np.clip(wanted, 1, depth) - 1]
    return np.asarray(hits[:, :shown] @ gains[:shown] / ideal)


def _diversity(lists: Integers, features: sparse.csr_matrix) -> NDArray[np.float64]:
    unit = gram.unit_rows(sparse.csr_matrix(features, dtype=np.float32))
    full = lists[(lists != ranking.NOTHING).all(axis=1)]
    # Every n-th list, so that a large community costs no more than a thousand lists.
    full = full[:: max(1, len(full) // _COMPARED_LISTS)]
    count = lists.shape[1]
    if not len(full) or count < 2:
        return np.zeros(0)
    # The squared length of a list's sum of unit vectors holds all cosines of its pairs at once.
    picked = sparse.csr_matrix(
        (np.ones(full.size, np.float32), full.ravel(), np.arange(len(full) + 1) * count),
        shape=(len(full), len(unit.indptr) - 1),
    )
    own = np.asarray(unit.multiply(unit).sum(axis=1)).ravel()
    squares = np.concatenate([_squared_rows(picked[part] @ unit) for part in _chunks(len(full))])
    return np.asarray(1 - (squares - own[full].sum(axis=1)) / (count * (count - 1)))


def _squared_rows(matrix: sparse.csr_matrix) -> NDArray[np.float64]:
    return np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float64).ravel()


def _by_activity(values: NDArray[np.float64], lengths: NDArray[Any]) -> dict[str, tuple[Figure, int]]:
    table = {}
    for low, high in BUCKETS:
        within = (lengths >= low) & (lengths <= (high or np.inf))
        if within.any():
            name = f"{low}–{high}" if high else f"{low}+"
            table[name] = (_figure(values[within]), int(within.sum()))
    return table


def _figure(values: NDArray[np.float64]) -> Figure:
    if not len(values):
        return Figure(0.0, 0.0)
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return Figure(float(values.mean()), float(error))


def _chunks(count: int) -> Iterator[slice]:
    return (slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))
