"""What items are about and what members do, as the engine takes it: columns of topics first, then creators, then words."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from core.text import tokens

from . import kinds, matrix, rules

MOST_WORDS = 20_000
LEAST_ITEMS = 2
"""A word that stands in one item alone tells nothing of another."""


@dataclass(frozen=True, kw_only=True)
class Features:
    """``items`` (items, terms) CSR float32, of which the first ``topics`` columns are topics; ``members`` (members, d)."""

    items: sparse.csr_matrix
    topics: int
    members: NDArray[np.float64]


def build(data: matrix.Data) -> Features:
    """The features of everything in ``data``; a constant number of queries."""
    topics, texts, creators = kinds.topics_of(data.items), kinds.words_of(data.items), kinds.creators_of(data.items)
    by_topic, count = _columns(
        data.items, {name: [f"t{one}" for one in found] for name, found in topics.items()}, least=1
    )
    by_creator, _ = _columns(data.items, {name: [f"c{one}"] for name, one in creators.items()}, least=LEAST_ITEMS)
    by_word, _ = _columns(data.items, {name: tokens(text) for name, text in texts.items()}, least=LEAST_ITEMS)
    items = sparse.csr_matrix(sparse.hstack([by_topic, by_creator, by_word]), dtype=np.float32)
    return Features(items=items, topics=count, members=_members(data))


def _columns(items: Sequence[str], terms: dict[str, Iterable[str]], *, least: int) -> tuple[sparse.csr_matrix, int]:
    counted = [Counter(terms.get(item, ())) for item in items]
    spread = Counter(term for one in counted for term in one)
    kept = [term for term, n in sorted(spread.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS] if n >= least]
    place = {term: number for number, term in enumerate(kept)}
    cells = [(row, place[term], n) for row, one in enumerate(counted) for term, n in one.items() if term in place]
    rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    shape = (len(items), len(kept))
    return sparse.csr_matrix((np.array(values, dtype=np.float32), (rows, columns)), shape=shape), len(kept)


def _members(data: matrix.Data) -> NDArray[np.float64]:
    """For each member: lessons opened and completed, courses taken, threads read, taken part in, begun or asked; (members, 6)."""
    kind = np.array([name.partition(":")[0] for name in data.items])
    weights = data.weights.tocoo()
    of, strength = kind[weights.col], weights.data
    marks = (
        (of == "lesson") & (strength < rules.COMPLETED_LESSON), (of == "lesson") & (strength >= rules.COMPLETED_LESSON),
        of == "course", (of == "thread") & (strength <= rules.VIEWED_THREAD + 1e-6),
        (of == "thread") & (strength > rules.VIEWED_THREAD + 1e-6) & (strength < rules.ASKED),
        (of == "thread") & (strength >= rules.ASKED),
    )  # fmt: skip
    return np.stack([np.bincount(weights.row[mark], minlength=len(data.members)) for mark in marks], axis=1).astype(
        float
    )
