"""Whether the columns of an interaction file make sense: what is spoilt ranks models upside down, and no table would show it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from recsys.engine import gram
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.dataset import Dataset

_POSITIONS: Final = 5
_LEAST_EVENTS: Final = 200
_MOST_FIXED: Final = 0.9
# Beyond so many standard errors it is not chance.
_SURE: Final = 3.0
# What is half as far from chance as elsewhere, of popularity a quarter, is drift; what is nearer to chance is no data.
_LEAST_KNOWN: Final = 0.5
_LEAST_POPULAR: Final = 0.25
_LEAST_SUITED: Final = 0.5
# So many histories are held against so many others.
_ASKED: Final = 1_000
_NEIGHBORS: Final = 10_000
# Below so many entries an order is not told from a lot; so many pairs are looked at.
_LEAST_ORDERED: Final = 2_000
_PAIRS: Final = 20_000
# An order that has meaning is this far from a lot in files of three thousand entries already; of fifty lots all but one are nearer.
_DRIFTS: Final = 2.5
_TASTES: Final = 12
_LONGEST: Final = 60


def check_positions(dataset: Dataset) -> None:
    """
    Compare the newest positions of all histories with the rest: are their items as guessable as everybody else's?

    At each of the five newest positions, the items should be drawn from the distribution that the other positions
    show, and suit the rest of their own history better than that of others. A column that was shuffled, numbered by another
    table or cut off wrongly breaks this, and then ranks models upside down. Three measures per position: the share of items that
    occur elsewhere at all, their mean popularity percentile there, and how often they suit the rest of their history
    better than the item of another history at the same position does. Drift lowers them a little, corruption to chance.

    :raises BadInput: naming the position, if one is far below the others. Positions with few events are not judged.
    """
    ages = dataset.ages()
    judged = [age for age in range(_POSITIONS) if int((ages == age).sum()) >= _LEAST_EVENTS]
    if len(judged) < 3 or dataset.shape[1] < 20:
        return
    measures = np.array([_guessable(dataset, ages == age) for age in judged])
    for age, own in zip(judged, measures, strict=True):
        others = np.median(measures[np.array(judged) != age], axis=0)
        if what := _far_below(own, others):
            raise BadInput(
                f"position {age} counted from the newest looks corrupt: {what}; are all identifiers of one kind, and does each "
                f"line belong to its user?"
            )


def _far_below(own: NDArray[np.float64], others: NDArray[np.float64]) -> str:
    """Say which measure of a position is far below those of the others; empty when none is."""
    seen, percentile, suits, events = own
    if seen < _LEAST_KNOWN * others[0]:
        return f"{seen:.0%} of its items occur elsewhere (others {others[0]:.0%})"
    # 0.5 is what items drawn by chance would have; of where all are alike, nothing can be told.
    if _is_chance(percentile, others[1], left=_LEAST_POPULAR, events=events):
        return f"the mean popularity percentile of its items is {percentile:.2f} (others {others[1]:.2f})"
    if _is_chance(suits, others[2], left=_LEAST_SUITED, events=min(events, _ASKED)):
        return f"its items suit the rest of their histories in {suits:.0%} of comparisons with others (others {others[2]:.0%})"
    return ""


def _is_chance(found: float, others: float, *, left: float, events: float) -> bool:
    # A place drawn evenly from 0 to 1 has a variance of 1/12.
    error = 1 / np.sqrt(12 * events)
    return bool(found + _SURE * error < 0.5 + left * (others - 0.5))


def _guessable(dataset: Dataset, here: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    elsewhere = np.bincount(dataset.items[~here], minlength=dataset.shape[1])
    found = dataset.items[here]
    seen, percentile = (elsewhere[found] > 0).mean(), _percentiles(elsewhere)[found].mean()
    return float(seen), float(percentile), _suits(dataset, here), float(here.sum())


def _percentiles(counts: NDArray[np.int64]) -> Floats:
    # Mean rank among equals, so that a drawn-by-chance item has 0.5 in the mean.
    ordered = np.sort(counts)
    below, up_to = np.searchsorted(ordered, counts, "left"), np.searchsorted(ordered, counts, "right")
    return np.asarray((below + up_to) / (2 * len(counts)), dtype=np.float32)


def _suits(dataset: Dataset, here: NDArray[np.bool_]) -> float:
    """
    Tell how often an item ``here`` suits the rest of its own history better than the items of others here do, ties half.

    An item suits a history as well as other histories that share much with it have it.
    """
    random = np.random.default_rng(0)
    rest = _taken(dataset, ~here)
    asked = random.permutation(np.nonzero(here)[0])[:_ASKED]
    users, items = dataset.users[asked], dataset.items[asked]
    others = random.permutation(dataset.shape[0])[:_NEIGHBORS]
    near = sparse.csr_matrix(rest[users] @ gram.unit_rows(rest[others]).T)
    owners = np.repeat(users, np.diff(near.indptr))
    near.data[others[near.indices] == owners] = 0.0
    scores = np.asarray((near @ rest[others].tocsc()[:, items]).toarray())
    # What is popular suits everybody, and long histories are near to many: only what is beyond both is told by whose an item is.
    usual = np.outer(scores.mean(axis=1), scores.mean(axis=0)) / max(float(scores.mean()), 1e-12)
    scores = scores / np.maximum(usual, 1e-12)
    own = scores.diagonal()[:, np.newaxis]
    # What somebody has already is not offered to them: an item of another history that stands in theirs is no match.
    is_other = (items[:, np.newaxis] != items) & (rest[users][:, items].toarray() == 0)
    better = (own > scores) + 0.5 * (own == scores)
    return float(better[is_other].mean()) if is_other.any() else 0.5


def _taken(dataset: Dataset, mask: NDArray[np.bool_]) -> sparse.csr_matrix:
    places = dataset.users[mask], dataset.items[mask]
    return sparse.csr_matrix((np.ones(int(mask.sum()), dtype=np.float32), places), shape=dataset.shape)


def check_order(dataset: Dataset) -> None:
    """
    See whether the times put anything in order: where they follow from the member or from the item, the newest entry is any entry.

    Such a column (one date for everybody, the number of a row of another table, a column that was shuffled) makes an exam by time one
    that nobody can prepare for, and it is passed best by whoever guesses the numbering. Entries of whoever has only one are not judged.

    :raises BadInput: saying from which column the times follow, if they do in nine of ten entries, or that they are drawn by lot.
    """
    if name := what_times_follow(dataset):
        raise BadInput(
            f"the timestamps follow from the {name} and put nothing in order: in nine of ten entries every row of one {name} has "
            f"the same; use --split strong, or a file with the time of each row"
        )
    if are_by_lot(dataset):
        raise BadInput(
            "the timestamps put nothing in order: what stands side by side in a history is no more alike than what stands far apart, and "
            "no item stands early or late; was the column shuffled? Use --split strong, or a file with the time of each row"
        )


def what_times_follow(dataset: Dataset) -> str:
    """The column from which the times follow, ``user`` or ``item``; empty where they order something, or where there are few entries."""
    columns = (("user", dataset.users), ("item", dataset.items)) if len(dataset) >= _LEAST_EVENTS else ()
    return next((name for name, owners in columns if _fixed(owners, dataset.times) > _MOST_FIXED), "")


def _fixed(owners: Integers, times: NDArray[np.float64]) -> float:
    """Which share of the entries that are not the only one of their owner have the one time that all of them have."""
    first, last = (np.full(owners.max() + 1, start) for start in (np.inf, -np.inf))
    np.minimum.at(first, owners, times)
    np.maximum.at(last, owners, times)
    among = np.bincount(owners)[owners] > 1
    return float((first == last)[owners][among].mean()) if among.any() else 0.0


def are_by_lot(dataset: Dataset) -> bool:
    """
    Whether the order of histories is what a lot would give; never so where fewer than 2,000 entries stand in histories of three.

    In an order that means something neighbors resemble each other more than others of their history do, or there are items that
    stand early and items that stand late, or tastes drift, so that entries resemble each other the less the further they stand apart. All
    are compared with what all orders of the same histories have in the mean. In a file of ten thousand entries the last alone tells.
    """
    lengths = np.bincount(dataset.users, minlength=dataset.shape[0])[dataset.users]
    long = lengths >= 3
    if int(long.sum()) < _LEAST_ORDERED:
        return False
    return bool(
        _stand_apart(dataset, long, lengths) < _SURE
        and _neighbors_alike(dataset, long) < _SURE
        and _tastes_drift(dataset) < _DRIFTS
    )


def _stand_apart(dataset: Dataset, long: NDArray[np.bool_], lengths: Integers) -> float:
    """Tell by how many standard deviations items' mean places in histories differ more than a lot lets them."""
    places = (dataset.ages()[long] / (lengths[long] - 1)).astype(np.float64)
    counts = np.bincount(dataset.items[long], minlength=dataset.shape[1])
    means = np.bincount(dataset.items[long], weights=places - 0.5, minlength=dataset.shape[1]) / np.maximum(counts, 1)
    spread = counts * means**2 / places.var()
    many = counts >= _POSITIONS
    return float((spread[many].sum() - many.sum()) / np.sqrt(2 * max(many.sum(), 1)))


