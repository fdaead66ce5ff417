"""How good a model is: challenger and champion on the same holdout, in the same hour."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from scipy import sparse

from . import features, matrix
from .engine import MODELS, load, train_default
from .engine.blend import LARGEST_DENSE, train_as
from .engine.evaluation import metrics, splits
from .models import TrainedModel

logger = logging.getLogger(__name__)

LEAST_ASKED = 20
"""So many members must have gone on after the cut; of fewer the mean says little."""
MOST_ASKED = 10_000
"""Of more, so many are drawn to be asked: the mean is known to half a percent then, and who asks everybody of a large school trains for an hour."""
TOGETHER_AND_NEXT = ("ease", "successors")
"""
What the site mixes in place of ``trails``, which knows both by one inverse and is trained sooner: apart they say more of what one has
just done. Of 24 beginners of a demo world 23 found the lesson that they had just finished named on a card, with ``trails`` 21.
"""
NEWEST = 0.2
"""What share of all entries is to be guessed where too few went on since the champion was trained."""


def fitted(weights: Any, ages: Any, known: features.Features | None, *, shown: NDArray[np.bool_]) -> Any:
    """
    The default model of the site, with what is ``known`` of items and members: each source gets what the inner cut says.

    Sources are chosen by how they guess what may stand as a card, ``shown`` (items,): the next lesson is no riddle.
    """
    main = TOGETHER_AND_NEXT if weights.shape[1] <= LARGEST_DENSE else ("ials",)
    if known is None or not known.topics:
        return train_default(weights, ages=ages, sources=(*main, "popularity"), seed=0, shown=shown)
    sources, own = (*main, "popularity", "content", "profile"), {"profile": {"leading": known.topics}}
    inputs = {"item_features": known.items, "member_features": known.members}
    return train_default(weights, ages=ages, **inputs, sources=sources, settings=own, seed=0, shown=shown)


def measured(whole: Any, data: matrix.Data, known: features.Features, champion: TrainedModel | None) -> dict[str, Any]:
    """
    What the challenger, popularity, and the ``champion`` guess of what followed, all asked the same.

    ``whole`` is the challenger as it is to serve. What followed is what was done since the champion was trained, of which it
    cannot know: it is asked as it serves, and the challenger is chosen and fitted on the past. Where too few did anything since,
    it is the newest fifth of everything, or else each member's last step. As the champion has seen that, both are fitted anew on
    the past, with the sources, shares and settings that each of them chose.
    """
    cut, has_seen = _holdout(data, champion)
    found: dict[str, Any] = {
        "members": int(data.weights.shape[0]),
        "items": int(data.weights.shape[1]),
        "entries": int(data.weights.nnz),
    }
    found |= {"holdout": cut.name, "asked": len(cut.users)}
    popularity = metrics.measure(MODELS["popularity"](cut.X), cut, allowed=data.is_card)
    challenger = (
        _fitted_anew(whole.chosen, known, cut)
        if champion and has_seen
        else fitted(cut.X, cut.ages, known, shown=data.is_card)
    )
    found |= _figures(challenger, cut, data) | {"popularity_ndcg_10": popularity.ndcg_10.mean}
    if champion is not None:
        found["champion"] = {"model": champion.pk, **_of_the_champion(champion, data, known, cut, has_seen=has_seen)}
    return found


def _holdout(data: matrix.Data, champion: TrainedModel | None) -> tuple[splits.Split, bool]:
    """What is to be guessed, and whether the champion was fitted on it."""
    if champion is not None:
        since = _after(data, data.times > champion.as_of.timestamp())
        if len(since.users) >= LEAST_ASKED:
            return since, False
    newest = _after(data, data.times >= np.quantile(data.times, 1 - NEWEST))
    if len(newest.users) >= LEAST_ASKED:
        return newest, True
    return splits.inner(data.weights, data.ages, seed=0, shown=data.is_card), True


def _after(data: matrix.Data, late: NDArray[np.bool_]) -> splits.Split:
    return splits.after(data.weights, data.ages, late, shown=data.is_card, at_most=MOST_ASKED)


def _of_the_champion(
    champion: TrainedModel, data: matrix.Data, known: features.Features, cut: splits.Split, *, has_seen: bool
) -> dict[str, Any]:
    try:
        if not has_seen:
            return {"way": "as it serves", **_figures(_as_it_serves(champion, data.items), cut, data)}
        return {"way": "fitted anew", **_figures(_fitted_anew(champion.report["chosen"], known, cut), cut, data)}
    except (OSError, ValueError, KeyError) as failed:
        # One that cannot be asked can hardly serve: the desk shows why, and popularity is what the challenger has to beat.
        logger.exception("the model in service cannot be asked")
        return {"way": f"it cannot be asked: {failed}"}


def _fitted_anew(chosen: Mapping[str, Any], known: features.Features, cut: splits.Split) -> Any:
    sources = {name: dict(own) for name, own in chosen["sources"].items()}
    if "profile" in sources:
        sources["profile"]["leading"] = known.topics
    return train_as(
        {**chosen, "sources": sources}, cut.X, ages=cut.ages, item_features=known.items, member_features=known.members
    )


def _as_it_serves(champion: TrainedModel, items: list[str]) -> "Elsewhere":
    folder = Path(settings.MODELS_ROOT) / champion.folder
    place = {name: column for column, name in enumerate(json.loads((folder / "items.json").read_text()))}
    return Elsewhere(model=load(folder), places=np.array([place.get(name, -1) for name in items], dtype=np.int64))


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """
    A ``model`` of another training, asked in the columns of this one: ``places`` (items,) are its own, -1 for what it never saw.

    What it never saw it ranks last.
    """

    model: Any
    places: NDArray[np.int64]

    def scores(
        self, rows: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None, users: Any = None
    ) -> NDArray[np.float32]:
        """Score all items of this training for each row, (n, items)."""
        own = self.model.scores(self._moved(rows), ages=None if ages is None else self._moved(ages))
        found = np.full(rows.shape, own.min() - 1, dtype=np.float32)
        known = self.places >= 0
        found[:, known] = own[:, self.places[known]]
        return found

    def _moved(self, rows: sparse.csr_matrix) -> sparse.csr_matrix:
        columns = self.places[rows.indices]
        kept = columns >= 0
        owners = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))[kept]
        order = np.lexsort((columns[kept], owners))
        indptr = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=rows.shape[0]))])
        # Built by hand: a stored zero is the age of the newest item.
        shape = (rows.shape[0], self.model.items)
        return sparse.csr_matrix((rows.data[kept][order], columns[kept][order], indptr), shape=shape)


def _figures(model: Any, cut: splits.Split, data: matrix.Data) -> dict[str, Any]:
    found = metrics.measure(model, cut, allowed=data.is_card)
    ndcg = asdict(found.ndcg_10)
    return {
        "ndcg_10": ndcg["mean"], "ndcg_10_error": ndcg["error"], "recall_20": found.recall_20.mean,
        "coverage_10": found.coverage_10,
    }  # fmt: skip
