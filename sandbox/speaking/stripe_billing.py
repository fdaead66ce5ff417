"""Stripe's subscriptions under ``/stripe``: subscriptions, invoices and what paid them, coupons that count once."""

from typing import Any

from sandbox import books, money, renewals, subscriptions
from sandbox.books import Books, NotThere, Payment, new_id
from sandbox.provider import Provider
from sandbox.signing import stripe as telling
from sandbox.speaking import stripe
from sandbox.speaking.stripe_wire import Fault, as_json, expanded, for_shops, listed, number, once, own
from sandbox.subscriptions import Invoice
from sandbox.web import Request, Response, Route


def routes() -> list[Route]:
    return [
        Route("POST", "/stripe/v1/coupons", for_shops(create_coupon)),
        Route("GET", "/stripe/v1/subscriptions/<id>", for_shops(show_subscription)),
        Route("POST", "/stripe/v1/subscriptions/<id>", for_shops(change_subscription)),
        Route("DELETE", "/stripe/v1/subscriptions/<id>", for_shops(end_subscription)),
        Route("GET", "/stripe/v1/invoices", for_shops(list_invoices)),
        Route("GET", "/stripe/v1/invoices/<id>", for_shops(show_invoice)),
        Route("GET", "/stripe/v1/invoice_payments", for_shops(list_invoice_payments)),
        Route("GET", "/stripe/v1/payment_intents/<id>", for_shops(show_intent)),
    ]


def create_coupon(provider: Provider, request: Request) -> Response:
    sent = request.form_of(limit=20)
    currency = sent.get("currency", "").upper()
    if sent.get("duration") != "once" or currency not in money.CURRENCIES:
        raise Fault(400, "invalid_request_error", "Coupons count once here, and take an amount off in a currency.")
    amount = number(sent.get("amount_off", ""), "amount_off")
    with provider.writing() as open_books:

        def create() -> str:
            id = new_id("co")
            open_books.db.execute("INSERT INTO stripe_coupons VALUES (?, ?, ?)", (id, amount, currency))
            return id

        id = once(open_books, request, create)
    return as_json(
        {"id": id, "object": "coupon", "amount_off": amount, "currency": currency.lower(), "duration": "once"}
    )


def show_subscription(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        return _shown(open_books, id)


def change_subscription(provider: Provider, request: Request, id: str) -> Response:
    wanted = request.form_of(limit=20).get("cancel_at_period_end", "")
    if wanted not in {"true", "false"}:
        raise Fault(400, "invalid_request_error", "Invalid boolean: cancel_at_period_end.")
    with provider.writing() as open_books:
        renewals.set_stop(open_books, subscriptions.subscription(open_books, id=id), stops=wanted == "true")
        return _shown(open_books, id)


def end_subscription(provider: Provider, request: Request, id: str) -> Response:
    with provider.writing() as open_books:
        renewals.end(open_books, subscriptions.subscription(open_books, id=id))
        return _shown(open_books, id)


def list_invoices(provider: Provider, request: Request) -> Response:
    with provider.reading() as open_books:
        of = subscriptions.subscription(open_books, id=request.query.get("subscription", ""))
        rows = [_invoice(open_books, one) for one in subscriptions.invoices_of(open_books, of)]
    limit = min(number(request.query.get("limit", "10"), "limit"), 100)
    return listed("/v1/invoices", rows[:limit], has_more=len(rows) > limit)


def show_invoice(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        return as_json(_invoice(open_books, subscriptions.invoice(open_books, id=id)))


def list_invoice_payments(provider: Provider, request: Request) -> Response:
    with provider.reading() as open_books:
        invoice = _asked_for(open_books, request)
        rows = [_invoice_payment(open_books, invoice, request)] if invoice and invoice.payment_id else []
    return listed("/v1/invoice_payments", rows)


def show_intent(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        payment = books.payment(open_books, id=own(id, "pi_"))
        return as_json(stripe.intent_view(open_books, payment, expand=expanded(request, prefix="")))


def _asked_for(open_books: Books, request: Request) -> Invoice | None:
    if "invoice" in request.query:
        return subscriptions.invoice(open_books, id=request.query["invoice"])
    if request.query.get("payment[type]") != "payment_intent":
        raise Fault(400, "invalid_request_error", "Missing required param: payment[type].")
    try:
        payment = books.payment(open_books, id=own(request.query.get("payment[payment_intent]", ""), "pi_"))
    except NotThere:
        return None
    return subscriptions.paid_by(open_books, payment)


def _invoice_payment(open_books: Books, invoice: Invoice, request: Request) -> dict[str, Any]:
    whole = "invoice" in expanded(request, prefix="data.")
    tail = (invoice.payment_id or "").removeprefix("pay_")
    return {
        "id": f"inpay_{tail}",
        "object": "invoice_payment",
        "amount_paid": invoice.amount,
        "invoice": _invoice(open_books, invoice) if whole else invoice.id,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": f"pi_{tail}"},
        "status": "paid",
    }


def _shown(open_books: Books, id: str) -> Response:
    found = subscriptions.subscription(open_books, id=id)
    return as_json(telling.subscription_view(found.view(), currency=_first(open_books, id).currency))


def _invoice(open_books: Books, invoice: Invoice) -> dict[str, Any]:
    of = subscriptions.subscription(open_books, id=invoice.subscription_id)
    shown = telling.invoice_view(invoice.view(), of.view(), currency=_first(open_books, of.id).currency)
    url = f"{open_books.settings.public_url}/invoice/{invoice.id}"
    return shown | {"hosted_invoice_url": url}


def _first(open_books: Books, id: str) -> Payment:
    return books.payment(open_books, id=subscriptions.subscription(open_books, id=id).payment_id)
