"""The provider to play against; its keys exist only where the environment is declared a playground."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import wire
from .interface import Checkout, Event, Forged, NotConfigured, NotUnderstood, Returned, Seen, Status, Wanted

TOLERANCE_SECONDS = 300
_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
_STATUSES = {"authenticating": Status.OPEN}


class Sandbox:
    """Speaks to ``python -m sandbox``."""

    name = "sandbox"
    label = _("Sandbox Pay")
    note = _("Play money: a page of its own where you decide how the payment ends.")
    icon = "card"

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
        return Checkout(provider_id=_text(answer, "id"), url=_text(answer, "checkout_url"))

    def fetch(self, *, provider_id: str) -> Seen:
        """See ``Provider``."""
        answer = self._call("GET", f"/v1/payments/{provider_id}")
        return _seen(answer, account=_text(answer, "account"))

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """See ``Provider``."""
        sent = {"amount": amount, "reason": reason[:200]}
        answer = self._call("POST", f"/v1/payments/{provider_id}/refunds", key=key, sent=sent)
        return Returned(provider_id=_text(answer, "id"), is_settled=_text(answer, "status") == "succeeded")

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """See ``Provider``."""
        self._require_signature(headers.get("Sandbox-Signature", ""), body, at)
        event = wire.as_object(body)
        return Event(account=_text(event, "account"), id=_text(event, "id"), kind=_text(event, "type"))

    def read(self, body: bytes) -> Seen | None:
        """See ``Provider``."""
        event = wire.as_object(body)
        payment = event.get("payment")
        return _seen(payment, account=_text(event, "account")) if isinstance(payment, dict) else None

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

    def _call(self, method: str, path: str, *, key: str = "", sent: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if not self.is_configured:
            raise NotConfigured(self.name)
        headers = {"Authorization": f"Bearer {settings.SANDBOX_SECRET_KEY}"}
        if key:
            headers["Idempotency-Key"] = key
        return wire.call(method, settings.SANDBOX_URL.rstrip("/") + path, headers=headers, sent=sent)


def _seen(payment: Mapping[str, Any], *, account: str) -> Seen:
    status = _text(payment, "status")
    try:
        known = _STATUSES.get(status) or Status(status)
    except ValueError as unknown:
        raise NotUnderstood(f"status {status}") from unknown
    return Seen(
        account=account,
        provider_id=_text(payment, "id"),
        reference=_text(payment, "order_reference"),
        amount=_number(payment, "amount"),
        currency=_text(payment, "currency"),
        status=known,
        refunded=_number(payment, "amount_refunded"),
        fee=_number(payment, "fee"),
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not value:
        raise NotUnderstood(f"no {name}")
    return value


def _number(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    if type(value) is not int or value < 0:
        raise NotUnderstood(f"no {name}")
    return value
