"""Why one item is recommended to one member, in full."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys import kinds, matrix, serving
from recsys.engine import reasons

from . import wording
from .feed import Known, what_is_known
from .liking import beyond_the_model, liking_of

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
    """``causes`` come from the model that serves; ``interest`` from what the member stated; without both it is popular or new."""

    item: kinds.Item
    causes: list[Cause]
    interest: str


def why(*, viewer: Any, name: str) -> Why | None:
    """
    What speaks for ``name``; None when ``viewer`` may not see it.

    Costs one fold-in for each entry of the history, about a millisecond for a hundred.
    """
    item = kinds.load([name], viewer=viewer).get(name)
    if item is None:
        return None
    known = what_is_known(viewer)
    return Why(item=item, causes=_causes(item, known), interest=wording.because_of_interest(item, known.stated))


def _causes(item: kinds.Item, known: Known) -> list[Cause]:
    served = serving.current()
    if served is None or item.name not in served.column_of:
        return []
    row, ages = matrix.history_row(known.history, column_of=served.column_of)
    if not row.nnz:
        return []
    number = served.column_of[item.name]
    beyond = beyond_the_model(liking_of(known), row, [item], served)
    [found] = reasons.reasons(served.model, row, items=[number], ages=ages, most=MOST, beyond=beyond)
    causes = kinds.load({served.items[reason.item] for reason in found}, viewer=known.viewer)
    total = float(np.sum([reason.drop for reason in found]))
    weights = dict(known.history)
    return [
        Cause(
            words=wording.because_of(cause, weights),
            url=cause.look.url,
            language=cause.language,
            share=round(100 * reason.drop / total),
        )
        for reason in found
        if (cause := causes.get(served.items[reason.item]))
    ]
