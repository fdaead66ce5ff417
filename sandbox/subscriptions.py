"""Payments that renew themselves: what was agreed at the till, the periods that follow, and how they end."""

import calendar
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sandbox.books import Books, NotThere, Payment, new_id


class Standing(StrEnum):
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a payment begins once it is paid: the same again every ``interval_count`` months or years, at ``amount``."""

    interval: str
    interval_count: int
    amount: int
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """``payment_id`` is what began it; ``anchor`` is the day of the month on which its periods begin."""

    id: str
    payment_id: str
    interval: str
    interval_count: int
    amount: int
    metadata: str
    status: Standing
    stops: int
    anchor: int
    period_start: float
    period_end: float
    created_at: float
    ended_at: float | None

    def view(self) -> dict[str, Any]:
        """Give what is told of it."""
        return {**asdict(self), "metadata": json.loads(self.metadata)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One period: ``payment_id`` is what paid it, None while nothing has."""

    id: str
    subscription_id: str
    payment_id: str | None
    amount: int
    status: str
    reason: str
    attempts: int
    period_start: float
    period_end: float
    created_at: float

    def view(self) -> dict[str, Any]:
        """Give what is told of it."""
        return asdict(self)


def agree(books: Books, payment: Payment, agreement: Agreement) -> None:
    """Keep what a payment is to begin."""
    books.db.execute(
        "INSERT INTO agreements (payment_id, interval, interval_count, amount, metadata) VALUES (?, ?, ?, ?, ?)",
        (
            payment.id,
            agreement.interval,
            agreement.interval_count,
            agreement.amount,
            json.dumps(agreement.metadata),
        ),
    )


def is_agreed(books: Books, payment: Payment) -> bool:
    return books.db.execute("SELECT 1 FROM agreements WHERE payment_id = ?", (payment.id,)).fetchone() is not None


def begin(books: Books, payment: Payment) -> tuple[Subscription, Invoice] | None:
    """Begin what was agreed with a payment that was taken now; None where nothing was."""
    agreed = books.db.execute("SELECT * FROM agreements WHERE payment_id = ?", (payment.id,)).fetchone()
    if agreed is None:
        return None
    start, id = books.now, new_id("sub")
    anchor = datetime.fromtimestamp(start, UTC).day
    end = after(start, interval=agreed["interval"], count=agreed["interval_count"], anchor=anchor)
    books.db.execute(
        "INSERT INTO subscriptions (id, payment_id, interval, interval_count, amount, metadata, status, stops, anchor,"
        " period_start, period_end, created_at) VALUES (?, ?, ?, ?, ?, ?, 'active', 0, ?, ?, ?, ?)",
        (
            id, payment.id, agreed["interval"], agreed["interval_count"], agreed["amount"], agreed["metadata"], anchor, start, end, start,
        ),
    )  # fmt: skip
    begun = subscription(books, id=id)
    return begun, write_invoice(
        books, begun, reason="subscription_create", amount=payment.amount, payment_id=payment.id
    )


def write_invoice(
    books: Books, of: Subscription, *, reason: str, amount: int, payment_id: str | None, attempts: int = 0
) -> Invoice:
    """Write down the period that the subscription is in; it is paid where a payment is named."""
    id = new_id("in")
    books.db.execute(
        "INSERT INTO invoices (id, subscription_id, payment_id, amount, status, reason, attempts, period_start, period_end,"
        " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            id, of.id, payment_id, amount, "paid" if payment_id else "open", reason, attempts, of.period_start, of.period_end, books.now,
        ),
    )  # fmt: skip
    return invoice(books, id=id)


def subscription(books: Books, *, id: str) -> Subscription:
    """
    Give the subscription called ``id``.

    :raises NotThere: if there is none.
    """
    return _subscription(books.db.execute("SELECT * FROM subscriptions WHERE id = ?", (id,)).fetchone(), id)


def begun_by(books: Books, payment: Payment) -> Subscription | None:
    """Give the subscription that ``payment`` began, or None."""
    row = books.db.execute("SELECT * FROM subscriptions WHERE payment_id = ?", (payment.id,)).fetchone()
    return None if row is None else _subscription(row, payment.id)


def invoice(books: Books, *, id: str) -> Invoice:
    """
    Give the invoice called ``id``.

    :raises NotThere: if there is none.
    """
    row = books.db.execute("SELECT * FROM invoices WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise NotThere(f"There is no invoice {id!r}.")
    return Invoice(**dict(row))


def invoices_of(books: Books, of: Subscription) -> list[Invoice]:
    """Give the invoices of a subscription, the newest first."""
    rows = books.db.execute(
        "SELECT * FROM invoices WHERE subscription_id = ? ORDER BY created_at DESC, rowid DESC", (of.id,)
    )
    return [Invoice(**dict(row)) for row in rows.fetchall()]


def paid_by(books: Books, payment: Payment) -> Invoice | None:
    """Give the invoice that ``payment`` paid, or None."""
    row = books.db.execute("SELECT * FROM invoices WHERE payment_id = ?", (payment.id,)).fetchone()
    return None if row is None else Invoice(**dict(row))


def about(begun: tuple[Subscription, Invoice] | None) -> Mapping[str, Any]:
    """Give what an event carries of a subscription and its invoice."""
    return {} if begun is None else {"subscription": begun[0].view(), "invoice": begun[1].view()}


def after(moment: float, *, interval: str, count: int, anchor: int) -> float:
    """Give the same time of day ``count`` intervals later, on day ``anchor`` of the month, or on its last one."""
    start = datetime.fromtimestamp(moment, UTC)
    months = start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    day = min(anchor, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day).timestamp()


def _subscription(row: sqlite3.Row | None, id: str) -> Subscription:
    if row is None:
        raise NotThere(f"There is no subscription {id!r}.")
    return Subscription(**{**dict(row), "status": Standing(row["status"])})
