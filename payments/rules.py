"""Which state may follow which, how money is split, and when it may be asked back: everything that needs no table."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    PLACED = "placed", _("waiting for payment")
    PAID = "paid", _("paid")
    REFUNDED = "refunded", _("refunded")
    DISPUTED = "disputed", _("charged back")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


class PaymentState(models.TextChoices):
    STARTED = "started", _("about to begin")
    UNKNOWN = "unknown", _("no answer yet")
    OPEN = "open", _("at the provider")
    REFUSED = "refused", _("refused by the provider")
    DECLINED = "declined", _("declined")
    ABANDONED = "abandoned", _("abandoned")
    PAID = "paid", _("paid")
    MISMATCHED = "mismatched", _("another amount arrived")
    REFUNDED = "refunded", _("refunded")
    DISPUTED = "disputed", _("charged back")


class RefundState(models.TextChoices):
    DUE = "due", _("on its way")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused by the provider")


ORDER_LIVES = timedelta(hours=24)
"""How long an order waits for its money before it expires."""

ORDER_EDGES: dict[str, frozenset[str]] = {
    OrderState.PLACED: frozenset({OrderState.PAID, OrderState.CANCELLED, OrderState.EXPIRED}),
    OrderState.PAID: frozenset({OrderState.REFUNDED, OrderState.DISPUTED}),
    OrderState.REFUNDED: frozenset({OrderState.DISPUTED}),
    OrderState.DISPUTED: frozenset(),
    OrderState.CANCELLED: frozenset(),
    OrderState.EXPIRED: frozenset(),
}

# A declined payment is not at its end, since the person may take out another card; an abandoned one may still be paid,
# since nobody can take the provider's page away from them.
PAYMENT_EDGES: dict[str, frozenset[str]] = {
    PaymentState.STARTED: frozenset(
        {PaymentState.UNKNOWN, PaymentState.OPEN, PaymentState.REFUSED, PaymentState.ABANDONED}
    ),
    PaymentState.UNKNOWN: frozenset({PaymentState.OPEN, PaymentState.REFUSED, PaymentState.ABANDONED}),
    PaymentState.OPEN: frozenset(
        {PaymentState.DECLINED, PaymentState.ABANDONED, PaymentState.PAID, PaymentState.MISMATCHED}
    ),
    PaymentState.DECLINED: frozenset({PaymentState.ABANDONED, PaymentState.PAID, PaymentState.MISMATCHED}),
    PaymentState.ABANDONED: frozenset({PaymentState.PAID, PaymentState.MISMATCHED}),
    PaymentState.PAID: frozenset({PaymentState.REFUNDED, PaymentState.DISPUTED}),
    PaymentState.MISMATCHED: frozenset({PaymentState.REFUNDED}),
    PaymentState.REFUNDED: frozenset({PaymentState.DISPUTED}),
    PaymentState.DISPUTED: frozenset(),
    PaymentState.REFUSED: frozenset(),
}

REFUND_EDGES: dict[str, frozenset[str]] = {
    RefundState.DUE: frozenset({RefundState.DONE, RefundState.REFUSED}),
    RefundState.REFUSED: frozenset({RefundState.DUE, RefundState.DONE}),
    RefundState.DONE: frozenset(),
}

WITHOUT_ANSWER = frozenset({PaymentState.STARTED, PaymentState.UNKNOWN})
PAYABLE = frozenset({PaymentState.OPEN, PaymentState.DECLINED, PaymentState.ABANDONED})
ALIVE = WITHOUT_ANSWER | {PaymentState.OPEN, PaymentState.DECLINED}
"""Attempts that the buyer may still be sent to; an order has at most one of them."""

CHARGEABLE = frozenset({PaymentState.PAID, PaymentState.REFUNDED})
"""Payments whose money the buyer's bank may still take back; what was refunded may not have arrived yet."""


class NotAllowed(Exception):
    """The state has no edge to the one asked for."""


def require_edge(edges: dict[str, frozenset[str]], before: str, after: str) -> None:
    """
    Pass if ``edges`` lead from ``before`` to ``after``.

    :raises NotAllowed: if they do not.
    """
    if after not in edges[before]:
        raise NotAllowed(f"{before} → {after}")


def creator_share(*, amount: int, percent: int) -> int:
    """
    What the creator keeps of ``amount`` minor units, rounded down.

    Shares of what is refunded are differences of this, so that parts given back one by one sum to the whole.
    """
    return amount * percent // 100


def split(*, amount: int, weights: Sequence[int]) -> list[int]:
    """
    Divide ``amount`` in proportion to ``weights``, to the last minor unit (largest remainder; ties go to the first).

    No part exceeds its weight where ``amount`` does not exceed their sum.
    """
    total = sum(weights)
    if not total:
        return [0 for _ in weights]
    parts = [amount * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(amount * weights[place] % total))
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def refund_until(*, paid_at: datetime, days: int) -> datetime:
    """The moment until which a buyer may ask the money back."""
    return paid_at + timedelta(days=days)


def next_question(*, asked: int) -> timedelta:
    """How long to wait before a provider is asked about a payment for the ``asked + 1``-th time: 15 s, doubled, at most an hour."""
    return timedelta(seconds=min(15 * 2 ** min(asked, 10), 3600))
