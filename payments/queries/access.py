"""Why somebody may open something."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from payments.enums import Cause
from payments.models import Entitlement


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One entitlement, in words: what it came from, since when and until when it opens the key."""

    key: str
    cause: str
    label: str | Promise
    since: datetime
    until: datetime | None
    order_url: str


def entitlements_of(user: Any) -> "list[Entitlement]":
    """The live entitlements of ``user``, the oldest first."""
    if not user.is_authenticated:
        return []
    return list(Entitlement.objects.live().filter(user=user).select_related("product", "line__order").order_by("pk"))


def why(viewer: Any, key: str) -> list[Reason]:
    """Every reason why ``viewer`` may open ``key`` now; empty where none of them was paid for or given."""
    return [_reason(entitlement) for entitlement in entitlements_of(viewer) if entitlement.key == key]


def _reason(entitlement: Entitlement) -> Reason:
    known = entitlement.cause in Cause
    return Reason(
        key=entitlement.key,
        cause=entitlement.cause,
        label=Cause(entitlement.cause).label if known else entitlement.cause,
        since=entitlement.starts_at,
        until=entitlement.ends_at,
        order_url=entitlement.line.order.get_absolute_url() if entitlement.line else "",
    )
