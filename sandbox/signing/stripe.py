"""
The manner of Stripe: events of API objects, signed with their time in ``Stripe-Signature``.

Only what a shop reads in these objects is filled in; ids are made from the payment's and so agree between events.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.signing import wire

API_VERSION = "2026-10-28.endive"


@dataclass(frozen=True, slots=True)
class StripeScheme:
    secret: str = field(repr=False)

    def tells(self, kind: str) -> bool:
        return True

    def dress(self, event: Mapping[str, Any], *, at: int) -> wire.Message:
        body = wire.json_body(_event(event))
        signature = wire.timestamped_signature(body, secret=self.secret, at=at)
        return wire.Message({"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}, body)

    def is_acknowledged(self, answer: wire.Answer) -> bool:
        return answer.is_success


def from_environment(environment: Mapping[str, str]) -> StripeScheme | None:
    # A prefix that Stripe never hands out, so that a live endpoint's secret cannot be put here by mistake.
    secret = wire.secret(environment, "SANDBOX_STRIPE_WEBHOOK_SECRET", prefix="whsec_sandbox_")
    return StripeScheme(secret) if secret else None


def _event(event: Mapping[str, Any]) -> dict[str, Any]:
    kind, make = _OBJECTS[event["type"]]
    return {
        "id": event["id"],
        "object": "event",
        "api_version": API_VERSION,
        "created": event["created"],
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
        "data": {"object": make(event)},
    }


def _session(event: Mapping[str, Any]) -> dict[str, Any]:
    payment = event["payment"]
    return {
        "id": _id("cs_test", payment),
        "object": "checkout.session",
        "amount_subtotal": payment["amount"],
        "amount_total": payment["amount"],
        "client_reference_id": payment["order_reference"],
        "created": payment["created"],
        "currency": payment["currency"].lower(),
        "livemode": False,
        "metadata": _metadata(payment),
        "mode": "payment",
        "payment_intent": _id("pi", payment),
        "payment_status": "paid",
        "status": "complete",
    }


def _failed_intent(event: Mapping[str, Any]) -> dict[str, Any]:
    payment = event["payment"]
    return {
        "id": _id("pi", payment),
        "object": "payment_intent",
        "amount": payment["amount"],
        "amount_received": 0,
        "created": payment["created"],
        "currency": payment["currency"].lower(),
        "last_payment_error": {"type": "card_error", "code": "card_declined", "decline_code": "generic_decline"},
        "livemode": False,
        "metadata": _metadata(payment),
        "status": "requires_payment_method",
    }


def _refunded_charge(event: Mapping[str, Any]) -> dict[str, Any]:
    payment = event["payment"]
    return {
        "id": _id("ch", payment),
        "object": "charge",
        "amount": payment["amount"],
        "amount_captured": payment["amount"],
        "amount_refunded": payment["amount_refunded"],
        "created": payment["created"],
        "currency": payment["currency"].lower(),
        "livemode": False,
        "metadata": _metadata(payment),
        "paid": True,
        "payment_intent": _id("pi", payment),
        "refunded": payment["amount_refunded"] == payment["amount"],
        "status": "succeeded",
    }


def _dispute(event: Mapping[str, Any]) -> dict[str, Any]:
    payment = event["payment"]
    return {
        "id": _id("du", payment),
        "object": "dispute",
        "amount": payment["amount"] - payment["amount_refunded"],
        "charge": _id("ch", payment),
        "created": event["created"],
        "currency": payment["currency"].lower(),
        "livemode": False,
        "metadata": {},
        "payment_intent": _id("pi", payment),
        "reason": "fraudulent",
        "status": "needs_response",
    }


def _id(prefix: str, payment: Mapping[str, Any]) -> str:
    return f"{prefix}_{payment['id'].removeprefix('pay_')}"


def _metadata(payment: Mapping[str, Any]) -> dict[str, str]:
    return {"order_reference": payment["order_reference"]}


_OBJECTS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "payment.paid": ("checkout.session.completed", _session),
    "payment.declined": ("payment_intent.payment_failed", _failed_intent),
    "payment.refunded": ("charge.refunded", _refunded_charge),
    "payment.disputed": ("charge.dispute.created", _dispute),
}
