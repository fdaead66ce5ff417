"""What happened on a day, page by page, for those who compare it with their own books."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sandbox.books import Books, NotThere, payment_of, payment_view, refund_view

LARGEST_PAGE = 100

View = Callable[[Books, sqlite3.Row], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which rows are wanted: those of the UTC day ``day``, after the row called ``after``."""

    day: date
    after: str | None
    limit: int


def payments_made(books: Books, page: Page) -> dict[str, Any]:
    """Give the payments that were created on the day, whatever became of them, oldest first."""
    return _page(books, page, table="payments", column="created_at", view=_payment)


def payments_taken(books: Books, page: Page) -> dict[str, Any]:
    """Give the payments whose money was taken on the day, refunded and disputed ones included, oldest first."""
    return _page(books, page, table="payments", column="paid_at", view=_payment)


def refunds_made(books: Books, page: Page) -> dict[str, Any]:
    """Give the refunds of the day, oldest first, of payments of any day."""
    return _page(books, page, table="refunds", column="created_at", view=_refund)


def _page(books: Books, page: Page, *, table: str, column: str, view: View) -> dict[str, Any]:
    start = datetime.combine(page.day, time(), UTC)
    since, until = start.timestamp(), (start + timedelta(days=1)).timestamp()
    place = _place(books, page, table=table, column=column)
    # Table and column are names from this module; what a shop sends is bound.
    query = f"SELECT * FROM {table} WHERE {column} >= ? AND {column} < ? AND ({column}, id) > (?, ?)"  # noqa: S608
    ordered = f"{query} ORDER BY {column}, id LIMIT ?"
    rows = books.db.execute(ordered, (since, until, *place, page.limit + 1)).fetchall()
    return {"data": [view(books, row) for row in rows[: page.limit]], "has_more": len(rows) > page.limit}


def _place(books: Books, page: Page, *, table: str, column: str) -> tuple[float, str]:
    if page.after is None:
        return (0.0, "")
    found = books.db.execute(f"SELECT {column} FROM {table} WHERE id = ?", (page.after,)).fetchone()  # noqa: S608
    if found is None or found[0] is None:
        raise NotThere(f"There is no {page.after!r} in this list.")
    return (found[0], page.after)


def _payment(books: Books, row: sqlite3.Row) -> dict[str, Any]:
    return payment_view(books, payment_of(row))


def _refund(books: Books, row: sqlite3.Row) -> dict[str, Any]:
    (currency,) = books.db.execute("SELECT currency FROM payments WHERE id = ?", (row["payment_id"],)).fetchone()
    return refund_view(row, currency=currency)
