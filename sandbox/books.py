"""The provider's books: payments and refunds as rows, and the views of them that leave the house."""

import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from sandbox import money
from sandbox.environment import Settings
from sandbox.rules import Status


class NotThere(Exception):
    """No such payment or event."""


@dataclass(frozen=True, slots=True)
class Books:
    """One open transaction, who keeps it, and what time it is for the whole of it."""

    db: sqlite3.Connection
    settings: Settings
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    id: str
    order_reference: str
    amount: int
    currency: str
    description: str
    return_url: str
    webhook_url: str
    scheme: str
    status: Status
    amount_refunded: int
    wrong_codes: int
    created_at: float
    paid_at: float | None

    @property
    def refundable(self) -> int:
        return self.amount - self.amount_refunded if self.status is Status.PAID else 0

    def for_notice(self) -> dict[str, Any]:
        """Give what a webhook says about the payment at this moment."""
        return {
            "id": self.id,
            "order_reference": self.order_reference,
            "amount": self.amount,
            "currency": self.currency,
            "status": self.status.value,
            "amount_refunded": self.amount_refunded,
            "fee": money.fee(self.amount) if self.paid_at is not None else 0,
            "created": int(self.created_at),
            "paid_at": None if self.paid_at is None else int(self.paid_at),
        }


def payment_of(row: sqlite3.Row) -> Payment:
    return Payment(**{**dict(row), "status": Status(row["status"])})


def payment(books: Books, *, id: str) -> Payment:
    """
    Give the payment called ``id``.

    :raises NotThere: if there is none.
    """
    row = books.db.execute("SELECT * FROM payments WHERE id = ?", (id,)).fetchone()
    if row is None:
        raise NotThere(f"There is no payment {id!r}.")
    return payment_of(row)


def payment_view(books: Books, payment: Payment) -> dict[str, Any]:
    """Give the payment as the API shows it, with its refunds, oldest first."""
    rows = books.db.execute("SELECT * FROM refunds WHERE payment_id = ? ORDER BY created_at, rowid", (payment.id,))
    return {
        **payment.for_notice(),
        "object": "payment",
        "account": books.settings.account,
        "description": payment.description,
        "return_url": payment.return_url,
        "webhook_url": payment.webhook_url,
        "scheme": payment.scheme,
        "checkout_url": f"{books.settings.public_url}/pay/{payment.id}",
        "refunds": [refund_view(row, currency=payment.currency) for row in rows.fetchall()],
    }


def refund_view(row: sqlite3.Row, *, currency: str) -> dict[str, Any]:
    return {
        "id": row["id"],
        "object": "refund",
        "payment": row["payment_id"],
        "amount": row["amount"],
        "currency": currency,
        "reason": row["reason"],
        "status": "succeeded",
        "created": int(row["created_at"]),
    }


def new_id(prefix: str) -> str:
    """Give a name nobody can guess: the address of a hosted page is all that guards it."""
    return f"{prefix}_{secrets.token_hex(16)}"
