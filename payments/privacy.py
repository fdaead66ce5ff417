"""What this room stores about people: books must stay, what somebody wrote by hand goes."""

from collections.abc import Iterator
from typing import Any

from core.privacy import erases, exempt, exports

from .models import (
    Entitlement,
    Order,
    OrderHistory,
    OrderLine,
    Payment,
    Product,
    Refund,
    RefundPart,
    WebhookEvent,
)

BOOKS = "the law asks for the books to be kept; the row holds a number and no name"

for _model in (Order, OrderLine, OrderHistory, Payment, RefundPart):
    exempt(_model, erasure=BOOKS)
exempt(Product, erasure="who buys it must be told whose it is; the row holds a number and the title of a thing")
exempt(WebhookEvent, export="it repeats what the payment says", erasure=BOOKS)


@exports(Order)
def export_orders(user: Any) -> Iterator[Any]:
    """What they ordered."""
    yield from (
        Order.objects.filter(buyer_id=user.pk)
        .order_by("pk")
        .values(
            "reference", "state", "total_minor", "refunded_minor", "currency", "placed_at", "paid_at", "receipt_number"
        )
    )


@exports(OrderLine)
def export_lines(user: Any) -> Iterator[Any]:
    """What their orders were made of, and what of theirs was sold; not who bought it."""
    bought = OrderLine.objects.filter(order__buyer_id=user.pk).order_by("pk")
    yield from bought.values(
        "order__reference", "title", "price_minor", "discount_minor", "amount_minor", "refunded_minor"
    )
    sold = OrderLine.objects.filter(creator_id=user.pk, order__paid_at__isnull=False).order_by("pk")
    yield from sold.values("title", "amount_minor", "refunded_minor", "share_percent", "order__paid_at")


@exports(OrderHistory)
def export_history(user: Any) -> Iterator[Any]:
    """What became of their orders."""
    moves = OrderHistory.objects.filter(order__buyer_id=user.pk).order_by("pk")
    yield from moves.values("order__reference", "before", "after", "cause", "happened_at")


@exports(Payment)
def export_payments(user: Any) -> Iterator[Any]:
    """How they paid."""
    yield from (
        Payment.objects.filter(order__buyer_id=user.pk)
        .order_by("pk")
        .values(
            "order__reference", "provider", "provider_id", "state", "amount_minor", "currency", "started_at", "paid_at"
        )
    )


@exports(Refund)
def export_refunds(user: Any) -> Iterator[Any]:
    """What they got back, and why."""
    yield from _refunds_of(user).values(
        "payment__order__reference", "amount_minor", "currency", "cause", "reason", "state", "decided_at", "settled_at"
    )


@erases(Refund)
def erase_refunds(user: Any) -> None:
    """The amounts stay; what was written beside them goes."""
    _refunds_of(user).update(reason="")


@exports(RefundPart)
def export_parts(user: Any) -> Iterator[Any]:
    """For what they got it back."""
    parts = RefundPart.objects.filter(refund__payment__order__buyer_id=user.pk).order_by("pk")
    yield from parts.values("refund__payment__order__reference", "line__title", "amount_minor")


@exports(Entitlement)
def export_entitlements(user: Any) -> Iterator[Any]:
    """What they could open, and why."""
    yield from (
        Entitlement.objects.filter(user_id=user.pk)
        .order_by("pk")
        .values("key", "cause", "reason", "granted_at", "starts_at", "ends_at", "ended_at", "end_cause")
    )


@erases(Entitlement)
def erase_entitlements(user: Any) -> None:
    """Why somebody had access stays countable; what was written beside it goes."""
    Entitlement.objects.filter(user_id=user.pk).update(reason="")


@exports(Product)
def export_products(user: Any) -> Iterator[Any]:
    """What they sell."""
    yield from (
        Product.objects.filter(creator_id=user.pk)
        .order_by("pk")
        .values("subject", "title", "price_minor", "currency", "share_percent", "created_at", "withdrawn_at")
    )


def _refunds_of(user: Any) -> Any:
    return Refund.objects.filter(payment__order__buyer_id=user.pk).order_by("pk")
