"""Everything that changes a payment. Each runs in the caller's writing transaction."""

from dataclasses import asdict, dataclass, replace

from sandbox import books as ledger
from sandbox import events, money, subscriptions
from sandbox.books import Books, Payment
from sandbox.rules import COPIES_OF_A_DUPLICATE, EDGES, ONE_TIME_CODE, WRONG_CODES_ALLOWED, Choice, Status


class NotAllowed(Exception):
    """The payment is not in a state from which this may happen."""


class TooMuch(Exception):
    """More would be given back than was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a shop asks to be paid, already checked."""

    order_reference: str
    amount: int
    currency: str
    description: str
    return_url: str
    webhook_url: str
    scheme: str


def create_payment(books: Books, draft: Draft, *, id: str = "") -> Payment:
    id = id or ledger.new_id("pay")
    books.db.execute(
        "INSERT INTO payments (id, order_reference, amount, currency, description, return_url, webhook_url, scheme,"
        " status, created_at) VALUES (:id, :order_reference, :amount, :currency, :description, :return_url,"
        " :webhook_url, :scheme, :status, :now)",
        {"id": id, "status": Status.OPEN, "now": books.now, **asdict(draft)},
    )
    return ledger.payment(books, id=id)


def approve(books: Books, payment: Payment, *, copies: int = 1, after: float = 0.0) -> Payment:
    """Take the money now; the news of it leaves ``copies`` times, ``after`` seconds later."""
    paid = take(books, payment)
    begun = subscriptions.begin(books, paid)
    more = subscriptions.about(begun)
    if begun is not None:
        events.record(books, "subscription.created", paid, copies=copies, after=after, more=more)
        events.record(books, "subscription.invoice_paid", paid, copies=copies, after=after, more=more)
    events.record(books, "payment.paid", paid, copies=copies, after=after, more=more)
    return paid


def take(books: Books, payment: Payment) -> Payment:
    """Take the money and tell nobody; whoever calls does that."""
    return _move(books, payment, Status.PAID)


def decline(books: Books, payment: Payment, *, after: float = 0.0) -> Payment:
    declined = _move(books, payment, Status.DECLINED)
    events.record(books, "payment.declined", declined, after=after)
    return declined


def challenge(books: Books, payment: Payment) -> Payment:
    """Have the bank ask for a one-time code; earlier wrong codes are forgotten."""
    books.db.execute("UPDATE payments SET wrong_codes = 0 WHERE id = ?", (payment.id,))
    return _move(books, payment, Status.AUTHENTICATING)


def answer_challenge(books: Books, payment: Payment, *, code: str) -> Payment:
    """Approve on the right code and decline on the last wrong one."""
    if payment.status is not Status.AUTHENTICATING:
        raise NotAllowed(f"A payment that is {payment.status} has no open question.")
    if code.strip() == ONE_TIME_CODE:
        return approve(books, payment)
    wrong = payment.wrong_codes + 1
    books.db.execute("UPDATE payments SET wrong_codes = ? WHERE id = ?", (wrong, payment.id))
    return decline(books, payment) if wrong >= WRONG_CODES_ALLOWED else replace(payment, wrong_codes=wrong)


def refund(books: Books, payment: Payment, *, amount: int, reason: str) -> str:
    """
    Give back ``amount`` and tell the shop; give the refund's id.

    :raises NotAllowed: if the payment was never paid, or its money is with the cardholder's bank.
    :raises TooMuch: if all refunds together would exceed what was taken.
    """
    if payment.status not in {Status.PAID, Status.REFUNDED}:
        raise NotAllowed(f"A payment that is {payment.status} cannot be refunded.")
    if amount > payment.refundable:
        raise TooMuch(f"Only {payment.refundable} of {payment.amount} can still be refunded.")
    id = ledger.new_id("re")
    books.db.execute(
        "INSERT INTO refunds (id, payment_id, amount, reason, created_at) VALUES (?, ?, ?, ?, ?)",
        (id, payment.id, amount, reason, books.now),
    )
    books.db.execute("UPDATE payments SET amount_refunded = amount_refunded + ? WHERE id = ?", (amount, payment.id))
    refunded = ledger.payment(books, id=payment.id)
    if refunded.refundable == 0:
        refunded = _move(books, refunded, Status.REFUNDED)
    events.record(books, "payment.refunded", refunded, refund={"id": id, "amount": amount})
    return id


def dispute(books: Books, payment: Payment) -> Payment:
    """Let the cardholder's bank take the money back."""
    disputed = _move(books, payment, Status.DISPUTED)
    events.record(books, "payment.disputed", disputed)
    return disputed


def carry_out_planned_disputes(books: Books) -> None:
    """Dispute what was to be disputed by now; what was refunded in full meanwhile is let go."""
    due = books.db.execute("SELECT payment_id FROM planned_disputes WHERE due_at <= ?", (books.now,)).fetchall()
    for (payment_id,) in due:
        books.db.execute("DELETE FROM planned_disputes WHERE payment_id = ?", (payment_id,))
        payment = ledger.payment(books, id=payment_id)
        if Status.DISPUTED in EDGES[payment.status]:
            dispute(books, payment)


def play(books: Books, payment: Payment, choice: Choice) -> Payment:
    """
    Do what the person at the till chose.

    :raises NotAllowed: if the payment is past it.
    """
    return _PLAYS[choice](books, payment)


def _play_slow(books: Books, payment: Payment) -> Payment:
    return approve(books, payment, after=books.settings.slow_after)


def _play_duplicate(books: Books, payment: Payment) -> Payment:
    return approve(books, payment, copies=COPIES_OF_A_DUPLICATE)


def _play_out_of_order(books: Books, payment: Payment) -> Payment:
    return approve(books, decline(books, payment, after=books.settings.late_after))


def _play_wrong_amount(books: Books, payment: Payment) -> Payment:
    wrong = replace(payment, amount=money.off_by_one(payment.amount))
    books.db.execute("UPDATE payments SET amount = ? WHERE id = ?", (wrong.amount, wrong.id))
    return approve(books, wrong)


def _play_chargeback(books: Books, payment: Payment) -> Payment:
    if payment.status is Status.PAID:
        return dispute(books, payment)
    paid = approve(books, payment)
    due_at = books.now + books.settings.dispute_after
    books.db.execute("INSERT INTO planned_disputes (payment_id, due_at) VALUES (?, ?)", (paid.id, due_at))
    return paid


def _play_lost(books: Books, payment: Payment) -> Payment:
    return approve(books, payment, copies=0)


_PLAYS = {
    Choice.APPROVE: approve,
    Choice.DECLINE: decline,
    Choice.CHALLENGE: challenge,
    Choice.SLOW: _play_slow,
    Choice.DUPLICATE: _play_duplicate,
    Choice.OUT_OF_ORDER: _play_out_of_order,
    Choice.WRONG_AMOUNT: _play_wrong_amount,
    Choice.CHARGEBACK: _play_chargeback,
    Choice.LOST: _play_lost,
}


def _move(books: Books, payment: Payment, status: Status) -> Payment:
    if status not in EDGES[payment.status]:
        raise NotAllowed(f"A payment that is {payment.status} cannot become {status}.")
    paid_at = books.now if status is Status.PAID else payment.paid_at
    books.db.execute("UPDATE payments SET status = ?, paid_at = ? WHERE id = ?", (status, paid_at, payment.id))
    return ledger.payment(books, id=payment.id)
