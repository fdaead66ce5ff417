"""Which state may follow which, how money is split, and when it may be asked back: everything that needs no table."""

import calendar
from collections.abc import Iterable, Sequence
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


class UseState(models.TextChoices):
    RESERVED = "reserved", _("reserved")
    CONFIRMED = "confirmed", _("used")
    RELEASED = "released", _("released")


class PayoutState(models.TextChoices):
    ASKED = "asked", _("asked for")
    APPROVED = "approved", _("approved")
    HELD = "held", _("held")
    PAID = "paid", _("paid out")
    CANCELLED = "cancelled", _("back in the balance")
    RETURNED = "returned", _("came back from the bank")


class SubscriptionState(models.TextChoices):
    ACTIVE = "active", _("renews by itself")
    LATE = "late", _("the last renewal was not paid")
    ENDED = "ended", _("ended")


class Period(models.TextChoices):
    """For how long a membership is bought."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")
    LIFETIME = "lifetime", _("for life")


ORDER_LIVES = timedelta(hours=24)
"""How long an order waits for its money before it expires."""

GRACE = timedelta(days=7)
"""For how long a membership stays open after the time that was paid for."""

REMINDERS = (timedelta(days=7), timedelta(days=3), timedelta())
"""How long before the end of the paid time its holder is reminded."""

GIFT_LIVES = timedelta(days=90)
"""How long a gift can be claimed; after that the money goes back to the giver."""

_MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}

CHECKOUT_LIVES = timedelta(hours=2)
"""How long an attempt can be paid at its provider, and a code be scanned."""

SHORTEST_CHECKOUT = timedelta(minutes=31)
"""Less than this no provider promises; what is paid after the order's end goes back by itself."""

TRANSFER_WAITS = timedelta(days=7)
"""How long an order waits for a transfer, which banks take days for."""

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

# What is paid has left the school's account: only the bank can bring it back.
PAYOUT_EDGES: dict[str, frozenset[str]] = {
    PayoutState.ASKED: frozenset({PayoutState.APPROVED, PayoutState.HELD, PayoutState.CANCELLED}),
    PayoutState.APPROVED: frozenset({PayoutState.PAID, PayoutState.HELD}),
    PayoutState.HELD: frozenset({PayoutState.ASKED, PayoutState.CANCELLED}),
    PayoutState.PAID: frozenset({PayoutState.RETURNED}),
    PayoutState.CANCELLED: frozenset(),
    PayoutState.RETURNED: frozenset(),
}

# What was ended at the provider is not woken: who comes back subscribes anew.
SUBSCRIPTION_EDGES: dict[str, frozenset[str]] = {
    SubscriptionState.ACTIVE: frozenset({SubscriptionState.LATE, SubscriptionState.ENDED}),
    SubscriptionState.LATE: frozenset({SubscriptionState.ACTIVE, SubscriptionState.ENDED}),
    SubscriptionState.ENDED: frozenset(),
}

UNMISTAKABLE, CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", 12
"""Crockford's alphabet, in which nothing is mistaken for something else when read aloud, and how many of it make 60 random bits."""

ON_THEIR_WAY = frozenset({PayoutState.ASKED, PayoutState.APPROVED, PayoutState.HELD})
"""Payouts whose money has left the creator's balance and not the school; of these a creator has one per currency."""

SMALLEST_PAYOUT = {"CNY": 100_00, "USD": 20_00}
"""Less than this is not paid out: a bank's fee would eat it."""

ALONE_UP_TO = {"CNY": 5_000_00, "USD": 1_000_00}
"""A larger payout is approved by one person and paid by another."""

WITHOUT_ANSWER = frozenset({PaymentState.STARTED, PaymentState.UNKNOWN})
PAYABLE = frozenset({PaymentState.OPEN, PaymentState.DECLINED, PaymentState.ABANDONED})
ALIVE = WITHOUT_ANSWER | {PaymentState.OPEN, PaymentState.DECLINED}
"""Attempts that the buyer may still be sent to; an order has at most one of them."""

CHARGEABLE = frozenset({PaymentState.PAID, PaymentState.REFUNDED})
"""Payments whose money the buyer's bank may still take back; what was refunded may not have arrived yet."""


class CouponRefused(Exception):
    """
    A code cannot be used for this purchase; ``why`` is ``unknown``, ``early``, ``late``, ``scope``, ``minimum``,
    ``used_up`` or ``yours``.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotAllowed(Exception):
    """The state has no edge to the one asked for."""


def require_edge(edges: dict[str, frozenset[str]], before: str, after: str) -> None:
    """
    Pass if ``edges`` lead from ``before`` to ``after``.

    :raises NotAllowed: if they do not.
    """
    if after not in edges[before]:
        raise NotAllowed(f"{before} → {after}")


def in_groups(letters: Iterable[str]) -> str:
    """Give the letters of a code as one reads them out: in three groups of four."""
    drawn = "".join(letters)
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


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


def percent_off(*, amount: int, percent: int) -> int:
    """What ``percent`` of ``amount`` minor units is, rounded down: a reduction never takes more than it says."""
    return amount * percent // 100


def refund_until(*, paid_at: datetime, days: int) -> datetime:
    """The moment until which a buyer may ask the money back."""
    return paid_at + timedelta(days=days)


def next_question(*, asked: int) -> timedelta:
    """How long to wait before a provider is asked about a payment for the ``asked + 1``-th time: 15 s, doubled, at most an hour."""
    return timedelta(seconds=min(15 * 2 ** min(asked, 10), 3600))


def period_end(*, begins: datetime, period: str, day: int = 0) -> datetime | None:
    """
    The same day of a later month, or that month's last one (31 January → 28 February); None for life.

    ``day`` is the day of the month on which the first period of several began: after 28 February comes 31 March again.
    """
    if period == Period.LIFETIME:
        return None
    months = begins.month - 1 + _MONTHS[Period(period)]
    year, month = begins.year + months // 12, months % 12 + 1
    return begins.replace(year=year, month=month, day=min(day or begins.day, calendar.monthrange(year, month)[1]))


def renews(period: str) -> bool:
    """Whether what is bought for ``period`` can be renewed at all."""
    return bool(period) and period != Period.LIFETIME


def next_look(*, runs_until: datetime | None, ends_at: datetime | None, after: datetime) -> datetime | None:
    """When something is to be done for an entitlement next: a reminder, or its end; None where it has none."""
    reminders = [runs_until - before for before in REMINDERS] if runs_until else []
    return min((moment for moment in [*reminders, ends_at] if moment and moment > after), default=ends_at)


def days_before(*, runs_until: datetime, now: datetime) -> int:
    """Which of the reminders is due: 7, 3 or 0; the last one whose time has come."""
    return min((before.days for before in REMINDERS if runs_until - before <= now), default=REMINDERS[0].days)


def days(count: int) -> timedelta:
    """A span of so many days."""
    return timedelta(days=count)


def checkout_until(*, started_at: datetime, expires_at: datetime) -> datetime:
    """Until when an attempt can be paid that began at ``started_at`` for an order of ``expires_at``."""
    return max(min(expires_at, started_at + CHECKOUT_LIVES), started_at + SHORTEST_CHECKOUT)
