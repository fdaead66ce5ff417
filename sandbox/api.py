"""The JSON API for shops, behind the secret key."""

import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any

from sandbox import addresses, books, events, listing, money, operations
from sandbox.books import Books
from sandbox.provider import Provider
from sandbox.web import Handler, Request, Response, Route

_KEY = re.compile(r"[!-~]{8,200}")
_PAGES = {
    "payments": {"created_on": listing.payments_made, "paid_on": listing.payments_taken},
    "refunds": {"created_on": listing.refunds_made},
}


class Fault(Exception):
    """The request cannot be served; says why in the API's own words."""

    def __init__(self, status: HTTPStatus, type: str, message: str) -> None:
        super().__init__(message)
        self.status, self.type = status, type


def routes() -> list[Route]:
    return [
        Route("POST", "/v1/payments", _for_shops(create_payment)),
        Route("GET", "/v1/payments", _for_shops(list_payments)),
        Route("GET", "/v1/payments/<id>", _for_shops(show_payment)),
        Route("POST", "/v1/payments/<id>/refunds", _for_shops(create_refund)),
        Route("POST", "/v1/payments/<id>/disputes", _for_shops(create_dispute)),
        Route("GET", "/v1/payments/<id>/events", _for_shops(list_events)),
        Route("GET", "/v1/refunds", _for_shops(list_refunds)),
        Route("POST", "/v1/events/<id>/deliveries", _for_shops(tell_again)),
    ]


def create_payment(provider: Provider, request: Request) -> Response:
    draft = _draft(_sent(request), provider)

    def create(open_books: Books) -> dict[str, Any]:
        return books.payment_view(open_books, operations.create_payment(open_books, draft))

    return _once(provider, request, create)


