"""What becomes of a subscription: renewed on demand or when its time has come, declined, paid late, stopped, ended."""

from collections.abc import Callable

from sandbox import books as ledger
from sandbox import events, operations, subscriptions
from sandbox.books import Books
from sandbox.operations import NotAllowed
from sandbox.subscriptions import Invoice, Standing, Subscription

UPDATED, DELETED = "subscription.updated", "subscription.deleted"
PAID, FAILED = "subscription.invoice_paid", "subscription.invoice_failed"


def renew(books: Books, of: Subscription, *, copies: int = 1) -> Invoice:
    """
    Take the money of the next period, or of one that is owed.

    :raises NotAllowed: if the subscription has ended, or stops.
    """
    _require_going_on(of)
    owed = _owed(books, of)
    return pay(books, owed, copies=copies) if owed else _take(books, _next_period(books, of), copies=copies)


def renew_untold(books: Books, of: Subscription) -> Invoice:
    """Take the money of the next period, and tell nobody."""
    return renew(books, of, copies=0)


def decline(books: Books, of: Subscription) -> Invoice:
    """Try to take the money of the next period in vain; what is owed already is tried again, in vain too."""
    _require_going_on(of)
    owed = _owed(books, of)
    if owed is None:
        moved = _next_period(books, of)
        owed = subscriptions.write_invoice(books, moved, reason="subscription_cycle", amount=of.amount, payment_id=None)
    books.db.execute("UPDATE invoices SET attempts = attempts + 1 WHERE id = ?", (owed.id,))
    late = _set(books, of, status=Standing.PAST_DUE)
    failed = subscriptions.invoice(books, id=owed.id)
    _tell(books, FAILED, late, failed)
    _tell(books, UPDATED, late)
    return failed


def pay(books: Books, owed: Invoice, *, copies: int = 1) -> Invoice:
    """
    Pay an invoice that is open, with another card.

    :raises NotAllowed: if it is not open any more.
    """
    of = subscriptions.subscription(books, id=owed.subscription_id)
    if owed.status != "open" or of.status is Standing.CANCELED:
        raise NotAllowed("This invoice cannot be paid any more.")
    payment_id = _money(books, of)
    books.db.execute(
        "UPDATE invoices SET status = 'paid', payment_id = ?, attempts = attempts + 1 WHERE id = ?",
        (payment_id, owed.id),
    )
    active, paid = _set(books, of, status=Standing.ACTIVE), subscriptions.invoice(books, id=owed.id)
    _tell(books, PAID, active, paid, copies=copies)
    _tell(books, UPDATED, active, copies=copies)
    return paid


def set_stop(books: Books, of: Subscription, *, stops: bool) -> Subscription:
    """
    Let the subscription end with the period that is paid for, or not.

    :raises NotAllowed: if it has ended.
    """
    if of.status is Standing.CANCELED:
        raise NotAllowed("A canceled subscription can only update its cancellation_details and metadata.")
    books.db.execute("UPDATE subscriptions SET stops = ? WHERE id = ?", (int(stops), of.id))
    changed = subscriptions.subscription(books, id=of.id)
    if bool(of.stops) is not stops:
        _tell(books, UPDATED, changed)
    return changed


def end(books: Books, of: Subscription) -> Subscription:
    """
    End the subscription now; what is owed for it is owed no more.

    :raises NotThere: if it has ended, as if there were none.
    """
    if of.status is Standing.CANCELED:
        raise ledger.NotThere(f"No such subscription: {of.id!r}")
    books.db.execute("UPDATE invoices SET status = 'void' WHERE subscription_id = ? AND status = 'open'", (of.id,))
    books.db.execute("UPDATE subscriptions SET ended_at = ? WHERE id = ?", (books.now, of.id))
    ended = _set(books, of, status=Standing.CANCELED)
    _tell(books, DELETED, ended)
    return ended


def are_due(books: Books) -> bool:
    return _due(books, "SELECT id FROM subscriptions WHERE status = 'active' AND period_end <= ? LIMIT 1") != []


def carry_out(books: Books) -> None:
    """Renew every subscription whose period is over by now, and end those that were stopped."""
    for id in _due(books, "SELECT id FROM subscriptions WHERE status = 'active' AND period_end <= ?"):
        of = subscriptions.subscription(books, id=id)
        if of.stops:
            end(books, of)
        else:
            renew(books, of)


def _due(books: Books, query: str) -> list[str]:
    return [row["id"] for row in books.db.execute(query, (books.now,)).fetchall()]


def _require_going_on(of: Subscription) -> None:
    if of.status is Standing.CANCELED or of.stops:
        raise NotAllowed("This subscription is not renewed any more.")


def _owed(books: Books, of: Subscription) -> Invoice | None:
    return next((one for one in subscriptions.invoices_of(books, of) if one.status == "open"), None)


def _next_period(books: Books, of: Subscription) -> Subscription:
    end = subscriptions.after(of.period_end, interval=of.interval, count=of.interval_count, anchor=of.anchor)
    books.db.execute("UPDATE subscriptions SET period_start = period_end, period_end = ? WHERE id = ?", (end, of.id))
    return subscriptions.subscription(books, id=of.id)


def _take(books: Books, of: Subscription, *, copies: int) -> Invoice:
    payment_id = _money(books, of)
    paid = subscriptions.write_invoice(
        books, of, reason="subscription_cycle", amount=of.amount, payment_id=payment_id, attempts=1
    )
    _tell(books, PAID, of, paid, copies=copies)
    _tell(books, UPDATED, of, copies=copies)
    return paid


def _money(books: Books, of: Subscription) -> str:
    """Take the amount, as a payment like any other, and give its id."""
    first = ledger.payment(books, id=of.payment_id)
    draft = operations.Draft(
        order_reference=first.order_reference,
        amount=of.amount,
        currency=first.currency,
        description=first.description,
        return_url=first.return_url,
        webhook_url=first.webhook_url,
        scheme=first.scheme,
    )
    made = operations.create_payment(books, draft)
    return operations.take(books, made).id


def _set(books: Books, of: Subscription, *, status: Standing) -> Subscription:
    books.db.execute("UPDATE subscriptions SET status = ? WHERE id = ?", (status, of.id))
    return subscriptions.subscription(books, id=of.id)


def _tell(books: Books, kind: str, of: Subscription, invoice: Invoice | None = None, *, copies: int = 1) -> None:
    carried = {"subscription": of.view()} | ({"invoice": invoice.view()} if invoice else {})
    events.record(books, kind, ledger.payment(books, id=of.payment_id), copies=copies, more=carried)


ACTS: dict[str, Callable[[Books, Subscription], object]] = {
    "renew": renew,
    "decline": decline,
    "renew_untold": renew_untold,
    "stop": lambda books, of: set_stop(books, of, stops=True),
    "go_on": lambda books, of: set_stop(books, of, stops=False),
    "end": end,
}
"""What a person at the hosted page may let happen to a subscription."""
