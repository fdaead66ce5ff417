"""Whether a model answers as it did when it was measured: what is damaged but readable is found out by asking it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from . import matrix
from .engine import ranking

QUESTIONS, ANSWERS = 12, 5
LEAST_AGREEMENT = 0.8

Probe = dict[str, list[str]]


def probe(model: Any, items: Sequence[str]) -> Probe:
    """
    Ask ``model`` what follows on each of twelve items, spread over the catalog; the five best names for each.

    The histories are made up, so nobody's stands in the report.
    """
    places = np.unique(np.linspace(0, len(items) - 1, min(QUESTIONS, len(items))).astype(int))
    return {items[place]: _answers(model, items, items[place]) for place in places}


def disagreement(model: Any, items: Sequence[str], known: Mapping[str, Sequence[str]]) -> str:
    """Why ``model`` is not the one that gave the answers ``known``; empty when it is, or when nothing was asked then."""
    if missing := sorted(set(known) - set(items)):
        return f"it does not know {missing[0]}, which it was trained on"
    pairs = [(_answers(model, items, item), answers) for item, answers in known.items()]
    expected = sum(len(answers) for _, answers in pairs)
    # Place by place: in a small catalog the same few names follow on everything.
    same = sum(one == other for now, answers in pairs for one, other in zip(now, answers, strict=False))
    if expected and same < LEAST_AGREEMENT * expected:
        return f"it is damaged: of {expected} answers it gives {same} as when it was measured"
    return ""


def _answers(model: Any, items: Sequence[str], item: str) -> list[str]:
    column_of = {name: place for place, name in enumerate(items)}
    row, ages = matrix.history_row([(item, 1.0)], column_of=column_of)
    allowed = np.array([name != item for name in items])
    best = ranking.top_k(model.scores(row, ages=ages), k=min(ANSWERS, len(items)), allowed=allowed)[0]
    return [items[int(place)] for place in best if place != ranking.NOTHING]