def show_payment(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        return _json(HTTPStatus.OK, books.payment_view(open_books, books.payment(open_books, id=id)))


def create_refund(provider: Provider, request: Request, id: str) -> Response:
    sent = _sent(request)
    amount, reason = _amount(sent), _text(sent, "reason", longest=200, default="")

    def create(open_books: Books) -> dict[str, Any]:
        payment = books.payment(open_books, id=id)
        refund_id = operations.refund(open_books, payment, amount=amount, reason=reason)
        row = open_books.db.execute("SELECT * FROM refunds WHERE id = ?", (refund_id,)).fetchone()
        return books.refund_view(row, currency=payment.currency)

    return _once(provider, request, create)


def create_dispute(provider: Provider, request: Request, id: str) -> Response:
    """Play the cardholder's bank; a real provider has no such door."""

    def create(open_books: Books) -> dict[str, Any]:
        disputed = operations.dispute(open_books, books.payment(open_books, id=id))
        return books.payment_view(open_books, disputed)

    return _once(provider, request, create)


def list_payments(provider: Provider, request: Request) -> Response:
    return _day(provider, request, of="payments")


def list_refunds(provider: Provider, request: Request) -> Response:
    return _day(provider, request, of="refunds")


def list_events(provider: Provider, request: Request, id: str) -> Response:
    with provider.reading() as open_books:
        found = events.of_payment(open_books, books.payment(open_books, id=id))
    return _json(HTTPStatus.OK, {"data": found, "has_more": False})


def tell_again(provider: Provider, request: Request, id: str) -> Response:
    with provider.writing() as open_books:
        events.tell_again(open_books, event_id=id)
    return _json(HTTPStatus.ACCEPTED, {"event": id, "status": "scheduled"})


def _for_shops(handler: Handler) -> Handler:
    """Ask for the key first, and turn refusals of the books into the API's words."""

    @wraps(handler)
    def answer(provider: Provider, request: Request, **named: str) -> Response:
        try:
            _check_key(request, provider.settings.secret_key)
            return handler(provider, request, **named)
        except Fault as fault:
            return _error(fault.status, fault.type, str(fault))
        except books.NotThere as missing:
            return _error(HTTPStatus.NOT_FOUND, "not_found", str(missing))
        except operations.NotAllowed as refused:
            return _error(HTTPStatus.CONFLICT, "wrong_state", str(refused))
        except operations.TooMuch as refused:
            return _error(HTTPStatus.UNPROCESSABLE_ENTITY, "refund_exceeds_captured", str(refused))

    return answer


def _check_key(request: Request, secret_key: str) -> None:
    sent = request.headers.get("Authorization", "")
    if not hmac.compare_digest(sent.encode(), f"Bearer {secret_key}".encode()):
        raise Fault(HTTPStatus.UNAUTHORIZED, "unauthorized", "Send the secret key as a bearer token.")


def _once(provider: Provider, request: Request, create: Callable[[Books], dict[str, Any]]) -> Response:
    """Create under the request's idempotency key; a repeat gets the first answer and changes nothing."""
    key, fingerprint = _idempotency_key(request), _fingerprint(request)
    with provider.writing() as open_books:
        first = open_books.db.execute("SELECT * FROM idempotency_keys WHERE key = ?", (key,)).fetchone()
        if first is not None:
            return _repeat(first, fingerprint)
        response = _json(HTTPStatus.CREATED, create(open_books))
        open_books.db.execute(
            "INSERT INTO idempotency_keys (key, fingerprint, status, body) VALUES (?, ?, ?, ?)",
            (key, fingerprint, response.status, response.body.decode()),
        )
    return response


def _repeat(first: sqlite3.Row, fingerprint: str) -> Response:
    if first["fingerprint"] != fingerprint:
        raise Fault(HTTPStatus.CONFLICT, "idempotency_key_reused", "This idempotency key belongs to another request.")
    return Response(first["status"], first["body"].encode(), headers={"Idempotent-Replayed": "true"})


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise Fault(HTTPStatus.BAD_REQUEST, "idempotency_key_missing", "Idempotency-Key needs 8 to 200 characters.")
    return key


def _fingerprint(request: Request) -> str:
    sent = json.dumps(_sent(request), sort_keys=True)
    return hashlib.sha256(f"{request.method} {request.path}\n{sent}".encode()).hexdigest()


def _draft(sent: Mapping[str, Any], provider: Provider) -> operations.Draft:
    try:
        return operations.Draft(
            order_reference=_text(sent, "order_reference", longest=64),
            amount=_amount(sent),
            currency=_one_of(sent, "currency", money.CURRENCIES),
            description=_text(sent, "description", longest=200),
            return_url=addresses.way_back(sent.get("return_url")),
            webhook_url=addresses.webhook(sent.get("webhook_url")),
            scheme=_one_of({"scheme": "sandbox", **sent}, "scheme", provider.settings.schemes),
        )
    except addresses.Unfit as unfit:
        raise _invalid(str(unfit)) from unfit


def _sent(request: Request) -> dict[str, Any]:
    try:
        sent = json.loads(request.body or b"{}")
    except ValueError as unreadable:
        raise _invalid("The body is not JSON.") from unreadable
    if not isinstance(sent, dict):
        raise _invalid("The body must be a JSON object.")
    return sent


def _amount(sent: Mapping[str, Any]) -> int:
    amount = sent.get("amount")
    if type(amount) is not int or not money.SMALLEST_AMOUNT <= amount <= money.LARGEST_AMOUNT:
        raise _invalid("amount must be a whole number of the smallest unit, at least 1.")
    return amount


def _text(sent: Mapping[str, Any], name: str, *, longest: int, default: str | None = None) -> str:
    text = sent.get(name, default)
    if (
        not isinstance(text, str)
        or not text.isprintable()
        or len(text) > longest
        or not (text.strip() or default == "")
    ):
        raise _invalid(f"{name} must be text of at most {longest} characters in one line.")
    return text


def _one_of(sent: Mapping[str, Any], name: str, known: Mapping[str, Any]) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or value not in known:
        raise _invalid(f"{name} must be one of: {', '.join(sorted(known))}.")
    return value


def _day(provider: Provider, request: Request, *, of: str) -> Response:
    asked = [name for name in _PAGES[of] if name in request.query]
    if len(asked) != 1:
        raise _invalid(f"Ask for a day by one of: {', '.join(_PAGES[of])}.")
    page = listing.Page(day=_date(request.query[asked[0]]), after=request.query.get("after"), limit=_limit(request))
    with provider.reading() as open_books:
        return _json(HTTPStatus.OK, _PAGES[of][asked[0]](open_books, page))


def _date(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as unreadable:
        raise _invalid("A day is written YYYY-MM-DD (UTC).") from unreadable


def _limit(request: Request) -> int:
    written = request.query.get("limit", str(listing.LARGEST_PAGE))
    if not re.fullmatch(r"[0-9]{1,3}", written) or not 1 <= int(written) <= listing.LARGEST_PAGE:
        raise _invalid(f"limit must be between 1 and {listing.LARGEST_PAGE}.")
    return int(written)


def _invalid(message: str) -> Fault:
    return Fault(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", message)


def _error(status: HTTPStatus, type: str, message: str) -> Response:
    return _json(status, {"error": {"type": type, "message": message}})


def _json(status: HTTPStatus, value: Mapping[str, Any]) -> Response:
    return Response(int(status), json.dumps(value, ensure_ascii=False).encode())
