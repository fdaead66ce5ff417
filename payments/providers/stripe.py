"""
Cards and wallets by Stripe's hosted Checkout, in the API of the version that is named in every request.

A session is the payment; refunds, disputes and failures name only its payment intent, so they are hints and Stripe is
asked. Stripe's package makes the requests and checks the signatures; what we let pass is narrower.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import stripe
from django.utils.translation import gettext_lazy as _

from . import stripe_billing, told, wire
from .interface import (
    Checkout,
    Event,
    Forged,
    Hint,
    Listed,
    Notice,
    NotUnderstood,
    Refused,
    Returned,
    Seen,
    Status,
    Wanted,
)
from .stripe_billing import StripeBilling
from .stripe_calls import API_VERSION, as_object, currency_of, fee_of, status_of

__all__ = ["API_VERSION", "Stripe", "require_signature", "session_fields"]

TOLERANCE_SECONDS = 300
SHORTEST = timedelta(minutes=31)
"""Stripe wants a session to live for half an hour at least."""

_PART = re.compile(r"(t|v0|v1)=([0-9a-f]{1,64})")
_TIME = re.compile(r"[1-9][0-9]{0,10}")
_SIGNATURES = range(1, 4)
_WITH_MONEY = "payment_intent.latest_charge.balance_transaction"
_SESSION = "checkout.session."
_MODES = frozenset({"payment", "subscription"})
_NOTICES = (stripe_billing.PAID, stripe_billing.FAILED, stripe_billing.SUBSCRIPTION)
_HINTS = ("payment_intent.payment_failed", "charge.refunded", "charge.refund.updated", "charge.dispute.", "refund.")
_MAY_REFUND = {"succeeded": True, "pending": False, "requires_action": False}


class Stripe(StripeBilling):
    """Speaks to ``api.stripe.com``, or to the sandbox in its manner."""

    label = _("Card, by Stripe")
    note = _("Bank card, Apple Pay or Google Pay, on Stripe's own page.")
    icon = "card"
    currencies = frozenset({"CNY", "USD"})

    @property
    def checkout_origins(self) -> tuple[str, ...]:
        """Where the hosted page is."""
        return (self.origin,) if self.is_play else ("https://checkout.stripe.com",)

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """See ``Provider``."""
        discount = self.discount(wanted, wanted.renewal) if wanted.renewal else {}
        sent = session_fields(wanted) | discount
        options = {"idempotency_key": wanted.key}
        session = self.asked(lambda v1: v1.checkout.sessions.create(params=sent, options=options))
        url = wire.require_host(str(session.get("url")), *self._hosts)
        return Checkout(provider_id=told.text(session, "id"), url=url)

    def fetch(self, *, provider_id: str) -> Seen:
        """See ``Provider``; a renewal has the number of its invoice."""
        if provider_id.startswith("in_"):
            return self.renewal_seen(self.asked(lambda v1: v1.invoices.retrieve(provider_id)))
        params = {"expand": [_WITH_MONEY]}
        return self._seen(self.asked(lambda v1: v1.checkout.sessions.retrieve(provider_id, params=params)))

    def trace(self, hint: Hint) -> Seen | None:
        """See ``Provider``."""
        found = self._session_of(payment_intent=hint.number, expand=[f"data.{_WITH_MONEY}"])
        if found is not None:
            return self._seen(found)
        invoice = self.invoice_behind(hint.number)
        if invoice is None or invoice.get("status") != "paid":
            return None
        if not stripe_billing.is_first(invoice):
            return self.renewal_seen(invoice)
        began = told.text(stripe_billing.details_of(invoice), "subscription")
        found = self._session_of(subscription=began)
        return self._seen(found) if found is not None else None

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """See ``Provider``."""
        sent = {"payment_intent": self._intent(provider_id), "amount": amount, "metadata": {"cause": reason}}
        refund = self.asked(lambda v1: v1.refunds.create(params=sent, options={"idempotency_key": key}))
        status = told.text(refund, "status")
        if status not in _MAY_REFUND:
            raise Refused(f"refund {status}")
        return Returned(provider_id=told.text(refund, "id"), is_settled=_MAY_REFUND[status])

    def listed(self, day: date) -> list[Listed]:
        """See ``Provider``."""
        taken = [
            replace(line, captured=told.number(charge, "amount_captured"), fee=fee_of(charge))
            for charge in self.rows_of_day(lambda v1: v1.charges, day, expand="data.balance_transaction")
            if charge.get("paid") is True and (line := self._line(charge)) is not None
        ]
        returned = [
            replace(line, returned=told.number(refund, "amount"))
            for refund in self.rows_of_day(lambda v1: v1.refunds, day, expand="data.charge")
            if refund.get("status") == "succeeded" and (line := self._line(as_object(refund.get("charge")))) is not None
        ]
        return [*taken, *returned]

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """See ``Provider``."""
        require_signature(headers.get("Stripe-Signature", ""), body, secret=self.key("webhook_secret"), at=at)
        event = wire.as_object(body)
        return Event(account=self._account_of(event), id=told.text(event, "id"), kind=told.text(event, "type"))

    def read(self, body: bytes) -> Seen | Hint | Notice | None:
        """See ``Provider``."""
        event = wire.as_object(body)
        kind = told.text(event, "type")
        about = told.part(told.part(event, "data"), "object")
        if kind.startswith(_SESSION):
            return self._told_of(about, account=self._account_of(event), failed=kind.endswith("_failed"))
        if kind.startswith(_NOTICES):
            return stripe_billing.notice_of(kind, about, account=self._account_of(event))
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
        if told.text(session, "mode") not in _MODES:
            return None
        paid = session.get("payment_status") == "paid"
        status = Status.PAID if paid else Status.DECLINED if failed else Status.OPEN
        return _session(session, account=account, status=status)

    def _seen(self, session: Mapping[str, Any]) -> Seen:
        intent = as_object(session.get("payment_intent"))
        if session.get("payment_status") != "paid":
            declined = bool(intent.get("last_payment_error"))
            return _session(session, account=self.account, status=Status.DECLINED if declined else Status.OPEN)
        charge = (
            self.money_of(told.text(session, "invoice"))
            if _is_recurring(session)
            else as_object(intent.get("latest_charge"))
        )
        status, refunded = status_of(charge, amount=session.get("amount_total"))
        return _session(session, account=self.account, status=status, refunded=refunded, fee=fee_of(charge))

    def _intent(self, provider_id: str) -> str:
        """The payment intent behind a payment of ours, which is a session or an invoice."""
        if provider_id.startswith("in_"):
            return self.intent_of(provider_id)
        session = self.asked(lambda v1: v1.checkout.sessions.retrieve(provider_id))
        if _is_recurring(session):
            return self.intent_of(told.text(session, "invoice"))
        return told.text(session, "payment_intent")

    def _session_of(self, **asked: Any) -> dict[str, Any] | None:
        return self.first_of(lambda v1: v1.checkout.sessions.list(params={**asked, "limit": 1}))

    def _line(self, charge: Mapping[str, Any]) -> Listed | None:
        """Which payment of ours a charge is, by what we wrote on it, or on the subscription that it is for."""
        ours = as_object(charge.get("metadata"))
        if "payment" not in ours:
            return self.line_of_invoice(charge)
        return Listed(reference=told.text(ours, "order"), key=told.text(ours, "payment"), currency=currency_of(charge))


def session_fields(wanted: Wanted) -> dict[str, Any]:
    """What a Checkout session is asked for with, field by field; the same for the same attempt."""
    ours = {"order": wanted.reference, "payment": wanted.key}
    price = {
        "currency": wanted.currency.lower(),
        "unit_amount": wanted.amount,
        "product_data": {"name": wanted.description[:250]},
    }
    asked = {
        "client_reference_id": wanted.reference,
        "success_url": wanted.return_url,
        "cancel_url": wanted.return_url,
        "expires_at": int(wanted.expires_at.timestamp()),
        "metadata": ours,
    }
    if wanted.renewal is None:
        return asked | {"mode": "payment", "line_items": _one(price), "payment_intent_data": {"metadata": ours}}
    price |= stripe_billing.recurring(wanted.renewal)
    return asked | {"mode": "subscription", "line_items": _one(price), "subscription_data": {"metadata": ours}}


def _one(price: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"quantity": 1, "price_data": price}]


def require_signature(header: str, body: bytes, *, secret: str, at: datetime) -> None:
    """
    Pass if ``header`` signs the raw ``body`` of now; up to three signatures, while a secret is being rolled.

    :raises Forged: if not.
    """
    moment = _moment_of(header)
    try:
        # Its tolerance asks the clock of this machine and lets the future pass.
        stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None)
    except (stripe.SignatureVerificationError, UnicodeDecodeError) as wrong:
        raise Forged("wrong signature") from wrong
    if abs(at.timestamp() - moment) > TOLERANCE_SECONDS:
        raise Forged("not of now")


def _moment_of(header: str) -> int:
    parts = [_PART.fullmatch(part) for part in header.split(",")]
    found = [(part[1], part[2]) for part in parts if part is not None]
    times = [value for name, value in found if name == "t" and _TIME.fullmatch(value)]
    signatures = [value for name, value in found if name == "v1"]
    # A doubled header reaches us joined by a comma, of which the package would read the first time and every signature.
    if len(found) != len(parts) or len(times) != 1 or len(signatures) not in _SIGNATURES:
        raise Forged("no signature")
    return int(times[0])


def _session(session: Mapping[str, Any], *, account: str, status: Status, refunded: int = 0, fee: int = 0) -> Seen:
    seen = Seen(
        account=account,
        provider_id=told.text(session, "id"),
        reference=told.text(session, "client_reference_id"),
        amount=told.number(session, "amount_total"),
        currency=currency_of(session),
        status=status,
        refunded=refunded,
        fee=fee,
    )
    return replace(seen, subscription=told.text(session, "subscription")) if _began(session, seen) else seen


def _is_recurring(session: Mapping[str, Any]) -> bool:
    return session.get("mode") == "subscription"


def _began(session: Mapping[str, Any], seen: Seen) -> bool:
    return _is_recurring(session) and seen.took_money
