"""Calls to Stripe, and what its objects have in common."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from . import told, wire
from .interface import NotUnderstood, Status
from .keys import WithKeys

API_VERSION = "2026-10-28.endive"


class StripeCalls(WithKeys):
    """Asks in the API of the version that is named in every request."""

    name = "stripe"

    @property
    def account(self) -> str:
        """Ours at Stripe, with the mode of its key: a message of the test mode is not one of the live mode."""
        return f"{self.key('account')}/{'live' if '_live_' in self.key('secret_key') else 'test'}"

    def call(
        self, method: str, path: str, *, sent: Mapping[str, str] | None = None, asked: Mapping[str, str] | None = None,
        key: str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """One request, form-encoded; the JSON object that came back."""
        headers = {
            "Authorization": f"Bearer {self.key('secret_key')}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Stripe-Version": API_VERSION,
        }
        if key:
            headers["Idempotency-Key"] = key
        url = f"{self.url}{path}" + (f"?{urlencode(asked)}" if asked else "")
        body = urlencode(sent).encode() if sent else None
        return wire.as_object(wire.exchange(method, url, headers=headers, body=body).body)

    def first_of(self, path: str, asked: Mapping[str, str]) -> dict[str, Any] | None:
        """The first row of a list; None where it is empty."""
        rows = self.call("GET", path, asked={**asked, "limit": "1"}).get("data")
        return as_object(rows[0]) if isinstance(rows, list) and rows else None

    def rows_of_day(self, path: str, day: date, *, expand: str) -> Iterator[dict[str, Any]]:
        """All rows of a list that were made on ``day``, page by page."""
        start = datetime.combine(day, time(), UTC)
        end = start + timedelta(days=1)
        asked = {
            "created[gte]": str(int(start.timestamp())),
            "created[lt]": str(int(end.timestamp())),
            "limit": "100",
            "expand[]": expand,
        }
        more = True
        while more:
            page = self.call("GET", path, asked=asked)
            rows, more = page.get("data") or [], page.get("has_more") is True
            yield from rows
            asked["starting_after"] = rows[-1]["id"] if rows else ""


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
