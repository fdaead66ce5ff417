"""
Several models together: the weighted sum of their z-scores, less a small penalty on popularity.

score = (Σ_s share_s · z(score_s) − penalty · log(1 + Σ_u w_ui)) / step, z over all items of a row; a step is how far the twentieth best
of a member stands above the middle, so that scores of all blends are alike in size. Shares, penalty, the sources'
settings and their decay are chosen by guessing the newest entry of each history of an inner cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import grounds, interactions, mixing, ranking
from recsys.engine.base import BaseModel
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.sources import SOURCES

# EASE keeps a matrix of items by items: beyond this it gives way to factors.
LARGEST_DENSE: Final = 15_000


@dataclass(frozen=True)
class BlendConfig:
    """
    ``sources`` to mix, () for a choice by what is there; ``settings`` fixes those of single sources by name.

    ``tune`` tries the grid of ``mixing`` on every source that is not fixed. The penalty is the largest of
    ``penalties`` that costs less than ``tolerance`` of the best NDCG@10; ``validated_on`` bounds the members asked. Where
    only some items are ever recommended, ``shown`` (items,) says which: guessing is about these alone.
    """

    sources: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tune: bool = True
    penalties: tuple[float, ...] = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
    tolerance: float = 0.01
    validated_on: int = 1_500
    shown: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if unknown := [name for name in (*self.sources, *self.settings) if name not in SOURCES]:
            raise BadInput(f"unknown sources: {', '.join(unknown)}; known are {', '.join(SOURCES)}")
        if not self.penalties or min(self.penalties) < 0 or not 0 <= self.tolerance < 1 or self.validated_on < 1:
            raise BadInput("penalties must not be negative, tolerance lie in [0, 1), validated_on be at least 1")


@dataclass(frozen=True, eq=False)
class Blend(BaseModel):
    """
    ``models`` with one of ``shares`` (sources,) each; ``burden`` (items,) is what popularity takes off, ``trust``
    (sources, items) how far each is asked about an item.

    ``chosen`` tells the settings of each source, its share and the penalty, for reports.
    """

    kind: ClassVar[str] = "blend"
    Config: ClassVar[type[Any]] = BlendConfig
    config: BlendConfig
    popularity: Floats
    models: tuple[BaseModel, ...]
    shares: Floats
    burden: Floats
    trust: Floats
    chosen: dict[str, Any]

    @property
    def serves_by_age(self) -> bool:
        """Tell that each source has its own decay."""
        return False

    @property
    def known_members(self) -> int:
        """Count the members whom at least one source knows."""
        return max(model.known_members for model in self.models)

    def without_each(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None = None) -> Floats:
        """Score all items once for each entry of the one history ``row``, as if that entry were not there."""
        weights, _ = interactions.checked(row, ages=ages, items=self.items)
        scores = self._mixed([model.without_each(row, ages=ages) for model in self.models])
        lonely = (weights.data > 0).sum() - (weights.data > 0) == 0
        scores[lonely] = self.popularity
        return scores

    def without_each_at(self, row: sparse.csr_matrix, *, ages: sparse.csr_matrix | None, at: Integers) -> Floats:
        """Give ``without_each`` at the items ``at`` alone, (entries, at): of the sources nothing else is worked out but its mean and spread."""
        weights, _ = interactions.checked(row, ages=ages, items=self.items)
        answers = [model.z_without_each(row, ages=ages, at=at) for model in self.models]
        scores = self._summed(answers, at)
        lonely = (weights.data > 0).sum() - (weights.data > 0) == 0
        scores[lonely] = self.popularity[at]
        return scores

    def _scored(self, weights: sparse.csr_matrix, ages: Floats | None, users: Integers | None) -> Floats:
        scores = self._mixed([model.answered(weights, ages, users=users) for model in self.models])
        unknown = interactions.positive_counts(weights) == 0
        if users is not None:
            unknown &= (users < 0) | (users >= self.known_members)
        # Zeros make the base fall back to popularity, whose order the penalty would otherwise turn around.
        scores[unknown] = 0.0
        return scores

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        return self._scored(weights, ages, None)

    def _mixed(self, answers: Sequence[Floats]) -> Floats:
        """The weighted sum of the z-scores of ``answers``, which are made in their own memory."""
        for answer in answers:
            ranking.standardize(answer)
        return self._summed(answers, slice(None))

    def _summed(self, answers: Sequence[Floats], at: Integers | slice) -> Floats:
        mixed = -np.broadcast_to(self.burden[at], answers[0].shape)
        for share, trust, answer in zip(self.shares, self.trust[:, at], answers, strict=True):
            mixed += share * trust * answer
        return np.asarray(mixed, dtype=np.float32)


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Blend:
    """
    Choose on an inner cut, then train the sources that got a share on everything.

    :raises MissingInput: if a source that is named needs features that are absent.
    """
    settings = interactions.configured(BlendConfig, config)
    weights, counted = interactions.checked(X, ages=ages)
    aged = None if counted is None else interactions.with_data(weights, counted)
    inputs: dict[str, Any] = {"member_features": member_features, "item_features": item_features, "seed": seed}
    names = settings.sources or _suited(weights.shape[1], inputs, is_ordered=ages is not None)
    bases = {name: grounds.of(name, weights, counted, inputs, settings.settings.get(name, {})) for name in names}
    mix = mixing.chosen_mix(weights, aged, bases, settings, seed=seed)
    return _mixed_of(mix, replace(settings, shown=None), weights, bases)


def train_as(
    chosen: Mapping[str, Any],
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
) -> Blend:
    """
    Train what another blend has ``chosen``: its sources with their settings, shares and penalty; nothing is searched.

    :raises MissingInput: if one of its sources needs features that are absent.
    """
    weights, counted = interactions.checked(X, ages=ages)
    aged = None if counted is None else interactions.with_data(weights, counted)
    mix = mixing.Mix(
        settings={name: dict(own) for name, own in chosen["sources"].items()},
        shares=tuple(chosen["shares"][name] for name in chosen["sources"]),
        penalty=chosen["penalty"],
        ndcg=chosen["ndcg"],
        step=chosen.get("step", 1.0),
    )
    inputs: dict[str, Any] = {"member_features": member_features, "item_features": item_features, "seed": seed}
    bases: dict[str, grounds.Ground] = {name: grounds.Plain(weights, name, aged, inputs) for name in mix.settings}
    return _mixed_of(mix, BlendConfig(), weights, bases)


def _mixed_of(
    mix: mixing.Mix,
    settings: BlendConfig,
    weights: sparse.csr_matrix,
    bases: dict[str, grounds.Ground],
) -> Blend:
    # Each ground is let go when its source is trained: those of items by items are large.
    models = tuple(bases.pop(name).trained(last=True, **own) for name, own in mix.settings.items())
    return Blend(
        config=settings,
        popularity=interactions.popularity_of(weights),
        models=models,
        shares=np.array(mix.shares, dtype=np.float32) / np.float32(mix.step),
        trust=np.stack([mixing.trust_in(name, weights) for name in mix.settings]),
        burden=np.asarray(mix.penalty / mix.step * np.log1p(interactions.totals_of(weights)), dtype=np.float32),
        chosen={
            "sources": mix.settings,
            "shares": dict(zip(mix.settings, mix.shares, strict=True)),
            "penalty": mix.penalty,
            "ndcg": mix.ndcg,
            "step": mix.step,
        },
    )


def dense_sources(items: int, *, is_ordered: bool) -> tuple[str, ...]:
    """Name the sources that hold a matrix of items by items, where it is small enough; what comes next is known by ages alone."""
    if items > LARGEST_DENSE:
        return ()
    return ("trails",) if is_ordered else ("ease",)


def _suited(items: int, inputs: Mapping[str, Any], *, is_ordered: bool) -> tuple[str, ...]:
    dense = dense_sources(items, is_ordered=is_ordered)
    content = ("content",) if inputs["item_features"] is not None else ()
    return (*dense, "ials", "item_knn", "popularity", *content)
