"""What Stripe's API has in common: the key, the form of requests, answers, lists and refusals."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl

from sandbox import addresses, money, operations
from sandbox.books import Books, NotThere
from sandbox.provider import Provider
from sandbox.speaking import common
from sandbox.web import Handler, Request, Response


# Not frozen: an exception that passes through a context manager is given its traceback anew.
@dataclass(eq=False)
class Fault(Exception):
    status: int
    type: str
    message: str


def for_shops(handler: Handler) -> Handler:
    """Ask for the key first, and say what is refused as Stripe does."""

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


def once(open_books: Books, request: Request, create: Callable[[], str]) -> str:
    """Create under the request's idempotency key; a repeat gives the first answer."""
    key = request.headers.get("Idempotency-Key", "")
    asked = f"{request.path}\n{request.body.decode('utf-8', 'replace')}"
    return common.once(open_books, f"stripe:{key}", asked, create) if key else create()


def own(id: str, prefix: str) -> str:
    """Our number of the payment that Stripe calls ``id``."""
    return f"pay_{id.removeprefix(prefix)}" if id.startswith(prefix) else id


def expanded(request: Request, *, prefix: str) -> set[str]:
    """What is to be shown as a whole, below ``prefix``."""
    query = request.target.partition("?")[2]
    asked = [value for name, value in parse_qsl(query) if name.startswith("expand[")]
    names = {value.removeprefix(prefix) for value in asked}
    # Asking for something below a thing asks for the thing.
    return names | {name.rpartition(".")[0] for name in names if "." in name}


def bounds(request: Request) -> tuple[float, float]:
    """The times between which rows are asked for."""
    return (
        float(number(request.query.get("created[gte]", "0"), "created[gte]")),
        float(number(request.query.get("created[lt]", "99999999999"), "created[lt]")),
    )


def page(url: str, rows: list[dict[str, Any]], request: Request) -> Response:
    """One page of ``rows``."""
    limit = min(number(request.query.get("limit", "10"), "limit"), 100)
    ids = [row["id"] for row in rows]
    after = request.query.get("starting_after", "")
    start = ids.index(after) + 1 if after in ids else 0
    return listed(url, rows[start : start + limit], has_more=len(rows) > start + limit)


def number(written: str, name: str) -> int:
    """The whole number that ``written`` is."""
    if not written.isascii() or not written.isdecimal() or not 0 <= int(written) <= money.LARGEST_AMOUNT:
        raise Fault(400, "invalid_request_error", f"Invalid integer: {name}.")
    return int(written)


def listed(url: str, rows: list[dict[str, Any]], *, has_more: bool = False) -> Response:
    """Rows as a list of Stripe's."""
    return as_json({"object": "list", "url": url, "has_more": has_more, "data": rows})


def _error(status: int, type: str, message: str, **more: str) -> Response:
    return as_json({"error": {"type": type, "message": message, **more}}, status=status)


def as_json(value: Mapping[str, Any], *, status: int = 200) -> Response:
    """``value`` as an answer."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode())
