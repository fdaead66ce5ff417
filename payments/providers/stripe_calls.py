"""Stripe's own package over our wire, and what Stripe's objects have in common."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import stripe

from . import told, wire
from .interface import NotUnderstood, Status
from .keys import WithKeys

API_VERSION = "2026-10-28.endive"

# Else each request says which machine this is, and how long the one before it took.
stripe.enable_telemetry = False

_SENT = frozenset({"Authorization", "Content-Type", "Idempotency-Key", "Stripe-Version"})


class StripeCalls(WithKeys):
    """Asks in the API of the version that is named in every request."""

    name = "stripe"

    @property
    def account(self) -> str:
        """Ours at Stripe, with the mode of its key: a message of the test mode is not one of the live mode."""
        return f"{self.key('account')}/{'live' if '_live_' in self.key('secret_key') else 'test'}"

    def asked(self, ask: Callable[[Any], stripe.StripeObject]) -> dict[str, Any]:
        """What Stripe answers to ``ask``, which is given its services."""
        with _in_our_words():
            return ask(self._v1).to_dict()

    def first_of(self, ask: Callable[[Any], stripe.StripeObject]) -> dict[str, Any] | None:
        """The first row of the list that ``ask`` gives; None where it is empty."""
        rows = self.asked(ask).get("data")
        return as_object(rows[0]) if isinstance(rows, list) and rows else None

    def rows_of_day(self, rows_of: Callable[[Any], Any], day: date, *, expand: str) -> Iterator[dict[str, Any]]:
        """All rows of what is listed by ``rows_of`` that were made on ``day``, page by page."""
        start = datetime.combine(day, time(), UTC)
        end = start + timedelta(days=1)
        created = {"gte": int(start.timestamp()), "lt": int(end.timestamp())}
        with _in_our_words():
            found = rows_of(self._v1).list(params={"created": created, "limit": 100, "expand": [expand]})
            for row in found.auto_paging_iter():
                yield row.to_dict()

    @property
    def _v1(self) -> Any:
        return _client(self.key("secret_key"), self.url).v1


class _OurWire(stripe.HTTPClient):
    """Sends what Stripe's package has made; what we raise passes through it, and a refusal never reaches it."""

    name = "lyceum"

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:  # fmt: skip
        # Its other headers tell about this machine and what runs on it.
        sent = {name: value for name, value in (headers or {}).items() if name in _SENT} | {"User-Agent": "Lyceum"}
        answer = wire.exchange(method.upper(), url, headers=sent, body=post_data.encode() if post_data else None)
        wire.as_object(answer.body)
        return answer.body.decode(), answer.status, answer.headers


@lru_cache(maxsize=8)
def _client(secret_key: str, url: str) -> stripe.StripeClient:
    # Whether something is tried again is for who asked to say; the package would sleep in a request.
    return stripe.StripeClient(
        secret_key, http_client=_OurWire(), base_addresses={"api": url}, stripe_version=API_VERSION, max_network_retries=0
    )  # fmt: skip


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (stripe.StripeError, UnicodeDecodeError) as failed:
        raise NotUnderstood(f"Stripe's package: {type(failed).__name__}") from failed


def as_object(value: object) -> dict[str, Any]:
    """``value`` where it is an object, else an empty one: what is not expanded is a number."""
    return value if isinstance(value, dict) else {}


def currency_of(about: Mapping[str, Any]) -> str:
    """
    The currency as we write it.

    :raises NotUnderstood: if it is not written as Stripe does.
    """
    currency = told.text(about, "currency")
    if currency != currency.lower():
        raise NotUnderstood(f"currency {currency}")
    return currency.upper()


def fee_of(charge: Mapping[str, Any]) -> int:
    """What Stripe kept of a charge; nothing where that is not told."""
    settled = charge.get("balance_transaction")
    return told.number(settled, "fee") if isinstance(settled, dict) else 0


def status_of(charge: Mapping[str, Any], *, amount: object) -> tuple[Status, int]:
    """How money stands that was taken, and how much of ``amount`` went back."""
    refunded = told.number(charge, "amount_refunded")
    if charge.get("disputed"):
        return Status.DISPUTED, refunded
    return (Status.REFUNDED if refunded == amount else Status.PAID), refunded
