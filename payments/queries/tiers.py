"""Memberships: what each costs and gives, and how somebody's own stands."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from payments.enums import Cause
from payments.models import Entitlement, Inclusion, Product, Subscription, Tier
from payments.rules import SubscriptionState
from surveys import destinations
from surveys.destinations import Place

from .prices import Priced, priced
from .subscriptions import subscriptions_of


@dataclass(frozen=True, kw_only=True)
class Membership:
    """
    Somebody's own membership of one tier.

    ``runs_until`` is what was paid for, ``open_until`` adds the days of grace; both are None for life. ``subscription`` is
    what renews it by itself, or did until it was stopped.
    """

    runs_until: datetime | None
    open_until: datetime | None
    is_trial: bool
    is_paid_ahead: bool
    subscription: Subscription | None = None

    @property
    def goes_on(self) -> bool:
        """Whether it renews by itself."""
        return self.subscription is not None and self.subscription.cancelled_at is None

    @property
    def is_stopped(self) -> bool:
        """Whether it was renewed by itself, until it was stopped."""
        return self.subscription is not None and self.subscription.cancelled_at is not None

    @property
    def renews_on(self) -> datetime | None:
        """When the provider takes the next renewal, as far as we know."""
        return (self.subscription.renews_at if self.subscription else None) or self.runs_until

    @property
    def is_owed(self) -> bool:
        """Whether its last renewal could not be taken."""
        return self.goes_on and self.subscription is not None and self.subscription.state == SubscriptionState.LATE

    @property
    def is_in_grace(self) -> bool:
        """Whether the paid time is over and the door is still open."""
        return self.runs_until is not None and self.runs_until <= timezone.now()

    @property
    def is_renewable(self) -> bool:
        """Whether one more period can be bought now: one ahead at most, none after a life, and none beside a subscription."""
        return self.runs_until is not None and not self.is_paid_ahead and not self.goes_on


@dataclass(frozen=True, kw_only=True)
class TierOffer:
    """A tier with its plans at the viewer's prices, what is included, and the viewer's own membership of it."""

    tier: Tier
    plans: list[Priced]
    included: list[Product]
    own: Membership | None
    may_try: bool

    @property
    def cheapest(self) -> Priced | None:
        """The plan with the smallest price, which is what one can begin with."""
        return min(self.plans, key=lambda plan: plan.amount, default=None)


def tier_offers(*, viewer: Any) -> list[TierOffer]:
    """Every tier that can be joined or that ``viewer`` is in, as the membership page shows it: their own first."""
    own, may_try = memberships(user=viewer), _may_try(viewer)
    tiers = [tier for tier in _with_plans() if tier.closed_at is None or tier.key in own]
    plans = priced(products=[plan for tier in tiers for plan in tier.on_sale], buyer=viewer)
    open_now = {one.product_id for tier in tiers if tier.key in own for one in tier.included}
    return [
        TierOffer(
            tier=tier,
            plans=[plan for plan in plans if plan.product.tier_id == tier.pk],
            included=[one.product for one in tier.included],
            own=own.get(tier.key),
            may_try=may_try and bool(tier.trial_days) and tier.key not in own and not _holds_all(tier, open_now),
        )
        for tier in sorted(tiers, key=lambda tier: tier.key not in own)
    ]


def _holds_all(tier: Any, open_now: Collection[int]) -> bool:
    """Whether all that ``tier`` includes is open already, so that trying it would show nothing new."""
    return bool(tier.included) and all(one.product_id in open_now for one in tier.included)


def is_open_already(*, tier: Tier, user: Any) -> bool:
    """Whether all that ``tier`` includes is in memberships that are open to ``user`` now, as the page of memberships has it."""
    included = Inclusion.objects.filter(tier=tier)
    elsewhere = Inclusion.objects.filter(tier__key__in=memberships(user=user))
    return included.exists() and not included.exclude(product__in=elsewhere.values("product")).exists()


def places_of(offers: Iterable[TierOffer], *, viewer: Any) -> dict[str, Place]:
    """Where what is included in ``offers`` can be looked at, by its key; without what ``viewer`` may not see. A query for each kind of it."""
    subjects = [product.subject for offer in offers for product in offer.included]
    return {place.reference: place for place in destinations.those_of(subjects, viewer=viewer)}


def memberships(*, user: Any) -> dict[str, Membership]:
    """The memberships of ``user`` that are open now, by the key of the tier; one query, two for who is in one."""
    held: dict[str, list[Entitlement]] = {}
    for one in _open_and_ahead(user):
        held.setdefault(one.key, []).append(one)
    now, renewed = timezone.now(), subscriptions_of(user) if held else {}
    return {
        key: _sum_up(rows, renewed.get(key), now)
        for key, rows in held.items()
        if any(one.starts_at <= now for one in rows)
    }


def tiers_with(*, product: Product) -> list[Tier]:
    """The tiers in which ``product`` is included, with what can be bought of them as ``on_sale``."""
    return list(_with_plans().offered().filter(inclusions__product=product))


def holds(*, user: Any, key: str) -> bool:
    """Whether ``user`` holds ``key`` now by any entitlement, a tier that includes it among them."""
    live = Entitlement.objects.live().filter(user=user)
    if live.filter(key=key).exists():
        return True
    return Inclusion.objects.filter(tier__key__in=live.values("key"), product__subject=key).exists()


def has(*, user: Any, product: Product) -> bool:
    """Whether ``product`` is of no use to ``user``: bought or given already, or a membership that is paid ahead."""
    if product.period:
        own = memberships(user=user).get(product.key)
        return own is not None and not own.is_renewable
    return Entitlement.objects.live().filter(user=user, key=product.key).exists()


def included_keys(*, tier_key: str) -> list[str]:
    """The keys that a tier opens besides its own."""
    return list(Inclusion.objects.filter(tier__key=tier_key).values_list("product__subject", flat=True))


def tiers_behind(*, entitlement_ids: Sequence[int], user: Any) -> dict[int, Tier]:
    """The tier that each of these entitlements of ``user`` opens; what is not theirs is left out. Two queries."""
    rows = Entitlement.objects.filter(pk__in=entitlement_ids, user=user).values_list("pk", "key")
    keys = dict(rows)
    tiers = {tier.key: tier for tier in Tier.objects.filter(key__in=set(keys.values()))}
    return {pk: tiers[key] for pk, key in keys.items() if key in tiers}


def _with_plans() -> Any:
    plans = Product.objects.on_sale().order_by("price_minor", "pk")
    included = Inclusion.objects.select_related("product").order_by("product__title")
    return Tier.objects.order_by("place", "pk").prefetch_related(
        Prefetch("plans", plans, to_attr="on_sale"), Prefetch("inclusions", included, to_attr="included")
    )


def _open_and_ahead(user: Any) -> Iterable[Entitlement]:
    if not user.is_authenticated:
        return []
    return Entitlement.objects.not_over().filter(user=user, key__startswith="tier:").order_by("starts_at", "pk")


def _sum_up(rows: list[Entitlement], subscription: Subscription | None, now: datetime) -> Membership:
    is_for_life = any(one.ends_at is None for one in rows)
    last = max(rows, key=lambda one: one.runs_until or one.ends_at or now)
    return Membership(
        runs_until=None if is_for_life else last.runs_until or last.ends_at,
        open_until=None if is_for_life else last.ends_at,
        is_trial=all(one.cause == Cause.TRIAL for one in rows),
        is_paid_ahead=any(one.starts_at > now and one.cause != Cause.TRIAL for one in rows),
        subscription=subscription,
    )


def _may_try(viewer: Any) -> bool:
    return not (viewer.is_authenticated and Entitlement.objects.filter(user=viewer, cause=Cause.TRIAL).exists())
