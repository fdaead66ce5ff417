"""
Cards and wallets by Stripe's hosted Checkout, in the API of the version that is named in every request.

A session is the payment; refunds, disputes and failures name only its payment intent, so they are hints and Stripe is
asked. Own code: Stripe's package is what the tests hold it against.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from . import told, wire
from .interface import Checkout, Event, Forged, Hint, Listed, NotUnderstood, Refused, Returned, Seen, Status, Wanted
from .keys import WithKeys

API_VERSION = "2026-10-28.endive"
TOLERANCE_SECONDS = 300
SHORTEST = timedelta(minutes=31)
"""Stripe wants a session to live for half an hour at least."""

_PART = re.compile(r"(t|v0|v1)=([0-9a-f]{1,64})")
_SIGNATURES = range(1, 4)
_WITH_MONEY = "payment_intent.latest_charge.balance_transaction"
_SESSION = "checkout.session."
_HINTS = ("payment_intent.payment_failed", "charge.refunded", "charge.refund.updated", "charge.dispute.", "refund.")
_MAY_REFUND = {"succeeded": True, "pending": False, "requires_action": False}


class Stripe(WithKeys):
    """Speaks to ``api.stripe.com``, or to the sandbox in its manner."""

    name = "stripe"
    label = _("Card, by Stripe")
    note = _("Bank card, Apple Pay or Google Pay, on Stripe's own page.")
    icon = "card"
    currencies = frozenset({"CNY", "USD"})

    @property
    def account(self) -> str:
        """Ours at Stripe, with the mode of its key: a message of the test mode is not one of the live mode."""
        return f"{self.key('account')}/{'live' if '_live_' in self.key('secret_key') else 'test'}"

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where the hosted page is."""
        return (self.origin,) if self.is_play else ("https://checkout.stripe.com",)

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """See ``Provider``."""
        session = self._call("POST", "/v1/checkout/sessions", sent=session_fields(wanted), key=wanted.key)
        url = wire.require_host(str(session.get("url")), *self._hosts)
        return Checkout(provider_id=told.text(session, "id"), url=url)

    def fetch(self, *, provider_id: str) -> Seen:
        """See ``Provider``."""
        session = self._call("GET", f"/v1/checkout/sessions/{provider_id}", asked={"expand[]": _WITH_MONEY})
        return self._seen(session)

    def trace(self, hint: Hint) -> Seen | None:
        """See ``Provider``."""
        asked = {"payment_intent": hint.number, "limit": "1", "expand[]": f"data.{_WITH_MONEY}"}
        found = self._call("GET", "/v1/checkout/sessions", asked=asked).get("data")
        return self._seen(found[0]) if isinstance(found, list) and found else None

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """See ``Provider``."""
        session = self._call("GET", f"/v1/checkout/sessions/{provider_id}")
        sent = {
            "payment_intent": told.text(session, "payment_intent"),
            "amount": str(amount),
            "metadata[cause]": reason,
        }
        refund = self._call("POST", "/v1/refunds", sent=sent, key=key)
        status = told.text(refund, "status")
        if status not in _MAY_REFUND:
            raise Refused(f"refund {status}")
        return Returned(provider_id=told.text(refund, "id"), is_settled=_MAY_REFUND[status])

    def listed(self, day: date) -> list[Listed]:
        """See ``Provider``."""
        taken = [_taken(charge) for charge in self._pages("/v1/charges", day, expand="data.balance_transaction")]
        returned = [_returned(refund) for refund in self._pages("/v1/refunds", day, expand="data.charge")]
        return [listed for listed in [*taken, *returned] if listed is not None]

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """See ``Provider``."""
        require_signature(headers.get("Stripe-Signature", ""), body, secret=self.key("webhook_secret"), at=at)
        event = wire.as_object(body)
        return Event(account=self._account_of(event), id=told.text(event, "id"), kind=told.text(event, "type"))

    def read(self, body: bytes) -> Seen | Hint | None:
        """See ``Provider``."""
        event = wire.as_object(body)
        kind = told.text(event, "type")
        about = told.part(told.part(event, "data"), "object")
        if kind.startswith(_SESSION):
            return self._told_of(about, account=self._account_of(event), failed=kind.endswith("_failed"))
        if not kind.startswith(_HINTS):
            return None
        number = about.get("id") if about.get("object") == "payment_intent" else about.get("payment_intent")
        return Hint(number=number) if isinstance(number, str) and number else None

    def acknowledgment(self) -> str:
        """Any 2xx will do."""
        return ""

    @property
    def _hosts(self) -> tuple[str, ...]:
        return tuple(origin.partition("://")[2] for origin in self.checkout_origins)

    def _account_of(self, event: Mapping[str, Any]) -> str:
        live = event.get("livemode")
        if not isinstance(live, bool):
            raise NotUnderstood("no livemode")
        # Named only where the event is of an account that is connected to ours.
        account = told.text(event, "account") if "account" in event else self.key("account")
        return f"{account}/{'live' if live else 'test'}"

    def _told_of(self, session: Mapping[str, Any], *, account: str, failed: bool) -> Seen | None:
        """What a message says of a session by itself; one that is not paid says nothing new unless it failed."""
        if told.text(session, "mode") != "payment":
            return None
        paid = session.get("payment_status") == "paid"
        status = Status.PAID if paid else Status.DECLINED if failed else Status.OPEN
        return _session(session, account=account, status=status)

    def _seen(self, session: Mapping[str, Any]) -> Seen:
        intent = _object(session.get("payment_intent"))
        charge = _object(intent.get("latest_charge"))
        if session.get("payment_status") != "paid":
            declined = bool(intent.get("last_payment_error"))
            return _session(session, account=self.account, status=Status.DECLINED if declined else Status.OPEN)
        refunded, fee = told.number(charge, "amount_refunded"), _fee(charge)
        status = Status.DISPUTED if charge.get("disputed") else Status.PAID
        if status is Status.PAID and refunded == session.get("amount_total"):
            status = Status.REFUNDED
        return _session(session, account=self.account, status=status, refunded=refunded, fee=fee)

    def _pages(self, path: str, day: date, *, expand: str) -> Iterator[dict[str, Any]]:
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
            page = self._call("GET", path, asked=asked)
            rows, more = page.get("data") or [], page.get("has_more") is True
            yield from rows
            asked["starting_after"] = rows[-1]["id"] if rows else ""

    def _call(
        self, method: str, path: str, *, sent: Mapping[str, str] | None = None, asked: Mapping[str, str] | None = None,
        key: str = "",
    ) -> dict[str, Any]:  # fmt: skip
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


