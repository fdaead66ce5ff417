"""What happened, written down with when it is to be told."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.books import Books, NotThere, Payment, new_id


def record(
    books: Books,
    kind: str,
    payment: Payment,
    *,
    copies: int = 1,
    after: float = 0.0,
    refund: Mapping[str, Any] | None = None,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write the event ``kind`` down, with what ``more`` it says, and have it told ``copies`` times, ``after`` seconds from now."""
    payload: dict[str, Any] = {
        "id": new_id("evt"),
        "type": kind,
        "created": int(books.now),
        "account": books.settings.account,
        "payment": payment.for_notice(),
        **(more or {}),
    }
    if refund is not None:
        payload["refund"] = refund
    row = (payload["id"], payment.id, json.dumps(payload))
    books.db.execute("INSERT INTO events (id, payment_id, payload) VALUES (?, ?, ?)", row)
    scheme = books.settings.schemes.get(payment.scheme)
    for _ in range(copies if scheme is None or scheme.tells(kind) else 0):
        _schedule(books, event_id=payload["id"], due_at=books.now + after)


def tell_again(books: Books, *, event_id: str) -> None:
    """
    Have the event told once more, whatever became of earlier deliveries.

    :raises NotThere: if there is no such event.
    """
    if books.db.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is None:
        raise NotThere(f"There is no event {event_id!r}.")
    _schedule(books, event_id=event_id, due_at=books.now)


def of_payment(books: Books, payment: Payment) -> list[dict[str, Any]]:
    """Give the events of ``payment`` in the order in which they happened, each with its deliveries."""
    rows = books.db.execute("SELECT id, payload FROM events WHERE payment_id = ? ORDER BY rowid", (payment.id,))
    return [{**json.loads(row["payload"]), "deliveries": _deliveries(books, event_id=row["id"])} for row in rows]


def _schedule(books: Books, *, event_id: str, due_at: float) -> None:
    books.db.execute("INSERT INTO deliveries (event_id, due_at) VALUES (?, ?)", (event_id, due_at))


def _deliveries(books: Books, *, event_id: str) -> Sequence[Mapping[str, Any]]:
    rows = books.db.execute(
        "SELECT due_at, attempts, last_status, last_error, delivered_at, gave_up_at FROM deliveries"
        " WHERE event_id = ? ORDER BY id",
        (event_id,),
    )
    return [dict(row) for row in rows]
