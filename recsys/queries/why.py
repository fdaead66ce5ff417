"""Why one item is recommended to one member, in full."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys import kinds, matrix, serving
from recsys.engine import reasons

from . import people, telling, wording
from .knowing import Known, what_is_known
from .liking import Liking, beyond_the_model

MOST = 5


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Something that the member did, with its share of the score that all named causes add, in percent."""

    words: str
    url: str
    language: str
    share: int


@dataclass(frozen=True, kw_only=True)
class Why:
    """``causes`` are what the member did, ``others`` sentences about all else that speaks for it; without both it is popular or new."""

    item: kinds.Item
    causes: list[Cause]
    others: list[str]


def why(*, viewer: Any, name: str) -> Why | None:
    """
    What speaks for ``name``; None when ``viewer`` may not see it.

    Costs one fold-in for each entry of the history, about a millisecond for a hundred.
    """
    item = kinds.load([name], viewer=viewer).get(name)
    if item is None:
        return None
    known = what_is_known(viewer)
    known.shelf.load([one for one, _ in known.history])
    return Why(item=item, causes=_causes(item, known, known.liking), others=list(_others(item, known, known.liking)))


def _others(item: kinds.Item, known: Known, liking: Liking) -> Iterator[str]:
    found = sorted(telling.voices(item, None, {}, liking, known), key=lambda voice: -voice.weight)
    yield from (voice.sentence() for voice in found)
    if topic := people.shared_topic(known, item.name):
        yield wording.because_they_like(topic)
    if item.name in known.onward:
        yield wording.because_it_comes_next(item)
    if item.name in known.path:
        yield wording.because_of_the_path()


def _causes(item: kinds.Item, known: Known, liking: Liking) -> list[Cause]:
    served = serving.current()
    if served is None or item.name not in served.column_of:
        return []
    row, ages = matrix.history_row(known.history, column_of=served.column_of)
    if not row.nnz:
        return []
    number = served.column_of[item.name]
    beyond = beyond_the_model(liking, row, [item], served)
    [found] = reasons.reasons(served.model, row, items=[number], ages=ages, most=MOST, beyond=beyond)
    causes = known.shelf.load({served.items[reason.item] for reason in found})
    total = float(np.sum([reason.drop for reason in found]))
    weights = known.strength_of
    return [
        Cause(
            words=wording.because_of(cause.name, cause.title, weights.get(cause.name, 0.0)),
            url=cause.look.url,
            language=cause.language,
            share=round(100 * reason.drop / total),
        )
        for reason in found
        if (cause := causes.get(served.items[reason.item]))
    ]
