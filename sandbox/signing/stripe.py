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
        "mode": "subscription" if "subscription" in event else "payment",
        "invoice": event["invoice"]["id"] if "invoice" in event else None,
        "payment_intent": None if "subscription" in event else _id("pi", payment),
        "subscription": event["subscription"]["id"] if "subscription" in event else None,
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


def _invoice(event: Mapping[str, Any]) -> dict[str, Any]:
    return invoice_view(event["invoice"], event["subscription"], currency=event["payment"]["currency"])


def _subscription(event: Mapping[str, Any]) -> dict[str, Any]:
    return subscription_view(event["subscription"], currency=event["payment"]["currency"])


def invoice_view(invoice: Mapping[str, Any], of: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    """Give an invoice in the form of this version: what paid it is not named, and its subscription under ``parent``."""
    paid = invoice["status"] == "paid"
    return {
        "id": invoice["id"],
        "object": "invoice",
        "amount_due": invoice["amount"],
        "amount_paid": invoice["amount"] if paid else 0,
        "amount_remaining": 0 if paid else invoice["amount"],
        "attempt_count": invoice["attempts"],
        "billing_reason": invoice["reason"],
        "created": int(invoice["created_at"]),
        "currency": currency.lower(),
        "customer": _customer(of),
        "livemode": False,
        "metadata": {},
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {"subscription": of["id"], "metadata": of["metadata"]},
        },
        "period_end": int(invoice["period_end"]),
        "period_start": int(invoice["period_start"]),
        "status": invoice["status"],
        "total": invoice["amount"],
    }


def subscription_view(of: Mapping[str, Any], *, currency: str) -> dict[str, Any]:
    """Give a subscription in the form of this version: its period stands on its item."""
    recurring = {"interval": of["interval"], "interval_count": of["interval_count"]}
    price = {
        "object": "price",
        "currency": currency.lower(),
        "recurring": recurring,
        "type": "recurring",
        "unit_amount": of["amount"],
    }
    item = {
        "id": of["id"].replace("sub_", "si_"),
        "object": "subscription_item",
        "current_period_end": int(of["period_end"]),
        "current_period_start": int(of["period_start"]),
        "price": price,
        "quantity": 1,
    }
    return {
        "id": of["id"],
        "object": "subscription",
        "cancel_at": int(of["period_end"]) if of["stops"] else None,
        "cancel_at_period_end": bool(of["stops"]),
        "created": int(of["created_at"]),
        "currency": currency.lower(),
        "customer": _customer(of),
        "ended_at": None if of["ended_at"] is None else int(of["ended_at"]),
        "items": {"object": "list", "data": [item], "has_more": False},
        "livemode": False,
        "metadata": of["metadata"],
        "status": of["status"],
    }


def _customer(of: Mapping[str, Any]) -> str:
    customer: str = of["id"].replace("sub_", "cus_")
    return customer


def _id(prefix: str, payment: Mapping[str, Any]) -> str:
    return f"{prefix}_{payment['id'].removeprefix('pay_')}"


def _metadata(payment: Mapping[str, Any]) -> dict[str, str]:
    return {"order_reference": payment["order_reference"]}


_OBJECTS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "payment.paid": ("checkout.session.completed", _session),
    "payment.declined": ("payment_intent.payment_failed", _failed_intent),
    "payment.refunded": ("charge.refunded", _refunded_charge),
    "payment.disputed": ("charge.dispute.created", _dispute),
    "subscription.created": ("customer.subscription.created", _subscription),
    "subscription.updated": ("customer.subscription.updated", _subscription),
    "subscription.deleted": ("customer.subscription.deleted", _subscription),
    "subscription.invoice_paid": ("invoice.paid", _invoice),
    "subscription.invoice_failed": ("invoice.payment_failed", _invoice),
}
