"""
The member portrait: what behavior says about interest, f(x) = W1·x + W2·x² + b, and the items that fit the interest.

x are member features (study minutes, views, completions, posts, ratings, survey answers …) after log(1 + |x|) with the
sign kept, standardized; f gives one figure per topic and is fitted by ridge regression to the share of each topic in
what the members did. Items follow by p(i | member) = Σ_t f_t · p(i | t), where p(i | t) ∝ T_it · popularity_i^γ and
T (items, topics) are item features that sum to 1 per item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import interactions
from recsys.engine.contract import BadInput, Floats, Integers
from recsys.engine.factored import Factored, sums_without_each

_LEAST_INTEREST = 1e-6


@dataclass(frozen=True)
class ProfileConfig:
    """
    ``regularization`` of the regression; ``popularity_power`` is γ.

    The first ``leading`` columns of the item features are topics, all of them for 0: words that follow are no interests.
    A history that is folded in is weighed by ``decay``^age and mixed with ``prior`` interactions' worth of the
    community's interest.
    """

    regularization: float = 10.0
    popularity_power: float = 0.8
    prior: float = 3.0
    decay: float = 0.9
    leading: int = 0

    def __post_init__(self) -> None:
        if self.leading < 0:
            raise BadInput(f"leading must not be negative, not {self.leading}")
        if self.regularization <= 0 or self.prior <= 0 or self.popularity_power < 0:
            raise BadInput("regularization and prior must be positive, popularity_power not negative")
        if not 0 < self.decay <= 1:
            raise BadInput(f"decay must lie in (0, 1], not {self.decay}")


@dataclass(frozen=True, eq=False)
class Profile(Factored):
    """
    ``linear`` W1 and ``quadratic`` W2 are (d, topics), ``intercept`` b (topics,), ``center`` and ``spread`` (d,).

    ``members`` (members, d) are the standardized features of training, ``topics`` (items, topics) sparse with rows that
    sum to 1, ``given`` (items, topics) sparse p(i | t), ``common`` (topics,) the community's interest.
    """

    kind: ClassVar[str] = "profile"
    Config: ClassVar[type[Any]] = ProfileConfig
    config: ProfileConfig
    popularity: Floats
    linear: Floats
    quadratic: Floats
    intercept: Floats
    center: Floats
    spread: Floats
    members: Floats
    topics: sparse.csr_matrix
    given: sparse.csr_matrix
    common: Floats

    @property
    def known_members(self) -> int:
        """Count the members of the training matrix."""
        return len(self.members)

    @property
    def is_about_known_members(self) -> bool:
        """Tell that features are known only for members of the training matrix."""
        return True

    def portrait(self, member_features: NDArray[Any]) -> Floats:
        """
        Give the interest of members (n, topics), positive with rows that sum to 1, for raw features (n, d).

        :raises BadInput: if there are more or fewer features than the model was trained with.
        """
        raw = interactions.checked_member_features(member_features, members=len(member_features), needed_by="profile")
        if raw.shape[1] != len(self.center):
            raise BadInput(f"the model knows {len(self.center)} features, not {raw.shape[1]}")
        return self._fitted(((_damped(raw) - self.center) / self.spread).astype(np.float32))

    def interest_of(self, users: Integers) -> Floats:
        """Give the interest (n, topics) of members of the training matrix, from their features."""
        return self._fitted(self.members[users])

    def interest_in(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Give the interest (n, topics) that histories show, mixed with the community's."""
        served = interactions.decayed(weights, ages, self.config.decay)
        shown = np.asarray((served @ self.topics).toarray(), dtype=np.float32)
        mixed = shown + np.float32(self.config.prior) * self.common
        return np.asarray(mixed / mixed.sum(axis=1, keepdims=True), dtype=np.float32)

    @property
    def vectors(self) -> sparse.csr_matrix:
        """Give p(i | t)."""
        return self.given

    def vectors_of(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        """Give the interest (n, topics) that histories show, zeros where there is nothing to show it."""
        interest = self.interest_in(weights, ages)
        interest[interactions.positive_counts(weights) == 0] = 0.0
        return interest

    def vectors_without_each(self, weights: sparse.csr_matrix, ages: Floats | None) -> NDArray[np.float64]:
        """Give the interest that one history shows without each of its entries, not scaled to 1: (entries, topics)."""
        shown = sums_without_each(interactions.decayed(weights, ages, self.config.decay), self.topics)
        shown += self.config.prior * self.common
        says = weights.data > 0
        shown[says.sum() - says == 0] = 0.0
        return shown

    def lifts(self, interest: Floats, *, bound: float) -> Floats:
        """Give for members (n, topics) how much more than the community each likes each item, within 1/bound…bound."""
        own = np.asarray((self.topics @ interest.T).T)
        usual = np.asarray(self.topics @ self.common)
        lifted = np.divide(own, usual, out=np.ones_like(own), where=usual > 0)
        return np.asarray(np.clip(lifted, 1 / bound, bound), dtype=np.float32)

    def _of_members(self, users: Integers) -> Floats:
        return self._items_for(self.interest_of(users))

    def _of_histories(self, weights: sparse.csr_matrix, ages: Floats | None) -> Floats:
        return self._items_for(self.vectors_of(weights, ages))

    def _items_for(self, interest: Floats) -> Floats:
        return np.ascontiguousarray((self.given @ interest.T).T, dtype=np.float32)

    def _fitted(self, features: Floats) -> Floats:
        found = features @ self.linear + features**2 @ self.quadratic + self.intercept
        positive = np.maximum(found, _LEAST_INTEREST)
        return np.asarray(positive / positive.sum(axis=1, keepdims=True), dtype=np.float32)


def train(
    X: sparse.csr_matrix,
    *,
    ages: sparse.csr_matrix | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
    **config: Any,
) -> Profile:
    """
    Fit the regression on the members that did something.

    :raises MissingInput: without member features or without item features.
    """
    settings = interactions.configured(ProfileConfig, config)
    weights, _ = interactions.checked(X, ages=ages)
    raw = interactions.checked_member_features(member_features, members=weights.shape[0], needed_by="profile")
    terms = interactions.checked_item_features(item_features, items=weights.shape[1], needed_by="profile")
    topics = _summing_to_one(terms[:, : settings.leading] if settings.leading else terms)
    damped = _damped(raw)
    center, spread = damped.mean(axis=0), damped.std(axis=0)
    spread[spread < 1e-9] = 1.0
    standard = (damped - center) / spread
    coefficients, common = _regression(standard, weights, topics, settings.regularization)
    popularity = interactions.popularity_of(weights)
    columns = standard.shape[1]
    return Profile(
        config=settings,
        popularity=popularity,
        linear=coefficients[:columns].astype(np.float32),
        quadratic=coefficients[columns:-1].astype(np.float32),
        intercept=coefficients[-1].astype(np.float32),
        center=center.astype(np.float32),
        spread=spread.astype(np.float32),
        members=standard.astype(np.float32),
        topics=topics,
        given=_given_topic(topics, popularity, settings.popularity_power),
        common=common,
    )


def _damped(raw: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.sign(raw) * np.log1p(np.abs(raw)))


def _regression(
    standard: NDArray[np.float64], weights: sparse.csr_matrix, topics: sparse.csr_matrix, strength: float
) -> tuple[NDArray[np.float64], Floats]:
    active = interactions.positive_counts(weights) > 0
    shares = np.asarray((weights[active] @ topics).toarray(), dtype=np.float64)
    totals = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, totals, out=np.full_like(shares, 1 / shares.shape[1]), where=totals > 0)
    common = shares.mean(axis=0) if len(shares) else np.full(topics.shape[1], 1 / topics.shape[1])
    known = standard[active]
    design = np.hstack([known, known**2])
    middle = design.mean(axis=0) if len(design) else np.zeros(design.shape[1])
    centered = design - middle
    system = centered.T @ centered + strength * np.eye(design.shape[1])
    slopes = np.linalg.solve(system, centered.T @ (shares - common))
    return np.vstack([slopes, common - middle @ slopes]), common.astype(np.float32)


def _summing_to_one(terms: sparse.csr_matrix) -> sparse.csr_matrix:
    totals = np.asarray(terms.sum(axis=1), dtype=np.float64).ravel()
    scale = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0)
    return sparse.csr_matrix(sparse.diags(scale) @ terms, dtype=np.float32)


def _given_topic(topics: sparse.csr_matrix, popularity: Floats, power: float) -> sparse.csr_matrix:
    # A new item has no popularity yet: it is treated like the least popular one that has.
    least = popularity[popularity > 0].min(initial=1.0)
    weighed = sparse.diags(np.maximum(popularity, least) ** power) @ topics
    totals = np.asarray(weighed.sum(axis=0), dtype=np.float64).ravel()
    scale = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0)
    return sparse.csr_matrix(weighed @ sparse.diags(scale), dtype=np.float32)
