"""The provider to play against; its keys exist only where the environment is declared a playground."""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import told, wire
from .interface import (
    Checkout,
    Event,
    Forged,
    Hint,
    Listed,
    NotConfigured,
    NotUnderstood,
    Returned,
    Seen,
    Status,
    Wanted,
)
from .renewing import RenewsByHand

TOLERANCE_SECONDS = 300
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
_STATUSES = {"authenticating": Status.OPEN}


class Sandbox(RenewsByHand):
    """Speaks to ``python -m sandbox``."""

    name = "sandbox"
    label = _("Sandbox Pay")
    note = _("Play money: a page of its own where you decide how the payment ends.")
    icon = "card"
    currencies = frozenset({"CNY", "USD"})
    signs_time = True
    tells_returned = True
    is_by_hand = False
    time_zone = "UTC"

    @property
    def account(self) -> str:
        """Ours at the provider; its events name it."""
        return settings.SANDBOX_ACCOUNT_ID

    @property
    def is_configured(self) -> bool:
        """Whether address and both keys are there."""
        return bool(settings.SANDBOX_URL and settings.SANDBOX_SECRET_KEY and settings.SANDBOX_WEBHOOK_SECRET)

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where its hosted pages are."""
        parts = urlsplit(settings.SANDBOX_URL)
        return (f"{parts.scheme}://{parts.netloc}",)

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """See ``Provider``."""
        answer = self._call(
            "POST",
            "/v1/payments",
            key=wanted.key,
            sent={
                "order_reference": wanted.reference,
                "amount": wanted.amount,
                "currency": wanted.currency,
                "description": wanted.description[:200],
                "return_url": wanted.return_url,
                "webhook_url": wanted.webhook_url,
            },
        )
        return Checkout(provider_id=told.text(answer, "id"), url=told.text(answer, "checkout_url"))

    def fetch(self, *, provider_id: str) -> Seen | None:
        """See ``Provider``."""
        answer = self._call("GET", f"/v1/payments/{provider_id}")
        return _seen(answer, account=told.text(answer, "account"))

    def trace(self, hint: Hint) -> Seen | None:
        """See ``Provider``."""
        return self.fetch(provider_id=hint.number)

    def listed(self, day: date) -> list[Listed]:
        """See ``Provider``."""
        taken = [_taken(payment) for payment in self._pages(f"/v1/payments?paid_on={day.isoformat()}")]
        returned = [_returned(refund) for refund in self._pages(f"/v1/refunds?created_on={day.isoformat()}")]
        return taken + returned

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """See ``Provider``."""
        sent = {"amount": amount, "reason": reason[:200]}
        answer = self._call("POST", f"/v1/payments/{provider_id}/refunds", key=key, sent=sent)
        return Returned(provider_id=told.text(answer, "id"), is_settled=told.text(answer, "status") == "succeeded")

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """See ``Provider``."""
        self._require_signature(headers.get("Sandbox-Signature", ""), body, at)
        event = wire.as_object(body)
        return Event(account=told.text(event, "account"), id=told.text(event, "id"), kind=told.text(event, "type"))

    def read(self, body: bytes) -> Seen | Hint | None:
        """See ``Provider``."""
        event = wire.as_object(body)
        payment = event.get("payment")
        return _seen(payment, account=told.text(event, "account")) if isinstance(payment, dict) else None

    def acknowledgment(self) -> str:
        """Any 2xx will do."""
        return ""

    def _require_signature(self, header: str, body: bytes, at: datetime) -> None:
        if not settings.SANDBOX_WEBHOOK_SECRET:
            raise NotConfigured(self.name)
        # A doubled header reaches us joined by a comma and does not match as a whole.
        found = _SIGNATURE.fullmatch(header)
        if found is None:
            raise Forged("no signature")
        signed = found[1].encode() + b"." + body
        due = hmac.new(settings.SANDBOX_WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(due, found[2]):
            raise Forged("wrong signature")
        if abs(at.timestamp() - int(found[1])) > TOLERANCE_SECONDS:
            raise Forged("not of now")

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        after, more = "", True
        while more:
            page = self._call("GET", path + (f"&after={after}" if after else ""))
            rows, more = page.get("data") or [], page.get("has_more") is True
            yield from rows
            after = rows[-1]["id"] if rows else ""

    def _call(self, method: str, path: str, *, key: str = "", sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if not self.is_configured:
            raise NotConfigured(self.name)
        headers = {"Authorization": f"Bearer {settings.SANDBOX_SECRET_KEY}"}
        if key:
            headers["Idempotency-Key"] = key
        return wire.call(method, settings.SANDBOX_URL.rstrip("/") + path, headers=headers, sent=sent)


def _seen(payment: Mapping[str, Any], *, account: str) -> Seen:
    status = told.text(payment, "status")
    try:
        known = _STATUSES.get(status) or Status(status)
    except ValueError as unknown:
        raise NotUnderstood(f"status {status}") from unknown
    return Seen(
        account=account,
        provider_id=told.text(payment, "id"),
        reference=told.text(payment, "order_reference"),
        amount=told.number(payment, "amount"),
        currency=told.text(payment, "currency"),
        status=known,
        refunded=told.number(payment, "amount_refunded"),
        fee=told.number(payment, "fee"),
    )


def _taken(payment: Mapping[str, Any]) -> Listed:
    return Listed(
        reference=told.text(payment, "order_reference"),
        provider_id=told.text(payment, "id"),
        currency=told.text(payment, "currency"),
        captured=told.number(payment, "amount"),
        fee=told.number(payment, "fee"),
    )


def _returned(refund: Mapping[str, Any]) -> Listed:
    return Listed(
        reference="",
        provider_id=told.text(refund, "payment"),
        currency=told.text(refund, "currency"),
        returned=told.number(refund, "amount"),
    )
