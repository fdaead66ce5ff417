"""What a member did, and what the model in service makes of it: the things that it puts first, varied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys import kinds, matrix, rules, serving
from recsys.engine import ranking, reasons

from . import places, telling, turns
from .knowing import Known
from .liking import Liking, beyond_the_model

CANDIDATES = 150
OF_EACH_KIND = 10
RELEVANCE = 0.9
"""How much of a card's worth is its score; the rest is how little it resembles the cards above it."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Acts:
    """What a member did, as the model takes it, and what it makes of it."""

    served: serving.Served
    row: sparse.csr_matrix
    ages: sparse.csr_matrix
    scores: NDArray[np.float32]

    def owed_to(self, items: Sequence[kinds.Item], liking: Liking) -> list[telling.Done | None]:
        """The one thing without which each of ``items`` would be worth least."""
        numbers = [self.served.column_of[item.name] for item in items]
        beyond = beyond_the_model(liking, self.row, items, self.served)
        why = reasons.reasons(
            self.served.model, self.row, items=numbers, ages=self.ages, most=1, beyond=beyond, scores=self.scores
        )
        return [telling.Done(self.served.items[one[0].item], one[0].drop) if one else None for one in why]


def acts_of(known: Known) -> Acts | None:
    """What the model makes of the history of ``known.viewer``; None where there is no model, or it knows nothing of that."""
    served = serving.current()
    if served is None or not known.history:
        return None
    row, ages = matrix.history_row(known.history, column_of=served.column_of)
    if not row.nnz:
        return None
    return Acts(served=served, row=row, ages=ages, scores=served.model.scores(row, ages=ages))


def personal(known: Known, acts: Acts, limit: int) -> list[kinds.Item]:
    """Up to ``limit`` items that ``known.viewer`` may be shown: the best by score and liking, varied, each kind in its turn."""
    served, scores = acts.served, acts.scores
    allowed = _allowed(served, known)
    best = _best(scores, allowed, CANDIDATES).tolist()
    best_of = _best_of_each(best, scores, allowed, served)
    looked_at = list(dict.fromkeys([*best, *chain.from_iterable(best_of.values())]))
    # What may stand at the places that are kept comes along in the same few queries.
    new = places.names_of_new(known, count=places.kept_for_new(limit), more=limit)
    names = [served.items[n] for n in looked_at]
    found = known.shelf.glance([*names, *new, *known.looked_at])
    items = {n: found[name] for n, name in zip(looked_at, names, strict=True) if name in found}
    scored = scores[0, list(items)].tolist()
    beyond = known.liking.worths(items.values())
    worth = {n: score + more for n, score, more in zip(items, scored, beyond, strict=True)}
    shown = _varied(items, {n: worth[n] for n in best if n in worth}, known, limit)
    shown = _each_kind_in_turn(served, items, shown, best_of, worth, known, limit)
    return [items[n] for n in shown]


def _varied(items: Mapping[int, kinds.Item], worth: dict[int, float], known: Known, limit: int) -> list[int]:
    """The best of many kinds; what is in a language that they do not read stands behind the rest and is not left out."""
    shown: list[int] = []
    readable, foreign = list[int](), list[int]()
    for n in worth:
        (foreign if known.is_foreign(items[n]) else readable).append(n)
    for numbers in (readable, foreign):
        if numbers and len(shown) < limit:
            among = [items[n] for n in numbers]
            best = ranking.varied(
                range(len(numbers)), np.array([worth[n] for n in numbers], dtype=np.float32), k=limit - len(shown),
                topics=aspects_of(among), relevance=RELEVANCE, creators=[item.creator_id for item in among], per_creator=rules.PER_CREATOR,
            )  # fmt: skip
            shown += [numbers[place] for place in best]
    return shown


def aspects_of(items: Sequence[kinds.Item]) -> NDArray[np.float32]:
    """(items, topics and kinds): in what two cards resemble each other, so that ten cards are not of one topic and kind."""
    columns: dict[Any, int] = {}
    aspects = [item.aspects for item in items]
    found = [columns.setdefault(aspect, len(columns)) for own in aspects for aspect in own]
    resemble = np.zeros((len(items), max(len(columns), 1)), dtype=np.float32)
    resemble[np.repeat(np.arange(len(items)), [len(own) for own in aspects]), found] = 1.0
    return resemble


def _each_kind_in_turn(
    served: serving.Served, items: Mapping[int, kinds.Item], shown: list[int], best_of: dict[str, list[int]],
    worth: dict[int, float], known: Known, limit: int,
) -> list[int]:  # fmt: skip
    """``shown`` with a turn for each kind of which there is something that they can read, once they are past the beginning."""
    if len(known.history) < rules.TURNS_FROM:
        return shown
    readable = {
        kind: sorted((n for n in best if n in worth and not known.is_foreign(items[n])), key=lambda n: -worth[n])
        for kind, best in best_of.items()
    }  # fmt: skip
    return turns.in_turns(shown, readable, kind_of=served.kind_of.__getitem__, limit=limit)


def _allowed(served: serving.Served, known: Known) -> NDArray[np.bool_]:
    allowed = served.is_card.copy()
    allowed[[served.column_of[item] for item in known.without if item in served.column_of]] = False
    return allowed


def _best(scores: Any, allowed: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    best = ranking.top_k(scores, k=min(count, len(allowed)), allowed=allowed)[0]
    return best[best != ranking.NOTHING]


def _best_of_each(
    best: Sequence[int], scores: Any, allowed: NDArray[np.bool_], served: serving.Served
) -> dict[str, list[int]]:
    """The best ``OF_EACH_KIND`` of every kind: among the ``best`` of all, if these have so many of it."""
    among_them: dict[str, list[int]] = {kind: [] for kind in served.columns_of}
    for n in best:
        among_them[served.kind_of[n]].append(n)
    return {
        kind: own[:OF_EACH_KIND] if len(own) >= OF_EACH_KIND else _best_of(kind, scores, allowed, served)
        for kind, own in among_them.items()
    }


def _best_of(kind: str, scores: Any, allowed: NDArray[np.bool_], served: serving.Served) -> list[int]:
    columns = served.columns_of[kind]
    found: list[int] = columns[_best(scores[:, columns], allowed[columns], OF_EACH_KIND)].tolist()
    return found
