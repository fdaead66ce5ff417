"""Stripe's API under ``/stripe``: Checkout sessions, refunds, charges."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from sandbox import addresses, books, money, operations
from sandbox.books import Books, NotThere, Payment
from sandbox.provider import Provider
from sandbox.rules import Status
from sandbox.speaking import common
from sandbox.web import Handler, Request, Response, Route

SHORTEST_SECONDS, LONGEST_SECONDS = 1800, 86_400


@dataclass(frozen=True)
class Fault(Exception):
    status: int
    type: str
    message: str


def routes() -> list[Route]:
    return [
        Route("POST", "/stripe/v1/checkout/sessions", _for_shops(create_session)),
        Route("GET", "/stripe/v1/checkout/sessions", _for_shops(list_sessions)),
        Route("GET", "/stripe/v1/checkout/sessions/<id>", _for_shops(show_session)),
        Route("POST", "/stripe/v1/refunds", _for_shops(create_refund)),
        Route("GET", "/stripe/v1/charges", _for_shops(list_charges)),
        Route("GET", "/stripe/v1/refunds", _for_shops(list_refunds)),
    ]


def create_session(provider: Provider, request: Request) -> Response:
    sent = request.form_of(limit=100)
    amount, currency = _price(sent)
    with provider.writing() as open_books:
        _require_life(sent, open_books.now)

        def create() -> str:
            draft = _draft(sent, amount=amount, currency=currency, webhook_url=provider.settings.stripe_webhook_url)
            payment = operations.create_payment(open_books, draft)
            open_books.db.execute(
                "INSERT INTO stripe_metadata (payment_id, metadata) VALUES (?, ?)",
                (payment.id, json.dumps(_metadata(sent))),
            )
            return payment.id

        id = _once(open_books, request, create)
        return _json(_session(open_books, books.payment(open_books, id=id), expand=set()))


def show_session(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        payment = books.payment(open_books, id=_own(id, "cs_test_"))
        return _json(_session(open_books, payment, expand=_expanded(request, prefix="")))


def list_sessions(provider: Provider, request: Request) -> Response:
    with provider.reading() as open_books:
        try:
            payment = books.payment(open_books, id=_own(request.query.get("payment_intent", ""), "pi_"))
        except NotThere:
            return _list("/v1/checkout/sessions", [])
        shown = _session(open_books, payment, expand=_expanded(request, prefix="data."))
    return _list("/v1/checkout/sessions", [shown])


def create_refund(provider: Provider, request: Request) -> Response:
    sent = request.form_of(limit=20)
    with provider.writing() as open_books:
        payment = books.payment(open_books, id=_own(sent.get("payment_intent", ""), "pi_"))
        amount = _number(sent.get("amount", str(payment.refundable)), "amount")

        def create() -> str:
            return operations.refund(open_books, payment, amount=amount, reason=sent.get("metadata[cause]", "")[:200])

        id = _once(open_books, request, create)
        row = open_books.db.execute("SELECT * FROM refunds WHERE id = ?", (id,)).fetchone()
        return _json(_refund(open_books, payment, row, expand=set()))


def list_charges(provider: Provider, request: Request) -> Response:
    since, until = _bounds(request)
    with provider.reading() as open_books:
        taken = common.taken_on(open_books, scheme="stripe", since=since, until=until)
        expand = _expanded(request, prefix="data.")
        rows = [_charge(open_books, payment, expand=expand) for payment in taken]
    return _page("/v1/charges", rows, request)


def list_refunds(provider: Provider, request: Request) -> Response:
    since, until = _bounds(request)
    with provider.reading() as open_books:
        found = common.refunds_on(open_books, scheme="stripe", since=since, until=until)
        expand = _expanded(request, prefix="data.")
        rows = [_refund(open_books, payment, row, expand=expand) for payment, row in found]
    return _page("/v1/refunds", rows, request)


def _for_shops(handler: Handler) -> Handler:
    @wraps(handler)
    def answer(provider: Provider, request: Request, **named: str) -> Response:
        try:
            _require_key(provider, request)
            return handler(provider, request, **named)
        except Fault as fault:
            return _error(fault.status, fault.type, fault.message)
        except NotThere as missing:
            return _error(404, "invalid_request_error", str(missing), code="resource_missing")
        except common.KeyReused:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with."
            )
            return _error(400, "idempotency_error", message)
        except (operations.NotAllowed, operations.TooMuch, addresses.Unfit) as refused:
            return _error(400, "invalid_request_error", str(refused))

    return answer


def _require_key(provider: Provider, request: Request) -> None:
    sent, due = request.headers.get("Authorization", ""), provider.settings.stripe_key
    if not due or not hmac.compare_digest(sent.encode(), f"Bearer {due}".encode()):
        raise Fault(401, "invalid_request_error", "Invalid API Key provided.")
    if request.method == "POST" and request.headers.get_content_type() != "application/x-www-form-urlencoded":
        raise Fault(400, "invalid_request_error", "Bodies are form-encoded.")


def _once(open_books: Books, request: Request, create: Callable[[], str]) -> str:
    key = request.headers.get("Idempotency-Key", "")
    asked = f"{request.path}\n{request.body.decode('utf-8', 'replace')}"
    return common.once(open_books, f"stripe:{key}", asked, create) if key else create()


def _price(sent: Mapping[str, str]) -> tuple[int, str]:
    """Give what is to be paid, after refusing what Stripe would refuse."""
    if sent.get("mode") != "payment":
        raise Fault(400, "invalid_request_error", "mode must be payment here.")
    price = "line_items[0][price_data]"
    if not sent.get(f"{price}[product_data][name]"):
        raise Fault(
            400, "invalid_request_error", "Missing required param: line_items[0][price_data][product_data][name]."
        )
    currency = sent.get(f"{price}[currency]", "").upper()
    if currency not in money.CURRENCIES:
        raise Fault(400, "invalid_request_error", f"Invalid currency: {currency.lower()}.")
    quantity = _number(sent.get("line_items[0][quantity]", ""), "quantity")
    return _number(sent.get(f"{price}[unit_amount]", ""), "unit_amount") * quantity, currency


def _require_life(sent: Mapping[str, str], now: float) -> None:
    left = _number(sent.get("expires_at", str(int(now) + LONGEST_SECONDS)), "expires_at") - now
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


def _metadata(sent: Mapping[str, str]) -> dict[str, str]:
    """Give what was written on the payment intent, which its charges carry on."""
    prefix = "payment_intent_data[metadata]["
    return {name[len(prefix) : -1]: value for name, value in sent.items() if name.startswith(prefix)}


def _session(open_books: Books, payment: Payment, *, expand: set[str]) -> dict[str, Any]:
    paid, tail = payment.paid_at is not None, payment.id.removeprefix("pay_")
    intent: Any = f"pi_{tail}" if paid or payment.status is Status.DECLINED else None
    if intent and any(name.startswith("payment_intent") for name in expand):
        intent = _intent(open_books, payment, expand=expand)
    return {
        "id": f"cs_test_{tail}",
        "object": "checkout.session",
        "amount_total": payment.amount,
        "client_reference_id": payment.order_reference,
        "created": int(payment.created_at),
        "currency": payment.currency.lower(),
        "livemode": False,
        "metadata": _kept_metadata(open_books, payment),
        "mode": "payment",
        "payment_intent": intent,
        "payment_status": "paid" if paid else "unpaid",
        "status": "complete" if paid else "open",
        "url": None if paid else f"{open_books.settings.public_url}/pay/{payment.id}",
    }


def _intent(open_books: Books, payment: Payment, *, expand: set[str]) -> dict[str, Any]:
    tail, deeper = payment.id.removeprefix("pay_"), {name.removeprefix("payment_intent.") for name in expand}
    declined = {"type": "card_error", "code": "card_declined"} if payment.status is Status.DECLINED else None
    whole = any(name.startswith("latest_charge") for name in deeper)
    charge: Any = (
        _charge(open_books, payment, expand={name.removeprefix("latest_charge.") for name in deeper})
        if whole
        else f"ch_{tail}"
    )
    return {
        "id": f"pi_{tail}",
        "object": "payment_intent",
        "amount": payment.amount,
        "currency": payment.currency.lower(),
        "last_payment_error": declined,
        "latest_charge": charge if payment.paid_at is not None else None,
        "metadata": _kept_metadata(open_books, payment),
        "status": "succeeded" if payment.paid_at is not None else "requires_payment_method",
    }


def _charge(open_books: Books, payment: Payment, *, expand: set[str]) -> dict[str, Any]:
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
        "charge": _charge(open_books, payment, expand=set()) if "charge" in expand else f"ch_{tail}",
        "created": int(row["created_at"]),
        "currency": payment.currency.lower(),
        "payment_intent": f"pi_{tail}",
        "status": "succeeded",
    }


def _kept_metadata(open_books: Books, payment: Payment) -> dict[str, str]:
    row = open_books.db.execute("SELECT metadata FROM stripe_metadata WHERE payment_id = ?", (payment.id,)).fetchone()
    found: dict[str, str] = json.loads(row["metadata"]) if row else {}
    return found


def _own(id: str, prefix: str) -> str:
    return f"pay_{id.removeprefix(prefix)}" if id.startswith(prefix) else id


def _expanded(request: Request, *, prefix: str) -> set[str]:
    query = request.target.partition("?")[2]
    asked = [value for name, value in parse_qsl(query) if name.startswith("expand[")]
    names = {value.removeprefix(prefix) for value in asked}
    # Asking for something below a thing asks for the thing.
    return names | {name.rpartition(".")[0] for name in names if "." in name}


def _bounds(request: Request) -> tuple[float, float]:
    return (
        float(_number(request.query.get("created[gte]", "0"), "created[gte]")),
        float(_number(request.query.get("created[lt]", "99999999999"), "created[lt]")),
    )


def _page(url: str, rows: list[dict[str, Any]], request: Request) -> Response:
    limit = min(_number(request.query.get("limit", "10"), "limit"), 100)
    ids = [row["id"] for row in rows]
    after = request.query.get("starting_after", "")
    start = ids.index(after) + 1 if after in ids else 0
    return _list(url, rows[start : start + limit], has_more=len(rows) > start + limit)


def _number(written: str, name: str) -> int:
    if not written.isascii() or not written.isdecimal() or not 0 <= int(written) <= money.LARGEST_AMOUNT:
        raise Fault(400, "invalid_request_error", f"Invalid integer: {name}.")
    return int(written)


def _list(url: str, rows: list[dict[str, Any]], *, has_more: bool = False) -> Response:
    return _json({"object": "list", "url": url, "has_more": has_more, "data": rows})


def _error(status: int, type: str, message: str, **more: str) -> Response:
    return _json({"error": {"type": type, "message": message, **more}}, status=status)


def _json(value: Mapping[str, Any], *, status: int = 200) -> Response:
    return Response(status, json.dumps(value, ensure_ascii=False).encode())