def _neighbors_alike(dataset: Dataset, long: NDArray[np.bool_]) -> float:
    """Tell by how many standard errors neighbors resemble each other more than an entry and any other one of its history."""
    random = np.random.default_rng(0)
    starts = np.searchsorted(dataset.users, dataset.users)
    first = np.nonzero(long[:-1] & (dataset.users[1:] == dataset.users[:-1]))[0]
    first = random.permutation(first)[:_PAIRS]
    lengths = np.bincount(dataset.users, minlength=dataset.shape[0])[dataset.users[first]]
    step = 1 + (random.random(len(first)) * (lengths - 1)).astype(np.int64)
    other = starts[first] + (first - starts[first] + step) % lengths
    vectors = gram.unit_rows(sparse.csr_matrix(_taken(dataset, np.ones(len(dataset), dtype=bool)).T))
    near, any_one = (_cosines(vectors, dataset.items[first], dataset.items[to]) for to in (first + 1, other))
    won = near - any_one
    return float(won.mean() / max(won.std(ddof=1) / np.sqrt(len(won)), 1e-12))


def _tastes_drift(dataset: Dataset) -> float:
    """Tell by how many standard errors entries of one history resemble each other the less the further they stand apart."""
    lengths = np.bincount(dataset.users, minlength=dataset.shape[0])
    chosen = np.random.default_rng(0).permutation(np.nonzero(lengths >= 3)[0])[:_NEIGHBORS]
    vectors = _taste_vectors(_taken(dataset, np.ones(len(dataset), dtype=bool))[chosen])
    starts = np.searchsorted(dataset.users, chosen)
    ends = starts + np.minimum(lengths[chosen], _LONGEST)
    found = [_falling(vectors[dataset.items[start:end]]) for start, end in zip(starts, ends, strict=True)]
    return float(np.sum(found) / max(np.linalg.norm(found), 1e-12))


