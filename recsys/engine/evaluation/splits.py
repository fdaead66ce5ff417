"""Cutting histories into what a model may learn, what it is served with, and what it should have guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine.contract import BadInput, Integers
from recsys.engine.dataset import Dataset


@dataclass(frozen=True)
class Split:
    """
    ``X`` and ``ages`` (all members, items) to learn from; ``rows`` and ``row_ages`` (n, items), the histories to serve.

    ``targets`` (n, items) is what came later. ``users`` (n,) are the members' row numbers in ``X``, whose rows are
    empty in the strong split. ``cold_targets`` is the share of targets whose item nobody had before.
    """

    name: str
    X: sparse.csr_matrix
    ages: sparse.csr_matrix
    rows: sparse.csr_matrix
    row_ages: sparse.csr_matrix
    targets: sparse.csr_matrix
    users: Integers
    cold_targets: float


def by_time(dataset: Dataset, *, share: float = 0.2, seed: int = 0) -> Split:
    """Cut all histories at one instant: the newest ``share`` of all interactions is to be guessed."""
    # Ties at the cut stay together: an instant is either known or not.
    cut = np.sort(dataset.times)[int(len(dataset) * (1 - share))] if len(dataset) else 0.0
    return _cut(dataset, dataset.times >= cut, name="time")


def leave_last(dataset: Dataset, *, share: float = 0.0, seed: int = 0) -> Split:
    """Keep the newest interaction of each member back; members with a single one are only learned from."""
    lengths = np.bincount(dataset.users, minlength=dataset.shape[0])
    return _cut(dataset, (dataset.ages() == 0) & (lengths[dataset.users] > 1), name="leave-last")


def strong(dataset: Dataset, *, share: float = 0.1, seed: int = 0, fold_in: str = "oldest") -> Split:
    """
    Keep ``share`` of the members out of learning; serve the first four fifths of their history, guess the rest.

    ``fold_in="random"`` serves a random four fifths instead, as the literature on MovieLens does: good for comparing
    with its figures, too kind to every model otherwise.
    """
    random = np.random.default_rng(seed)
    out = np.zeros(dataset.shape[0], dtype=bool)
    lengths = np.bincount(dataset.users, minlength=dataset.shape[0])
    able = np.nonzero(lengths > 1)[0]
    out[random.permutation(able)[: max(1, round(share * len(able)))]] = True
    place = _random_ages(dataset, random) if fold_in == "random" else dataset.ages()
    late = out[dataset.users] & (place < np.maximum(1, lengths[dataset.users] // 5))
    return _cut(dataset, late, name="strong", unlearned=out)


SPLITS: Final[dict[str, Callable[..., Split]]] = {"time": by_time, "leave-last": leave_last, "strong": strong}


def inner(
    X: sparse.csr_matrix,
    ages: sparse.csr_matrix | None,
    *,
    seed: int = 0,
    at_most: int = 5000,
    shown: NDArray[np.bool_] | None = None,
) -> Split:
    """
    Keep the newest entry of each history of ``X`` back, to choose settings by; without ages a random entry.

    At most ``at_most`` members, drawn by ``seed``, are guessed for; the others stay whole. Where only some items are ever
    ``shown`` (items,), the newest entry of these is kept back, and what came after it is left out: it was not known then.
    """
    if shown is not None:
        X, ages = _until_shown(X, ages, shown)
    lengths = np.diff(X.indptr)
    can_be_asked = lengths > 1
    if shown is not None:
        users = np.repeat(np.arange(X.shape[0]), lengths)
        can_be_asked &= np.bincount(users[shown[X.indices]], minlength=X.shape[0]) > 0
    able = np.nonzero(can_be_asked)[0]
    random = np.random.default_rng(seed)
    asked = np.sort(random.permutation(able)[:at_most])
    order = random.random(X.nnz) if ages is None else ages.data
    # The histories of all others stay as they are: nothing is asked of their entries.
    theirs, owners = _entries_of(asked, X.indptr)
    ranks = order[theirs] if shown is None else np.where(shown[X.indices[theirs]], order[theirs], np.inf)
    late = np.zeros(X.nnz, dtype=bool)
    late[theirs[_firsts(ranks, owners)]] = True
    kept_ages = np.zeros(X.nnz, np.float32) if ages is None else ages.data.copy()
    if ages is not None:
        kept_ages[theirs] = _recounted(ages.data[theirs], owners, ~late[theirs])
    return _assembled("inner", X.shape, X.indptr, X.indices, X.data, kept_ages, late, asked, asked[:0])


def _entries_of(some: Integers, starts: Integers) -> tuple[Integers, Integers]:
    """Give where the entries of ``some`` members are stored, and whose each is."""
    lengths = np.diff(starts)[some]
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts[some] - before, lengths) + np.arange(lengths.sum()), np.repeat(some, lengths)


def after(
    X: sparse.csr_matrix,
    ages: sparse.csr_matrix,
    late: NDArray[np.bool_],
    *,
    shown: NDArray[np.bool_],
    at_most: int | None = None,
    seed: int = 0,
) -> Split:
    """
    Keep the entries of ``X`` that ``late`` (entries,) marks back, as when all histories are cut at one instant.

    Of them only items that are ``shown`` (items,) are to be guessed. Only members with something before and something to
    guess are asked, which may be nobody; of more than ``at_most`` so many, drawn by ``seed``.
    """
    kept = ~late | shown[X.indices]
    X, ages, late = _only(X, kept), _only(ages, kept), late[kept]
    users = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    known, wanted = (np.bincount(users[part], minlength=X.shape[0]) > 0 for part in (~late, late))
    asked = np.sort(np.random.default_rng(seed).permutation(np.nonzero(known & wanted)[0])[:at_most])
    kept_ages = _recounted(ages.data, users, ~late)
    return _assembled("time", X.shape, X.indptr, X.indices, X.data, kept_ages, late, asked, asked[:0])


def _until_shown(
    X: sparse.csr_matrix, ages: sparse.csr_matrix | None, shown: NDArray[np.bool_]
) -> tuple[sparse.csr_matrix, sparse.csr_matrix | None]:
    """Leave out what is newer than the newest entry that is shown, in the histories that have one."""
    if ages is None:
        return X, None
    users = np.repeat(np.arange(X.shape[0]), np.diff(X.indptr))
    newest = np.full(X.shape[0], np.inf)
    np.minimum.at(newest, users[shown[X.indices]], ages.data[shown[X.indices]])
    kept = (ages.data >= newest[users]) | np.isinf(newest[users])
    recounted = _recounted(ages.data, users, kept)
    counted = sparse.csr_matrix((recounted, ages.indices, ages.indptr), shape=ages.shape)
    return _only(X, kept), _only(counted, kept)


def _only(matrix: sparse.csr_matrix, kept: NDArray[np.bool_]) -> sparse.csr_matrix:
    return _picked(kept, matrix.indptr, matrix.indices, (matrix.data,), matrix.shape)[0]


def _cut(dataset: Dataset, late: NDArray[np.bool_], *, name: str, unlearned: NDArray[np.bool_] | None = None) -> Split:
    known = np.bincount(dataset.users[~late], minlength=dataset.shape[0]) > 0
    asked = np.intersect1d(np.unique(dataset.users[late]), np.nonzero(known)[0])
    if not len(asked):
        raise BadInput(f"the split {name!r} leaves no member with both a history and something to guess")
    ages = np.zeros(len(dataset), dtype=np.float32)
    ages[~late] = dataset.chosen(~late).ages()
    order = np.lexsort((dataset.items, dataset.users))
    out = np.zeros(0, dtype=np.int64) if unlearned is None else np.nonzero(unlearned)[0]
    columns = (dataset.users[order], dataset.items[order], dataset.weights[order], ages[order], late[order])
    users, items, weights, kept_ages, held = columns
    starts = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=dataset.shape[0]))])
    return _assembled(name, dataset.shape, starts, items, weights, kept_ages, held, asked, out)


def _assembled(
    name: str,
    shape: tuple[int, int],
    starts: Integers,
    items: Integers,
    weights: NDArray[np.float32],
    ages: NDArray[np.float32],
    late: NDArray[np.bool_],
    asked: Integers,
    unlearned: Integers,
) -> Split:
    served, served_ages = _picked(~late, starts, items, (weights, ages), shape)
    X, learned_ages = served, served_ages
    if len(unlearned):
        learned = ~late & np.repeat(~_marked(unlearned, shape[0]), np.diff(starts))
        X, learned_ages = _picked(learned, starts, items, (weights, ages), shape)
    (guessed,) = _picked(late, starts, items, (np.ones(len(items), np.float32),), shape)
    targets = guessed[asked]
    cold = np.bincount(X.indices, minlength=shape[1])[targets.indices] == 0
    return Split(
        name=name,
        X=X,
        ages=learned_ages,
        rows=served[asked],
        row_ages=served_ages[asked],
        targets=targets,
        users=asked,
        cold_targets=float(cold.mean()) if len(cold) else 0.0,
    )


def _picked(
    mask: NDArray[np.bool_],
    starts: Integers,
    items: Integers,
    columns: tuple[NDArray[np.float32], ...],
    shape: tuple[int, int],
) -> list[sparse.csr_matrix]:
    """Give a matrix of some entries for each of ``columns``; the entries come sorted by member and item, and stored zeros stay."""
    kept = np.nonzero(mask)[0]
    pattern = items.take(kept), np.searchsorted(kept, starts)
    return [sparse.csr_matrix((np.asarray(values.take(kept), np.float32), *pattern), shape=shape) for values in columns]


def _marked(some: Integers, count: int) -> NDArray[np.bool_]:
    marked = np.zeros(count, dtype=bool)
    marked[some] = True
    return marked


def _firsts(order: NDArray[Any], users: Integers) -> Integers:
    """Give the places of each member's entry that comes first in ``order``, of several alike the first stored."""
    ranked = np.lexsort((order, users))
    return ranked[np.concatenate([[True], np.diff(users[ranked]) > 0])] if len(ranked) else ranked


def _recounted(ages: NDArray[np.float32], users: Integers, kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    order = np.lexsort((ages, users))
    order = order[kept[order]]
    owners = users[order]
    starts = np.searchsorted(owners, owners)
    counted = np.zeros(len(ages), dtype=np.float32)
    counted[order] = np.arange(len(order)) - starts
    return counted


def _random_ages(dataset: Dataset, random: np.random.Generator) -> NDArray[np.float32]:
    everything = np.ones(len(dataset), dtype=bool)
    return _recounted(random.random(len(dataset)).astype(np.float32), dataset.users, everything)
