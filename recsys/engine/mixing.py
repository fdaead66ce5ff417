"""
How a blend is chosen: settings of each source, then shares by coordinate ascent, then the popularity penalty.

With few members to ask, chance alone lets one source guess better than another. So popularity, which has nothing to tune, is
where a blend begins unless another source is clearly better, and a further source enters only by a clear win: the mean of the
members' differences is more than twice its standard error. It is the rule of one standard error (Breiman et al., Classification
and Regression Trees, 1984, 3.4.3), paired and made stricter because the best of several shares is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions, ranking, threads
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.evaluation.splits import inner
from recsys.engine.evaluation.validation import Validation
from recsys.engine.grids import DECAYS, GRIDS, RISING
from recsys.engine.grounds import Ground
from recsys.engine.threads import Run

Gains = NDArray[np.float64]

_SHARES: Final = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
_ROUNDS: Final = 2
# A further source must earn its keep: it costs time in every request.
_LEAST_GAIN: Final = 0.005
_SURE: Final = 2.0
# On what few members say one does not leave the middle of a line: what is gained by less is chance.
_WORTH_A_STEP: Final = 0.005
_COMPANY: Final = 5.0
# Settings are chosen by so many of the items at most: the inverse of all takes longer by the cube.
_LOOKED_AT: Final = 1_000
# And sources are compared by so many.
_COMPARED: Final = 5_000
# A blend is measured in steps of how far a member's twentieth best stands above the middle: whatever is added to its scores, as
# for topics that are liked, weighs the same whichever sources were chosen, whose z-scores reach from 1 to 10 at the top.
_STEP_PLACE: Final = 20
# Score matrices of all sources are held at once; 40 million numbers are 160 MB each.
_HELD: Final = 40_000_000
# The scores of so many members stay in a processor's own cache.
_ROWS: Final = 64


class Settings(Protocol):
    """What a blend's configuration says about choosing."""

    @property
    def settings(self) -> Mapping[str, Mapping[str, Any]]:
        """Give fixed settings by source."""

    @property
    def tune(self) -> bool:
        """Tell whether to search the others."""

    @property
    def penalties(self) -> tuple[float, ...]:
        """Give the penalties to try."""

    @property
    def tolerance(self) -> float:
        """Give the share of the best NDCG that a penalty may cost."""

    @property
    def shown(self) -> NDArray[np.bool_] | None:
        """Give the items that are ever recommended, None for all."""

    @property
    def validated_on(self) -> int:
        """Give the most members to ask."""


@dataclass(frozen=True)
class Mix:
    """The sources that got a share, their settings, what the mixture reached on the inner cut, and in which steps it is measured."""

    settings: dict[str, dict[str, Any]]
    shares: tuple[float, ...]
    penalty: float
    ndcg: float
    step: float = 1.0


