"""
Stripe's subscriptions: begun at the checkout, renewed by invoices, found behind payment intents by invoice payments.

Of an invoice, what paid it is named by its invoice payments alone, and the subscription by ``parent``: the fields of older
versions of the API are gone. A message about a subscription is a notice, and Stripe is asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from . import told, wire
from .interface import Bill, Listed, Notice, NotUnderstood, Renewal, Seen, Standing, Status, Subscribed, Wanted
from .stripe_calls import StripeCalls, as_object, currency_of, fee_of, status_of

INTERVALS = {"month": ("month", 1), "quarter": ("month", 3), "year": ("year", 1)}
PAY_HOSTS = ("invoice.stripe.com",)
PAID, FAILED, SUBSCRIPTION = "invoice.paid", "invoice.payment_failed", "customer.subscription."
_STANDINGS = {
    "active": Standing.ACTIVE, "trialing": Standing.ACTIVE, "past_due": Standing.LATE, "unpaid": Standing.LATE, "incomplete": Standing.LATE,
    "paused": Standing.LATE, "canceled": Standing.ENDED, "incomplete_expired": Standing.ENDED,
}  # fmt: skip
_FIRST = "subscription_create"
_LONGEST_NAME = 40


class StripeBilling(StripeCalls):
    """What is asked about subscriptions and invoices."""

    can_renew = True

    def subscription(self, *, provider_id: str) -> Subscribed:
        """See ``Provider``."""
        found = self.asked(lambda v1: v1.subscriptions.retrieve(provider_id))
        asked = {"subscription": provider_id, "limit": 100}
        rows = self.asked(lambda v1: v1.invoices.list(params=asked)).get("data") or []
        paid = [_bill(row) for row in reversed(rows) if row.get("status") == "paid"]
        ours = as_object(found.get("metadata"))
        return Subscribed(
            account=self.account,
            provider_id=told.text(found, "id"),
            reference=told.text(ours, "order"),
            currency=currency_of(found),
            standing=_standing(found),
            is_stopped=bool(found.get("cancel_at_period_end") or found.get("cancel_at")),
            renews_at=_period_end(found),
            pay_url=self._pay_url(rows),
            first=next((bill for bill in paid if bill.is_first), None),
            renewals=tuple(bill for bill in paid if not bill.is_first and bill.amount),
        )

    def set_renewal(self, *, provider_id: str, goes_on: bool) -> None:
        """See ``Provider``."""
        self.asked(lambda v1: v1.subscriptions.update(provider_id, params={"cancel_at_period_end": not goes_on}))

    def end_subscription(self, *, provider_id: str) -> None:
        """See ``Provider``."""
        self.asked(lambda v1: v1.subscriptions.cancel(provider_id))

    def discount(self, wanted: Wanted, renewal: Renewal) -> dict[str, Any]:
        """What makes the first period cheaper, or not: a discount of Stripe's that counts once."""
        if wanted.amount == renewal.amount:
            return {}
        sent = {
            "amount_off": renewal.amount - wanted.amount,
            "currency": wanted.currency.lower(),
            "duration": "once",
            "max_redemptions": 1,
            "name": wanted.reference[:_LONGEST_NAME],
        }
        options = {"idempotency_key": f"{wanted.key}-once"}
        made = self.asked(lambda v1: v1.coupons.create(params=sent, options=options))
        return {"discounts": [{"coupon": told.text(made, "id")}]}

    def money_of(self, invoice_id: str) -> dict[str, Any]:
        """The charge that paid an invoice, with what Stripe kept of it."""
        number, params = self.intent_of(invoice_id), {"expand": ["latest_charge.balance_transaction"]}
        intent = self.asked(lambda v1: v1.payment_intents.retrieve(number, params=params))
        return as_object(intent.get("latest_charge"))

    def intent_of(self, invoice_id: str) -> str:
        """
        The number of the payment intent that paid an invoice.

        :raises NotUnderstood: if none did.
        """
        found = self._payment_of_invoice(invoice=invoice_id, status="paid")
        return told.text(told.part(found or {}, "payment"), "payment_intent")

    def invoice_behind(self, intent: str) -> dict[str, Any] | None:
        """The invoice of a subscription of ours that a payment intent is about; None where there is none."""
        by = {"type": "payment_intent", "payment_intent": intent}
        found = self._payment_of_invoice(payment=by, expand=["data.invoice"])
        invoice = as_object((found or {}).get("invoice"))
        return invoice if is_ours(invoice) else None

    def renewal_seen(self, invoice: Mapping[str, Any]) -> Seen:
        """A renewal as Stripe tells it now."""
        bill, about = _bill(invoice), details_of(invoice)
        seen = Seen(
            account=self.account,
            provider_id=bill.provider_id,
            reference=told.text(metadata_of(invoice), "order"),
            amount=bill.amount,
            currency=bill.currency,
            status=Status.OPEN,
            subscription=told.text(about, "subscription"),
        )
        if not bill.is_paid:
            return seen
        charge = self.money_of(bill.provider_id)
        status, refunded = status_of(charge, amount=bill.amount)
        return replace(seen, status=status, refunded=refunded, fee=fee_of(charge))

    def line_of_invoice(self, charge: Mapping[str, Any]) -> Listed | None:
        """A line of the daily list whose charge names no order of ours; None where it is of no subscription of ours either."""
        intent = charge.get("payment_intent")
        invoice = self.invoice_behind(intent) if isinstance(intent, str) else None
        if invoice is None:
            return None
        ours, began = metadata_of(invoice), is_first(invoice)
        return Listed(
            reference=told.text(ours, "order"),
            currency=currency_of(charge),
            key=told.text(ours, "payment") if began else "",
            provider_id="" if began else told.text(invoice, "id"),
            subscription="" if began else told.text(details_of(invoice), "subscription"),
        )

    def _payment_of_invoice(self, **asked: Any) -> dict[str, Any] | None:
        return self.first_of(lambda v1: v1.invoice_payments.list(params={**asked, "limit": 1}))

    def _pay_url(self, invoices: list[dict[str, Any]]) -> str:
        hosts = (self.origin.partition("://")[2],) if self.is_play else PAY_HOSTS
        url = next((row.get("hosted_invoice_url") for row in invoices if row.get("status") == "open"), None)
        return wire.require_host(str(url), *hosts) if url else ""


