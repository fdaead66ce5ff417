"""Why somebody may open something."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils.functional import Promise

from payments.enums import Cause
from payments.models import Entitlement, Inclusion, Tier


@dataclass(frozen=True, kw_only=True)
class Reason:
    """
    One entitlement, in words: what it came from, since when and until when it opens the key.

    ``tier`` is the membership that includes it, ``giver`` who gave it; both are empty where there is none.
    """

    key: str
    cause: str
    label: str | Promise
    since: datetime
    until: datetime | None
    order_url: str
    tier: str = ""
    giver: str = ""


def entitlements_of(user: Any) -> "list[Entitlement]":
    """The live entitlements of ``user``, the oldest first."""
    if not user.is_authenticated:
        return []
    return list(Entitlement.objects.live().filter(user=user).select_related("product", "line__order").order_by("pk"))


def why(viewer: Any, *keys: str) -> list[Reason]:
    """Every reason why ``viewer`` may open one of ``keys`` now; empty where none of them was paid for or given. Two queries at most."""
    if not viewer.is_authenticated or not keys:
        return []
    including = Inclusion.objects.filter(product__subject__in=keys).values("tier__key")
    live = Entitlement.objects.live().filter(Q(key__in=keys) | Q(key__in=including), user=viewer)
    held = list(live.select_related("line__order__buyer", "by").order_by("pk"))
    tiers = {tier.key: tier.name for tier in Tier.objects.filter(key__in={one.key for one in held})}
    return [_reason(one, viewer, tiers.get(one.key, "")) for one in held]


def held(*, user: str, key: Combinable) -> Q:
    """
    The condition for rows whose ``user`` holds ``key`` now, by any entitlement, a tier that includes it among them.

    ``user`` is the name of a column of those rows; ``key`` may speak of others by ``OuterRef``. The clock is the database's, so that a
    statement may be written once and asked again.
    """
    # The two ways in one question about one member's few rows: of two questions Postgres would answer each by reading everybody's.
    live = Entitlement.objects.live(at=Now()).annotate(wanted=key)
    including = Inclusion.objects.filter(product__subject=OuterRef("wanted")).values("tier__key")
    return Q(Exists(live.filter(Q(key=F("wanted")) | Q(key__in=including), user=OuterRef(user))))


def _reason(entitlement: Entitlement, viewer: Any, tier: str) -> Reason:
    order = entitlement.line.order if entitlement.line else None
    return Reason(
        key=entitlement.key,
        cause=entitlement.cause,
        label=Cause(entitlement.cause).label if entitlement.cause in Cause else entitlement.cause,
        since=entitlement.starts_at,
        until=entitlement.ends_at,
        # A gift's order is the giver's.
        order_url=order.get_absolute_url() if order is not None and order.buyer_id == viewer.pk else "",
        tier=tier,
        giver=str(order.buyer) if order is not None and entitlement.cause == Cause.GIFT else "",
    )