def chosen_mix(
    X: sparse.csr_matrix,
    ages: sparse.csr_matrix | None,
    grounds: Mapping[str, Ground],
    settings: Settings,
    *,
    seed: int,
) -> Mix:
    """Choose settings, shares and penalty for the sources of ``grounds``; with nobody to ask, the first source alone as it is."""
    at_most = max(1, min(settings.validated_on, _HELD // X.shape[1]))
    cut = inner(X, ages, seed=seed, at_most=at_most, shown=settings.shown)
    if not cut.rows.shape[0]:
        name = next(iter(grounds))
        return Mix({name: dict(settings.settings.get(name, {}))}, (1.0,), 0.0, 0.0)
    with threads.spread() as run:
        asked = Validation(cut, shown=settings.shown, run=run)
        best, scores = _answers(asked, grounds, settings, run, is_ordered=ages is not None)
        return _mixed(asked, best, scores, settings)


def _answers(
    asked: Validation, grounds: Mapping[str, Ground], settings: Settings, run: Run, *, is_ordered: bool
) -> tuple[dict[str, dict[str, Any]], dict[str, Floats]]:
    """Give the best settings of each source, and what it says with them: (members, items), or (1, items) to everybody the same."""
    cut, items = asked.cut, asked.cut.X.shape[1]
    few, many = (_told_most_of(cut.X, count) for count in (_LOOKED_AT, _COMPARED))
    is_compared = len(many) > len(few) and len(grounds.keys() - {"popularity"}) > 1

    def held(ground: Ground, columns: Integers) -> Ground:
        return ground.cut(cut.X, cut.ages if is_ordered or not ground.narrows else None, columns)

    best, scores = {}, {}
    for name, ground in grounds.items():
        some = few if ground.narrows else None
        asked_of = asked if some is None else asked.among(some)
        best[name], found = _best_of(name, asked_of, held(ground, few), settings, is_ordered=is_ordered)
        if ground.narrows and is_compared:
            # Beside one that is asked about all items it would seem worse than it is.
            some, model = many, held(ground, many).trained(last=True, **best[name])
            found = asked.among(many).scored_by(model)
        scores[name] = _standardized(found, some, items, run)
        scores[name] *= trust_in(name, cut.X)
    return best, scores


def _mixed(
    asked: Validation, best: Mapping[str, dict[str, Any]], scores: Mapping[str, Floats], settings: Settings
) -> Mix:
    shares, mixed = _shared(asked, scores)
    burden = _burden(asked.cut.X)
    penalty, ndcg = _penalized(asked, mixed, burden, settings)
    mixed -= np.float32(penalty) * burden
    kept = {name: share for name, share in zip(scores, shares, strict=True) if share > 0}
    return Mix({name: best[name] for name in kept}, tuple(kept.values()), penalty, ndcg, _step(asked, mixed))


def _told_most_of(X: sparse.csr_matrix, most: int) -> Integers:
    """Give the items that most entries are about, at most ``most``, in the order of their numbers."""
    counts = np.bincount(X.indices, minlength=X.shape[1])
    return np.sort(np.argsort(-counts, kind="stable")[:most])


def _standardized(scores: Floats, columns: Integers | None, items: int, run: Run) -> Floats:
    """
    Give z-scores over all ``items``, those of ``scores`` in their own memory if these are about all.

    What was not looked at has 0: of what few took a linear model says next to nothing.
    """
    if columns is None:
        ranking.standardize(scores)
        return scores
    mean = scores.sum(axis=1, keepdims=True, dtype=np.float64) / items
    squares = np.einsum("ij,ij->i", scores, scores, dtype=np.float64)[:, np.newaxis] / items
    spread = np.sqrt(np.maximum(squares - mean**2, 0.0))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 1e-12)
    scaled, low = scale.astype(np.float32), (-mean * scale).astype(np.float32)
    found = np.empty((len(scores), items), dtype=np.float32)

    def fill(part: slice) -> None:
        found[part] = low[part]
        found[part, columns] = scores[part] * scaled[part] + low[part]

    run([partial(fill, slice(start, start + _ROWS)) for start in range(0, len(scores), _ROWS)])
    return found


def trust_in(name: str, X: sparse.csr_matrix) -> Floats:
    """
    Give how far the source ``name`` is asked about each item, (items,), between 0 and 1.

    What resembles an item stands in for company that it does not have yet: content fades as members come, by the rule of
    shrinkage κ / (κ + n) with κ = 5 members. Every other source is asked about everything alike.
    """
    if name != "content":
        return np.ones(X.shape[1], dtype=np.float32)
    return np.asarray(_COMPANY / (_COMPANY + np.bincount(X.indices, minlength=X.shape[1])), dtype=np.float32)


@dataclass(frozen=True)
class _Trial:
    """Settings of one source, the model that they gave and what its scores of the asked members reached."""

    settings: dict[str, Any]
    model: BaseModel
    ndcg: float


def _best_of(
    name: str, asked: Validation, ground: Ground, settings: Settings, *, is_ordered: bool
) -> tuple[dict[str, Any], Floats]:
    # First the settings of training at one recency, then the recency of the best: the two hardly depend on each other.
    decays = DECAYS if is_ordered else DECAYS[:1]
    usual, fixed = decays[len(decays) // 2], settings.settings.get(name)

    def tried(own: Mapping[str, Any]) -> _Trial:
        model = ground.trained(**own)
        free = model.serves_by_age and "decay" not in own
        served = model.served_with(decay=usual) if free else model
        return _Trial({**own, "decay": usual} if free else dict(own), served, asked.ndcg_of(served))

    def served(decay: Mapping[str, Any]) -> _Trial:
        model = best.model.served_with(**decay)
        return _Trial({**best.settings, **decay}, model, asked.ndcg_of(model))

    best = _tried_best(name, tried, fixed, tune=settings.tune)
    if best.model.serves_by_age and "decay" not in (fixed or {}):
        best = _climbed([{"decay": decay} for decay in decays], served, best)
    return best.settings, asked.scored_by(best.model)


def _tried_best(
    name: str, tried: Callable[[Mapping[str, Any]], _Trial], fixed: Mapping[str, Any] | None, *, tune: bool
) -> _Trial:
    if fixed is not None or not tune:
        return tried(fixed or {})
    if name in RISING:
        return _climbed_lines(RISING[name], tried)
    grid = GRIDS.get(name, [{}])
    if not grid:
        raise BadInput(f"there is nothing to try for {name}")
    return max(map(tried, grid), key=lambda trial: trial.ndcg)


def _climbed_lines(
    lines: Sequence[Sequence[Mapping[str, Any]]], tried: Callable[[Mapping[str, Any]], _Trial]
) -> _Trial:
    begin = {key: value for line in lines for key, value in line[len(line) // 2].items()}
    best = tried(begin)
    for line in lines:
        found = {key: value for key, value in best.settings.items() if key in begin}
        best = _climbed([{**found, **own} for own in line], tried, best)
    return best


def _climbed(line: Sequence[Mapping[str, Any]], tried: Callable[[Mapping[str, Any]], _Trial], first: _Trial) -> _Trial:
    """The best along a line on which quality rises to one place and falls after it, from where ``first`` stands uphill."""
    start = next(place for place, own in enumerate(line) if own.items() <= first.settings.items())
    best = first
    for way in (line[start + 1 :], line[:start][::-1]):
        for own in way:
            other = tried(own)
            if other.ndcg <= best.ndcg * (1 + _WORTH_A_STEP):
                break
            best = other
        if best is not first:
            break
    return best


def _shared(asked: Validation, answers: Mapping[str, Floats]) -> tuple[list[float], Floats]:
    scores = list(answers.values())
    alone = [asked.gains(one) for one in scores]
    first = _beginning(list(answers), alone)
    shares = [1.0 if place == first else 0.0 for place in range(len(scores))]
    mixed, best = scores[first], alone[first]
    settled = {first}
    for _ in range(_ROUNDS):
        for place in range(len(scores)):
            if place in settled:
                continue
            settled.add(place)
            base = mixed - np.float32(shares[place]) * scores[place] if shares[place] else mixed
            found = asked.gains_along(base, scores[place], _SHARES)
            winner = int(np.argmax([one.mean() for one in found]))
            if _is_clear_win(found[winner], best) if shares[place] == 0 else found[winner].mean() > best.mean():
                best, shares[place] = found[winner], _SHARES[winner]
                # The others were best beside what this one had before.
                settled = {first, place}
                mixed = base + np.float32(shares[place]) * scores[place]
    return shares, mixed


def _beginning(names: Sequence[str], alone: Sequence[Gains]) -> int:
    best = int(np.argmax([one.mean() for one in alone]))
    simplest = names.index("popularity") if "popularity" in names else best
    return best if best == simplest or _is_clear_win(alone[best], alone[simplest]) else simplest


def _is_clear_win(gains: Gains, over: Gains) -> bool:
    """Whether the members' differences are beyond what chance does, and worth the time of a further source."""
    won = gains - over
    error = won.std(ddof=1) / np.sqrt(len(won)) if len(won) > 1 else np.inf
    return bool(won.mean() > max(_SURE * error, _LEAST_GAIN * over.mean()))


def _step(asked: Validation, scores: Floats) -> float:
    step = asked.standing(scores, place=_STEP_PLACE)
    # Where nothing stands out, as in a catalog of a few items, there is nothing to measure by.
    return step if np.isfinite(step) and step > 0 else 1.0


def _burden(X: sparse.csr_matrix) -> Floats:
    return np.asarray(np.log1p(interactions.totals_of(X)), dtype=np.float32)


def _penalized(asked: Validation, mixed: Floats, burden: Floats, settings: Settings) -> tuple[float, float]:
    penalties = sorted(settings.penalties)
    gains = asked.gains_along(mixed, -burden[np.newaxis], penalties)
    found = {penalty: float(gain.mean()) for penalty, gain in zip(penalties, gains, strict=True)}
    bound = max(found.values()) * (1 - settings.tolerance)
    penalty = max(penalty for penalty, value in found.items() if value >= bound)
    return penalty, found[penalty]
