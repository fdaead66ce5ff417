"""Giving and ending access."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import audit, events
from core.realtime import sending
from payments import fulfilment, queries, rules
from payments.enums import Cause, EndCause
from payments.events import EntitlementEnded, EntitlementGranted
from payments.models import Entitlement, Gift, Order, OrderLine, Product

from . import periods


@transaction.atomic
def grant(
    *,
    user: User,
    product: Product | None = None,
    key: str = "",
    cause: str,
    by: User | None = None,
    reason: str = "",
    line: OrderLine | None = None,
    ends_at: datetime | None = None,
    day: int = 0,
) -> Entitlement:
    """
    Let ``user`` hold the key of ``product``, or ``key`` where no product stands for it; a line grants it once.

    A plan of a tier is held for its period, which follows the one that runs; ``day`` is that of ``rules.period_end``. What a
    person gives by hand is put on record.
    """
    opens = product.key if product else key
    found = Entitlement.objects.filter(line=line, key=opens).first() if line else None
    if found:
        return found
    is_plan = product is not None and bool(product.period) and ends_at is None
    span = (
        periods.next_period(user=user, product=product, day=day) if product and is_plan else periods.from_now(ends_at)
    )
    entitlement = Entitlement.objects.create(
        user=user, product=product, key=opens, cause=cause, by=by, reason=reason, line=line, **span
    )
    announce(entitlement, by=by or user)
    if cause == Cause.STAFF:
        audit.record(by=by, act="payments.grant", subject=f"user:{user.pk}", after={"key": opens}, reason=reason)
    return entitlement


@transaction.atomic
def end_entitlement(*, entitlement: Entitlement, cause: str, by: User | None = None, reason: str = "") -> Entitlement:
    """End access now; ending it again changes nothing. Open sockets of the member are asked again after the commit."""
    entitlement = Entitlement.objects.select_for_update().get(pk=entitlement.pk)
    if entitlement.ended_at is not None:
        return entitlement
    entitlement.ended_at, entitlement.end_cause = timezone.now(), cause
    entitlement.save(update_fields=["ended_at", "end_cause"])
    periods.move_up(entitlement)
    _tell(entitlement, EntitlementEnded, by=by)
    fulfilment.tell_of_end(entitlement, _kind(entitlement))
    if cause == EndCause.STAFF:
        audit.record(
            by=by, act="payments.end_entitlement", subject=f"user:{entitlement.user_id}",
            before={"key": entitlement.key}, reason=reason,
        )  # fmt: skip
    return entitlement


def announce(entitlement: Entitlement, *, by: User) -> None:
    """Tell of a new entitlement, the room that owns its key first."""
    _tell(entitlement, EntitlementGranted, by=by)
    fulfilment.of(_kind(entitlement)).granted(entitlement)


def grant_order(order: Order, lines: Iterable[OrderLine]) -> None:
    """Give the buyer what the lines of a paid order open; a gift waits for whoever claims it."""
    gift = Gift.objects.filter(order=order).first()
    if gift is not None:
        gift.expires_at = timezone.now() + rules.GIFT_LIVES
        gift.save(update_fields=["expires_at"])
        return
    cause, day = Cause.BUNDLE if order.bundle_id else Cause.PURCHASE, queries.first_day(order)
    for line in lines:
        grant(user=order.buyer, product=line.product, cause=cause, line=line, day=day)


def lines_held(order: Order) -> list[OrderLine]:
    """
    The lines of a locked order whose things its buyer holds already: by another page that was open at once, or by a gift.

    A membership is held already where it never ends. Until the transaction ends nobody else gives its buyer any of them.
    """
    if Gift.objects.filter(order=order).exists():
        return []
    periods.lock(user_id=order.buyer_id)
    lines = list(order.lines.select_related("product").order_by("pk"))
    live = Entitlement.objects.live().filter(user=order.buyer_id, key__in={line.product.key for line in lines})
    held = set(live.values_list("key", "ends_at"))
    return [line for line in lines if any(_makes_useless(line.product, key, until) for key, until in held)]


def _makes_useless(product: Product, key: str, until: datetime | None) -> bool:
    return key == product.key and (until is None or not product.period)


def end_lines(lines: Iterable[OrderLine], *, cause: str, by: User | None) -> None:
    """End what the lines had opened."""
    for entitlement in Entitlement.objects.filter(line__in=list(lines), ended_at__isnull=True).order_by("pk"):
        end_entitlement(entitlement=entitlement, cause=cause, by=by)


def _tell(entitlement: Entitlement, fact: Any, *, by: User | None) -> None:
    told = fact(entitlement_id=entitlement.pk, user_id=entitlement.user_id, product_id=entitlement.product_id)
    events.publish(told, by=by, subject=entitlement.key)
    sending.recheck(user_id=entitlement.user_id)


def _kind(entitlement: Entitlement) -> str:
    return entitlement.product.kind if entitlement.product else entitlement.key.partition(":")[0]