def notice_of(kind: str, about: Mapping[str, Any], *, account: str) -> Notice | None:
    """
    What a message of ``kind`` says about a subscription of ours; None where it is none.

    :raises NotUnderstood: if it does not say what such a message has to say.
    """
    is_invoice = not kind.startswith(SUBSCRIPTION)
    ours = metadata_of(about) if is_invoice else as_object(about.get("metadata"))
    if "payment" not in ours:
        return None
    number = told.text(details_of(about), "subscription") if is_invoice else told.text(about, "id")
    bill = _bill(about) if is_invoice else None
    if bill is not None and bill.is_paid is not (kind == PAID):
        raise NotUnderstood(f"{kind} of an invoice that is {about.get('status')}")
    return Notice(
        account=account, subscription=number, reference=told.text(ours, "order"), key=told.text(ours, "payment"), bill=bill
    )  # fmt: skip


def recurring(renewal: Renewal) -> dict[str, Any]:
    """What the price of a subscription has instead of that of a payment, and beside it."""
    interval, count = INTERVALS[renewal.period]
    return {"unit_amount": renewal.amount, "recurring": {"interval": interval, "interval_count": count}}


def details_of(invoice: Mapping[str, Any]) -> dict[str, Any]:
    """What an invoice says of its subscription; empty where it has none."""
    return as_object(as_object(invoice.get("parent")).get("subscription_details"))


def metadata_of(invoice: Mapping[str, Any]) -> dict[str, Any]:
    """What we wrote on the subscription of an invoice."""
    return as_object(details_of(invoice).get("metadata"))


def is_ours(invoice: Mapping[str, Any]) -> bool:
    """Whether an invoice belongs to a subscription that was begun here."""
    return "payment" in metadata_of(invoice)


def is_first(invoice: Mapping[str, Any]) -> bool:
    """Whether an invoice was paid at the checkout."""
    return invoice.get("billing_reason") == _FIRST


def _bill(invoice: Mapping[str, Any]) -> Bill:
    is_paid = told.text(invoice, "status") == "paid"
    return Bill(
        provider_id=told.text(invoice, "id"),
        amount=told.number(invoice, "amount_paid" if is_paid else "amount_due"),
        currency=currency_of(invoice),
        is_paid=is_paid,
        is_first=is_first(invoice),
    )


def _standing(found: Mapping[str, Any]) -> Standing:
    standing = _STANDINGS.get(told.text(found, "status"))
    if standing is None:
        raise NotUnderstood(f"subscription {found.get('status')}")
    return standing


def _period_end(found: Mapping[str, Any]) -> datetime | None:
    rows = as_object(found.get("items")).get("data") or [{}]
    moment = rows[0].get("current_period_end")
    return datetime.fromtimestamp(moment, UTC) if type(moment) is int else None
