"""What this room stores about people: kept as the law asks, without the words that somebody wrote."""

from collections.abc import Iterator
from typing import Any

from core.privacy import Row, covers, erases, exempt, exports

from . import sealing
from .models import (
    BundlePart,
    Coupon,
    CouponCode,
    CouponUse,
    Discrepancy,
    Entitlement,
    Gift,
    Inclusion,
    InvoiceRequest,
    Order,
    OrderHistory,
    OrderLine,
    Payee,
    Payment,
    Payout,
    PayoutBatch,
    PayoutMove,
    PriceRule,
    Product,
    Reduction,
    Refund,
    RefundPart,
    Subscription,
)
from .operations.ordering import cancel_order
from .operations.subscribing import end_soon
from .rules import OrderState

_LAW = "accounts are kept as the law asks, under a number that no longer leads to a name"
_STAFF = "it may be another person"
_INNER = "it is how the school and its provider speak of it"

covers(
    Product,
    person="creator",
    exporting=["kind", "subject", "title", "price_minor", "currency", "share_percent", "created_at", "withdrawn_at"],
    omitting=dict.fromkeys(
        ["language", "refund_days", "refund_max_progress", "tier", "period"], "it is the offer's, not the person's"
    ),
    erasing={},
)
covers(
    Order,
    person="buyer",
    exporting=[
        "reference", "state", "total_minor", "refunded_minor", "currency", "placed_at", "expires_at", "paid_at", "receipt_number",
    ],
    omitting={"basket": _INNER, "bundle": _INNER},
    erasing={},
)  # fmt: skip
covers(
    OrderLine,
    person=["order__buyer", "creator"],
    exporting=["title", "price_minor", "discount_minor", "amount_minor", "refunded_minor"],
    omitting=dict.fromkeys(["product", "language", "share_percent", "refund_days", "refund_max_progress"], _INNER),
    erasing={},
)
covers(
    Reduction,
    person="line__order__buyer",
    exporting=["kind", "label", "amount_minor"],
    omitting={"rule": _INNER},
    erasing={},
)
covers(
    CouponUse,
    exporting=["state", "reserved_at"],
    omitting=dict.fromkeys(["coupon", "code", "order", "slot", "slots"], _INNER),
    erasing={},
)
covers(
    Coupon,
    person="creator",
    exporting=[
        "name", "percent", "amount_minor", "currency", "starts_at", "ends_at", "total_cap", "per_person", "minimum_minor", "used",
        "created_at", "ended_at",
    ],
    erasing={},
)  # fmt: skip
covers(
    Gift,
    person=["order__buyer", "claimed_by"],
    exporting=["recipient", "message", "created_at", "expires_at", "claimed_at"],
    omitting={"token": "whoever holds it can claim the gift", "order": _INNER},
    erasing={"recipient": "", "message": ""},
)
covers(
    OrderHistory,
    person="order__buyer",
    exporting=["before", "after", "cause", "happened_at"],
    omitting={"payment": _INNER, "by": "it may be another person"},
    erasing={},
)
covers(
    Payment,
    person="order__buyer",
    exporting=["provider", "state", "amount_minor", "currency", "captured_minor", "refunded_minor", "started_at", "paid_at"],
    omitting=dict.fromkeys(
        [
            "account", "idempotency_key", "provider_id", "checkout_url", "captured_currency", "fee_minor", "counted_at",
            "asked", "asked_at", "ask_at", "qr", "is_phone", "is_recurring", "subscription",
        ],
        _INNER,
    ),
    erasing={"checkout_url": "", "qr": ""},
)  # fmt: skip
covers(
    Refund,
    person="payment__order__buyer",
    exporting=["amount_minor", "currency", "cause", "reason", "state", "decided_at", "settled_at"],
    omitting={"idempotency_key": _INNER, "provider_id": _INNER, "by": "it may be another person"},
    erasing={"reason": ""},
)
covers(
    RefundPart,
    person="refund__payment__order__buyer",
    exporting=["amount_minor"],
    omitting={"line": _INNER},
    erasing={},
)
covers(
    Entitlement,
    exporting=["key", "cause", "reason", "granted_at", "starts_at", "runs_until", "ends_at", "ended_at", "end_cause"],
    omitting={"product": _INNER, "line": _INNER, "due_at": _INNER, "by": "it may be another person"},
    erasing={"reason": ""},
)
covers(
    Payee,
    exporting=["way", "hint", "changed_at"],
    omitting={"sealed": "it is exported unlocked"},
)
covers(
    Payout,
    person="creator",
    exporting=["amount_minor", "currency", "state", "way", "hint", "reason", "number", "asked_at", "paid_at"],
    omitting={
        "sealed": "it is the payee's, which is exported unlocked",
        "approved_by": _STAFF,
        "paid_by": _STAFF,
        "batch": _INNER,
    },
    erasing={"sealed": "", "hint": "", "reason": ""},
)
covers(
    PayoutMove,
    person="payout__creator",
    exporting=["before", "after", "happened_at"],
    omitting={"payout": _INNER, "by": _STAFF},
    erasing={},
)


covers(
    Subscription,
    exporting=["provider", "amount_minor", "currency", "state", "began_at", "renews_at", "cancelled_at", "ended_at"],
    omitting=dict.fromkeys(["product", "order", "account", "provider_id", "wish", "pay_url", "told_at"], _INNER),
    erasing={"pay_url": ""},
)


@erases(Subscription)
def end_subscriptions(user: Any) -> None:
    """Nothing is taken from whoever has left; the rows stay, as accounts do."""
    for pk in Subscription.objects.living().filter(user=user).values_list("pk", flat=True):
        end_soon(pk)
    Subscription.objects.filter(user=user).update(pay_url="")


@erases(Order)
def give_up_orders(user: Any) -> None:
    """What waits for money of whoever has left is given up: money that comes nevertheless goes back. All orders stay."""
    for order in Order.objects.filter(buyer=user, state=OrderState.PLACED).order_by("pk"):
        cancel_order(order=order, by=user)


@exports(Payee)
def export_payee(user: Any) -> Iterator[Row]:
    """Where they are paid, in the open: it is theirs."""
    for payee in Payee.objects.filter(user=user):
        yield {"way": payee.way, "changed_at": payee.changed_at, **sealing.unlock(payee.sealed)}


exempt(Product, erasure="those who bought it keep it; its creator is shown as a former member")
covers(
    InvoiceRequest,
    person="order__buyer",
    exporting=["kind", "title", "tax_number", "asked_at", "issued_at", "number", "refused_at", "reason"],
    omitting={"order": _INNER, "by": "it may be another person"},
    erasing={},
)
exempt(InvoiceRequest, erasure="the law wants invoices kept with the name that stands on them")
exempt(CouponUse, erasure=_LAW)
exempt(Coupon, erasure="those who hold its codes keep them; its creator is shown as a former member")
for shelf in (BundlePart, CouponCode, Coupon.products.through, Inclusion, PriceRule):
    exempt(shelf, export="it says what the school sells and at which price", erasure="it says nothing of a person")
for model in (Order, OrderLine, OrderHistory, PayoutMove, Reduction, RefundPart):
    exempt(model, erasure=_LAW)
exempt(
    PayoutBatch,
    export="it names those of the staff who sent money, and no creator; their acts are in the log",
    erasure=_LAW,
)
exempt(
    Discrepancy,
    export="it is how the school and its provider compare their books",
    erasure="it names a payment and no person; " + _LAW,
)