def session_fields(wanted: Wanted) -> dict[str, str]:
    """What a Checkout session is asked for with, field by field; the same for the same attempt."""
    return {
        "mode": "payment",
        "client_reference_id": wanted.reference,
        "success_url": wanted.return_url,
        "cancel_url": wanted.return_url,
        "expires_at": str(int(wanted.expires_at.timestamp())),
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": wanted.currency.lower(),
        "line_items[0][price_data][unit_amount]": str(wanted.amount),
        "line_items[0][price_data][product_data][name]": wanted.description[:250],
        "metadata[order]": wanted.reference,
        "metadata[payment]": wanted.key,
        "payment_intent_data[metadata][order]": wanted.reference,
        "payment_intent_data[metadata][payment]": wanted.key,
    }


def require_signature(header: str, body: bytes, *, secret: str, at: datetime) -> None:
    """
    Pass if ``header`` signs the raw ``body`` of now; up to three signatures, while a secret is being rolled.

    :raises Forged: if not.
    """
    parts = [_PART.fullmatch(part) for part in header.split(",")]
    found = [(part[1], part[2]) for part in parts if part is not None]
    times = [value for name, value in found if name == "t" and value.isdecimal()]
    signatures = [value for name, value in found if name == "v1"]
    # A doubled header reaches us joined by a comma: two times are none.
    if len(found) != len(parts) or len(times) != 1 or len(signatures) not in _SIGNATURES:
        raise Forged("no signature")
    due = hmac.new(secret.encode(), times[0].encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(due, signature) for signature in signatures):
        raise Forged("wrong signature")
    if abs(at.timestamp() - int(times[0])) > TOLERANCE_SECONDS:
        raise Forged("not of now")


def _session(session: Mapping[str, Any], *, account: str, status: Status, refunded: int = 0, fee: int = 0) -> Seen:
    return Seen(
        account=account,
        provider_id=told.text(session, "id"),
        reference=told.text(session, "client_reference_id"),
        amount=told.number(session, "amount_total"),
        currency=_currency(session),
        status=status,
        refunded=refunded,
        fee=fee,
    )


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _currency(about: Mapping[str, Any]) -> str:
    currency = told.text(about, "currency")
    if currency != currency.lower():
        raise NotUnderstood(f"currency {currency}")
    return currency.upper()


def _fee(charge: Mapping[str, Any]) -> int:
    settled = charge.get("balance_transaction")
    return told.number(settled, "fee") if isinstance(settled, dict) else 0


def _taken(charge: Mapping[str, Any]) -> Listed | None:
    ours = charge.get("metadata") or {}
    if charge.get("paid") is not True or "payment" not in ours:
        return None
    return Listed(
        reference=told.text(ours, "order"),
        key=told.text(ours, "payment"),
        currency=_currency(charge),
        captured=told.number(charge, "amount_captured"),
        fee=_fee(charge),
    )


def _returned(refund: Mapping[str, Any]) -> Listed | None:
    charge = refund.get("charge")
    ours = (charge.get("metadata") or {}) if isinstance(charge, dict) else {}
    if refund.get("status") != "succeeded" or "payment" not in ours:
        return None
    return Listed(
        reference=told.text(ours, "order"),
        key=told.text(ours, "payment"),
        currency=_currency(refund),
        returned=told.number(refund, "amount"),
    )
