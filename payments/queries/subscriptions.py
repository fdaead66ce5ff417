"""Memberships that renew by themselves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum
from django.utils import translation

from accounts.models import User
from payments import fulfilment
from payments.enums import ReductionKind
from payments.models import Entitlement, Order, OrderLine, Payment, Subscription


@dataclass(frozen=True, kw_only=True)
class SubscriptionPage:
    """A subscription as a letter about it needs it; ``open_until`` is None where nothing is open any more."""

    user: User
    title: str
    amount: int
    currency: str
    open_until: datetime | None


def subscription_page(*, subscription_id: int) -> SubscriptionPage:
    """How a subscription stands, in its member's language."""
    found = Subscription.objects.select_related("user", "product__tier").get(pk=subscription_id)
    held = Entitlement.objects.not_over().filter(user=found.user_id, key=found.product.key)
    last = held.order_by("-ends_at").first()
    with translation.override(found.user.language):
        title = fulfilment.describe(found.product).title
    return SubscriptionPage(
        user=found.user,
        title=title,
        amount=found.amount_minor,
        currency=found.currency,
        open_until=last.ends_at if last else None,
    )


def subscriptions_of(user: Any) -> dict[str, Subscription]:
    """The subscriptions of ``user`` that have not ended, by the key of the tier; of several the one that goes on. One query."""
    if not user.is_authenticated:
        return {}
    living = Subscription.objects.living().filter(user=user).select_related("product__tier")
    rows = sorted(living, key=lambda one: (one.cancelled_at is None, one.pk))
    return {one.product.key: one for one in rows}


def lasting_price(line: OrderLine) -> int:
    """What a plan costs each time: its price, or the old one that was kept; what a code or a public rule takes off counts once."""
    kept = line.reductions.filter(kind=ReductionKind.KEPT).aggregate(sum=Sum("amount_minor", default=0))
    return int(line.price_minor - kept["sum"])


def is_of_last_period(payment: Payment) -> bool:
    """Whether ``payment`` paid the last period of a subscription that has not ended. No query where it paid for none."""
    if payment.subscription_id is None:
        return False
    later = Payment.objects.filter(subscription=payment.subscription_id, counted_at__isnull=False, pk__gt=payment.pk)
    return Subscription.objects.living().filter(pk=payment.subscription_id).exists() and not later.exists()


def first_day(order: Order) -> int:
    """The day of the month on which the first period began that ``order`` goes on with; 0 where it goes on with none."""
    payment = order.payments.filter(subscription__isnull=False).first()
    if payment is None:
        return 0
    periods = Entitlement.objects.filter(line__order__payments__subscription=payment.subscription_id)
    first = periods.order_by("pk").first()
    return first.starts_at.day if first else 0
