"""Stripe's API under ``/stripe``: Checkout sessions, refunds, charges."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox import addresses, books, money, operations, subscriptions
from sandbox.books import Books, NotThere, Payment
from sandbox.provider import Provider
from sandbox.rules import Status
from sandbox.speaking import common
from sandbox.speaking.stripe_wire import Fault, as_json, bounds, expanded, for_shops, listed, number, once, own, page
from sandbox.subscriptions import Agreement
from sandbox.web import Request, Response, Route

SHORTEST_SECONDS, LONGEST_SECONDS = 1800, 86_400


def routes() -> list[Route]:
    return [
        Route("POST", "/stripe/v1/checkout/sessions", for_shops(create_session)),
        Route("GET", "/stripe/v1/checkout/sessions", for_shops(list_sessions)),
        Route("GET", "/stripe/v1/checkout/sessions/<id>", for_shops(show_session)),
        Route("POST", "/stripe/v1/refunds", for_shops(create_refund)),
        Route("GET", "/stripe/v1/charges", for_shops(list_charges)),
        Route("GET", "/stripe/v1/refunds", for_shops(list_refunds)),
    ]


def create_session(provider: Provider, request: Request) -> Response:
    sent = request.form_of(limit=100)
    price, currency = _price(sent)
    with provider.writing() as open_books:
        _require_life(sent, open_books.now)
        amount = price - _discount(open_books, sent, currency=currency)

        def create() -> str:
            draft = _draft(sent, amount=amount, currency=currency, webhook_url=provider.settings.stripe_webhook_url)
            payment = operations.create_payment(open_books, draft)
            open_books.db.execute(
                "INSERT INTO stripe_metadata (payment_id, metadata) VALUES (?, ?)",
                (payment.id, json.dumps(_metadata(sent, "payment_intent_data"))),
            )
            if sent["mode"] == "subscription":
                subscriptions.agree(open_books, payment, _agreement(sent, price))
            return payment.id

        id = once(open_books, request, create)
        return as_json(_session(open_books, books.payment(open_books, id=id), expand=set()))


def show_session(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        payment = books.payment(open_books, id=own(id, "cs_test_"))
        return as_json(_session(open_books, payment, expand=expanded(request, prefix="")))


def list_sessions(provider: Provider, request: Request) -> Response:
    with provider.reading() as open_books:
        try:
            payment = _asked_for(open_books, request)
        except NotThere:
            return listed("/v1/checkout/sessions", [])
        shown = _session(open_books, payment, expand=expanded(request, prefix="data."))
    return listed("/v1/checkout/sessions", [shown])


def _asked_for(open_books: Books, request: Request) -> Payment:
    began = request.query.get("subscription")
    if began is not None:
        return books.payment(open_books, id=subscriptions.subscription(open_books, id=began).payment_id)
    payment = books.payment(open_books, id=own(request.query.get("payment_intent", ""), "pi_"))
    # A session names the payment intent of a payment only: that of a subscription is its invoice's.
    if subscriptions.is_agreed(open_books, payment) or subscriptions.paid_by(open_books, payment):
        raise NotThere("There is no session.")
    return payment


def create_refund(provider: Provider, request: Request) -> Response:
    sent = request.form_of(limit=20)
    with provider.writing() as open_books:
        payment = books.payment(open_books, id=own(sent.get("payment_intent", ""), "pi_"))
        amount = number(sent.get("amount", str(payment.refundable)), "amount")

        def create() -> str:
            return operations.refund(open_books, payment, amount=amount, reason=sent.get("metadata[cause]", "")[:200])

        id = once(open_books, request, create)
        row = open_books.db.execute("SELECT * FROM refunds WHERE id = ?", (id,)).fetchone()
        return as_json(_refund(open_books, payment, row, expand=set()))


def list_charges(provider: Provider, request: Request) -> Response:
    since, until = bounds(request)
    with provider.reading() as open_books:
        taken = common.taken_on(open_books, scheme="stripe", since=since, until=until)
        expand = expanded(request, prefix="data.")
        rows = [charge(open_books, payment, expand=expand) for payment in taken]
    return page("/v1/charges", rows, request)


def list_refunds(provider: Provider, request: Request) -> Response:
    since, until = bounds(request)
    with provider.reading() as open_books:
        found = common.refunds_on(open_books, scheme="stripe", since=since, until=until)
        expand = expanded(request, prefix="data.")
        rows = [_refund(open_books, payment, row, expand=expand) for payment, row in found]
    return page("/v1/refunds", rows, request)


def _price(sent: Mapping[str, str]) -> tuple[int, str]:
    """Give what is to be paid, after refusing what Stripe would refuse."""
    if sent.get("mode") not in {"payment", "subscription"}:
        raise Fault(400, "invalid_request_error", "mode must be payment or subscription here.")
    other = "subscription_data" if sent["mode"] == "payment" else "payment_intent_data"
    if any(name.startswith(other) for name in sent):
        raise Fault(400, "invalid_request_error", f"You can not pass `{other}` in `{sent['mode']}` mode.")
    price = "line_items[0][price_data]"
    if not sent.get(f"{price}[product_data][name]"):
        raise Fault(
            400, "invalid_request_error", "Missing required param: line_items[0][price_data][product_data][name]."
        )
    currency = sent.get(f"{price}[currency]", "").upper()
    if currency not in money.CURRENCIES:
        raise Fault(400, "invalid_request_error", f"Invalid currency: {currency.lower()}.")
    quantity = number(sent.get("line_items[0][quantity]", ""), "quantity")
    return number(sent.get(f"{price}[unit_amount]", ""), "unit_amount") * quantity, currency


def _require_life(sent: Mapping[str, str], now: float) -> None:
    left = number(sent.get("expires_at", str(int(now) + LONGEST_SECONDS)), "expires_at") - now
    if not SHORTEST_SECONDS <= left + 60 <= LONGEST_SECONDS + 120:
        raise Fault(400, "invalid_request_error", "expires_at must be between 30 minutes and 24 hours from now.")


def _draft(sent: Mapping[str, str], *, amount: int, currency: str, webhook_url: str) -> operations.Draft:
    return operations.Draft(
        order_reference=sent.get("client_reference_id", "")[:64],
        amount=amount,
        currency=currency,
        description=sent["line_items[0][price_data][product_data][name]"][:200],
        return_url=addresses.way_back(sent.get("success_url")),
        webhook_url=addresses.webhook(webhook_url),
        scheme="stripe",
    )


def _discount(open_books: Books, sent: Mapping[str, str], *, currency: str) -> int:
    id = sent.get("discounts[0][coupon]", "")
    if not id:
        return 0
    row = open_books.db.execute("SELECT * FROM stripe_coupons WHERE id = ?", (id,)).fetchone()
    if row is None or row["currency"] != currency:
        raise Fault(400, "invalid_request_error", f"No such coupon: {id!r}")
    return int(row["amount_off"])


def _agreement(sent: Mapping[str, str], price: int) -> Agreement:
    recurring = "line_items[0][price_data][recurring]"
    interval = sent.get(f"{recurring}[interval]", "")
    if interval not in {"month", "year"}:
        raise Fault(400, "invalid_request_error", "A subscription needs a price that recurs by month or year.")
    return Agreement(
        interval=interval,
        interval_count=number(sent.get(f"{recurring}[interval_count]", "1"), "interval_count"),
        amount=price,
        metadata=_metadata(sent, "subscription_data"),
    )


def _metadata(sent: Mapping[str, str], of: str) -> dict[str, str]:
    """Give what was written on the payment intent, which its charges carry on, or on the subscription."""
    prefix = f"{of}[metadata]["
    return {name[len(prefix) : -1]: value for name, value in sent.items() if name.startswith(prefix)}


def _session(open_books: Books, payment: Payment, *, expand: set[str]) -> dict[str, Any]:
    paid, tail = payment.paid_at is not None, payment.id.removeprefix("pay_")
    recurs, begun = subscriptions.is_agreed(open_books, payment), subscriptions.begun_by(open_books, payment)
    invoice = subscriptions.paid_by(open_books, payment) if begun else None
    intent: Any = f"pi_{tail}" if (paid or payment.status is Status.DECLINED) and not recurs else None
    if intent and any(name.startswith("payment_intent") for name in expand):
        intent = intent_view(open_books, payment, expand=expand)
    return {
        "id": f"cs_test_{tail}",
        "object": "checkout.session",
        "amount_total": payment.amount,
        "client_reference_id": payment.order_reference,
        "created": int(payment.created_at),
        "currency": payment.currency.lower(),
        "livemode": False,
        "metadata": _kept_metadata(open_books, payment),
        "mode": "subscription" if recurs else "payment",
        "invoice": invoice.id if invoice else None,
        "subscription": begun.id if begun else None,
        "payment_intent": intent,
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete" if paid else "open",
        "url": None if paid else f"{open_books.settings.public_url}/pay/{payment.id}",
    }


def intent_view(open_books: Books, payment: Payment, *, expand: set[str]) -> dict[str, Any]:
    tail, deeper = payment.id.removeprefix("pay_"), {name.removeprefix("payment_intent.") for name in expand}
    declined = {"type": "card_error", "code": "card_declined"} if payment.status is Status.DECLINED else None
    whole = any(name.startswith("latest_charge") for name in deeper)
    latest: Any = (
        charge(open_books, payment, expand={name.removeprefix("latest_charge.") for name in deeper})
        if whole
        else f"ch_{tail}"
    )
    return {
        "id": f"pi_{tail}",
        "object": "payment_intent",
        "amount": payment.amount,
        "currency": payment.currency.lower(),
        "last_payment_error": declined,
        "latest_charge": latest if payment.paid_at is not None else None,
        "metadata": _kept_metadata(open_books, payment),
        "status": "succeeded" if payment.paid_at is not None else "requires_payment_method",
    }


def charge(open_books: Books, payment: Payment, *, expand: set[str]) -> dict[str, Any]:
    tail, fee = payment.id.removeprefix("pay_"), money.fee(payment.amount)
    settled = {"id": f"txn_{tail}", "object": "balance_transaction", "fee": fee, "net": payment.amount - fee}
    return {
        "id": f"ch_{tail}",
        "object": "charge",
        "amount": payment.amount,
        "amount_captured": payment.amount,
        "amount_refunded": payment.amount_refunded,
        "balance_transaction": settled if "balance_transaction" in expand else f"txn_{tail}",
        "created": int(payment.paid_at or 0),
        "currency": payment.currency.lower(),
        "disputed": payment.status is Status.DISPUTED,
        "metadata": _kept_metadata(open_books, payment),
        "paid": True,
        "payment_intent": f"pi_{tail}",
        "refunded": payment.amount_refunded == payment.amount,
        "status": "succeeded",
    }


def _refund(open_books: Books, payment: Payment, row: Any, *, expand: set[str]) -> dict[str, Any]:
    tail = payment.id.removeprefix("pay_")
    return {
        "id": row["id"],
        "object": "refund",
        "amount": row["amount"],
        "charge": charge(open_books, payment, expand=set()) if "charge" in expand else f"ch_{tail}",
        "created": int(row["created_at"]),
        "currency": payment.currency.lower(),
        "payment_intent": f"pi_{tail}",
        "status": "succeeded",
    }


def _kept_metadata(open_books: Books, payment: Payment) -> dict[str, str]:
    row = open_books.db.execute("SELECT metadata FROM stripe_metadata WHERE payment_id = ?", (payment.id,)).fetchone()
    found: dict[str, str] = json.loads(row["metadata"]) if row else {}
    return found