def _taste_vectors(histories: sparse.csr_matrix) -> NDArray[np.float64]:
    """
    (items, 12): what an item is by who takes it, of length 1, by the largest singular vectors but the first, which is popularity.

    Between items that few have in common the counts themselves are mostly chance.
    """
    wanted = min(_TASTES + 1, min(histories.shape) - 1)
    if wanted < 2:
        return np.zeros((histories.shape[1], 1))
    common = np.sqrt(np.maximum(np.asarray(histories.sum(axis=0), dtype=np.float64).ravel(), 1.0))
    weighed = sparse.csr_matrix(histories @ sparse.diags_array(1 / common))
    _, values, items = svds(weighed, k=wanted, v0=np.ones(min(weighed.shape)))
    largest = np.argsort(-values)[1:]
    vectors = (items[largest].T * values[largest]) / common[:, np.newaxis]
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0))


def _falling(vectors: NDArray[np.float64]) -> float:
    first, second = np.triu_indices(len(vectors), 1)
    apart = second - first
    alike = (vectors @ vectors.T)[first, second]
    return float(alike @ (apart.mean() - apart)) / len(vectors) ** 2


def _cosines(vectors: sparse.csr_matrix, one: Integers, other: Integers) -> NDArray[np.float64]:
    return np.asarray(vectors[one].multiply(vectors[other]).sum(axis=1), dtype=np.float64).ravel()
