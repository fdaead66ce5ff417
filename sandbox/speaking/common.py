"""What the languages share: finding a trade by the shop's number, and doing a thing once for a key."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from sandbox import addresses, operations
from sandbox import books as ledger
from sandbox.books import Books, NotThere, Payment, payment_of
from sandbox.provider import Provider


class KeyReused(Exception):
    """The key belongs to another request."""


def by_number(books: Books, number: object, *, scheme: str) -> Payment:
    """
    Give the payment that the shop calls ``number``.

    :raises NotThere: if there is none.
    """
    row = books.db.execute(
        "SELECT * FROM payments WHERE scheme = ? AND order_reference = ?", (scheme, str(number))
    ).fetchone()
    if row is None:
        raise NotThere(f"There is no {number!r}.")
    return payment_of(row)


def opened(
    books: Books, *, scheme: str, number: str, amount: int, currency: str, description: str, return_url: str, notify_url: str
) -> Payment:  # fmt: skip
    """Give the payment that the shop calls ``number``, made now where it is new; without a way back it is its own page."""
    try:
        return by_number(books, number, scheme=scheme)
    except NotThere:
        id = ledger.new_id("pay")
        draft = operations.Draft(
            order_reference=number[:64],
            amount=amount,
            currency=currency,
            description=description[:200] or "-",
            return_url=addresses.way_back(return_url) if return_url else f"{books.settings.public_url}/pay/{id}",
            webhook_url=addresses.webhook(notify_url),
            scheme=scheme,
        )
        return operations.create_payment(books, draft, id=id)


def once(books: Books, key: str, request: str, create: Callable[[], str]) -> str:
    """
    Give what ``create`` gave for this key; it is called the first time only.

    :raises KeyReused: if the key came with another request before.
    """
    fingerprint = hashlib.sha256(request.encode()).hexdigest()
    first: sqlite3.Row | None = books.db.execute("SELECT * FROM idempotency_keys WHERE key = ?", (key,)).fetchone()
    if first is not None:
        if first["fingerprint"] != fingerprint:
            raise KeyReused(key)
        return str(first["body"])
    made = create()
    books.db.execute(
        "INSERT INTO idempotency_keys (key, fingerprint, status, body) VALUES (?, ?, 200, ?)", (key, fingerprint, made)
    )
    return made


def taken_on(books: Books, *, scheme: str, since: float, until: float) -> Iterator[Payment]:
    """Give the payments of the scheme whose money was taken from ``since`` to before ``until``."""
    rows = books.db.execute(
        "SELECT * FROM payments WHERE scheme = ? AND paid_at >= ? AND paid_at < ? ORDER BY paid_at, id",
        (scheme, since, until),
    )
    return (payment_of(row) for row in rows.fetchall())


def refunds_on(books: Books, *, scheme: str, since: float, until: float) -> list[tuple[Payment, sqlite3.Row]]:
    """Give the refunds of that time, each with its payment."""
    rows = books.db.execute(
        "SELECT r.* FROM refunds r JOIN payments p ON p.id = r.payment_id"
        " WHERE p.scheme = ? AND r.created_at >= ? AND r.created_at < ? ORDER BY r.created_at, r.rowid",
        (scheme, since, until),
    ).fetchall()
    return [(ledger.payment(books, id=row["payment_id"]), row) for row in rows]


def day_of(written: str, zone: tzinfo) -> tuple[float, float]:
    """Give the first second of the day and that of the next one."""
    start = datetime.combine(date.fromisoformat(written), time(), zone)
    return start.timestamp(), (start + timedelta(days=1)).timestamp()


def hosted(provider: Provider, payment: Payment) -> str:
    """Give the address of the hosted page."""
    return f"{provider.settings.public_url}/pay/{payment.id}"


def shown(payment: Payment) -> dict[str, Any]:
    """Give the payment as schemes dress it."""
    return payment.for_notice()
