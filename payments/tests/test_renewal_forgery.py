"""
Forgeries of Stripe's messages about subscriptions: each is a valid, signed message with exactly one thing changed.

They are signed by other code than the adapter's. Stripe, asked, answers as a forger would like it best: that the renewal is paid.
"""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from payments import operations, providers
from payments.models import Order, Payment, Subscription, Tier, WebhookEvent
from payments.providers import Seen, Status, registry, wire
from payments.providers.stripe import Stripe
from payments.tests import schemes
from payments.tests.playing import signature as sandbox_signature
from payments.tests.test_real_forgery import CODES, NO_NUMBERS, PER_FAMILY, now, strange, work_off_all

pytestmark = [pytest.mark.django_db, pytest.mark.forgery]
PRICE = 3900


class StripeAtHand(Stripe):
    """Stripe with its answers at hand: one renewal of each subscription is paid."""

    def __init__(self):
        self.begun = {}

    def exchange(self, method, url, *, headers, body=None):
        """The wire, with Stripe at its end."""
        parts = urlsplit(url)
        return wire.Answer(200, {}, json.dumps(self.told(parts.path, dict(parse_qsl(parts.query)))).encode())

    def told(self, path, asked):
        if path.startswith("/v1/subscriptions/"):
            return subscription_of(self.begun[path.rpartition("/")[2]])
        if path == "/v1/invoices":
            return listed(invoice_of(self.begun[asked["subscription"]]))
        if path.startswith("/v1/invoices/"):
            return invoice_of(self.begun[path.rpartition("/")[2].replace("in_", "sub_")])
        if path == "/v1/invoice_payments":
            return listed({"payment": {"type": "payment_intent", "payment_intent": "pi_1"}})
        assert path == "/v1/payment_intents/pi_1", path
        return {"latest_charge": {"amount_refunded": 0, "disputed": False, "balance_transaction": {"fee": 23}}}


def listed(row):
    return {"object": "list", "has_more": False, "data": [row]}


def metadata(payment):
    return {"order": payment.order.reference, "payment": str(payment.idempotency_key)}


def number(payment):
    return payment.subscription.provider_id


def invoice_of(payment, **changes):
    details = {"subscription": number(payment), "metadata": metadata(payment)}
    return {
        "id": number(payment).replace("sub_", "in_"), "object": "invoice", "amount_due": PRICE, "amount_paid": PRICE,
        "billing_reason": "subscription_cycle", "currency": "cny", "livemode": True, "status": "paid",
        "parent": {"type": "subscription_details", "subscription_details": details}, **changes,
    }  # fmt: skip


def about(payment, **changes):
    """A renewal whose subscription is told otherwise."""
    details = {"subscription": number(payment), "metadata": metadata(payment)} | changes
    return invoice_of(payment, parent={"type": "subscription_details", "subscription_details": details})


def subscription_of(payment, **changes):
    item = {"id": "si_1", "current_period_end": 2_000_000_000}
    return {
        "id": number(payment), "object": "subscription", "cancel_at_period_end": False, "cancel_at": None, "currency": "cny",
        "items": {"data": [item]}, "livemode": True, "metadata": metadata(payment), "status": "active", **changes,
    }  # fmt: skip


def event(told, *, kind="invoice.paid", id="evt_true", **changes):
    return {
        "id": id,
        "object": "event",
        "type": kind,
        "created": 1,
        "livemode": True,
        "data": {"object": told},
    } | changes


def body_of(message):
    return json.dumps(message, separators=(",", ":")).encode()


def send(client, message, *, header=None, body=None, at=None, **signing):
    due = schemes.sign_of_stripe(body_of(message), at=at or now(), **signing) if header is None else header
    headers = {"Stripe-Signature": due} if due else {}
    return client.post(
        "/pay/stripe/webhook/", body or body_of(message), content_type="application/json", headers=headers
    )


@pytest.fixture
def world(settings, monkeypatch, ada, ben, cleo, client):
    """Ben's membership and Cleo's renew themselves; what is forged is news of a renewal of Ben's."""
    settings.PAYMENT_KEYS = schemes.KEYS
    at = StripeAtHand()
    monkeypatch.setattr(registry, "_known", {"stripe": at})
    monkeypatch.setattr(wire, "exchange", at.exchange)
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    plan = operations.set_plan(tier=tier, period="month", amount=PRICE, currency="CNY", by=ada)
    begun = [begin(at, buyer, plan, n) for n, buyer in enumerate((ben, cleo))]
    return client, *begun


def begin(at, buyer, plan, n):
    order = operations.place_order(buyer=buyer, product_ids=[plan.pk])
    payment = Payment.objects.create(
        order=order, provider="stripe", account=at.account, state="open", amount_minor=PRICE, currency="CNY", is_recurring=True,
        provider_id=f"cs_live_{n}",
    )  # fmt: skip
    seen = Seen(
        account=at.account, provider_id=payment.provider_id, reference=order.reference, amount=PRICE, currency="CNY",
        status=Status.PAID, subscription=f"sub_{n}",
    )  # fmt: skip
    assert operations.take_in(payment=payment, seen=seen, cause="checkout", is_asked=True) == "taken"
    payment = Payment.objects.select_related("order", "subscription").get(pk=payment.pk)
    at.begun[number(payment)] = payment
    return payment


def nothing_has_happened():
    return Order.objects.count() == 2 and not Subscription.objects.exclude(state="active", cancelled_at=None).exists()


def believes_the_true_one(client, payment):
    assert send(client, event(invoice_of(payment))).status_code == 200
    work_off_all()
    assert Order.objects.filter(buyer=payment.order.buyer, state="paid").count() == 2
    return True


CONTENT = {
    "amount": lambda p, o, n: event(invoice_of(p, amount_paid=PRICE + (n // 2 + 1) * (-1) ** n)),
    "amount is no number": lambda p, o, n: event(invoice_of(p, amount_paid=[*NO_NUMBERS[:2], 3900.0, *NO_NUMBERS[3:]][n])),
    "currency": lambda p, o, n: event(invoice_of(p, currency=CODES[n])),
    "another order": lambda p, o, n: event(about(p, metadata=metadata(p) | {"order": strange(o.order.reference, n)})),
    "another payment": lambda p, o, n: event(about(p, metadata=metadata(p) | {"payment": strange(str(o.idempotency_key), n)})),
    "another subscription": lambda p, o, n: event(about(p, subscription=strange(number(o), n))),
    "another invoice": lambda p, o, n: event(invoice_of(p, id=strange("in_1", n))),
    "another account": lambda p, o, n: event(invoice_of(p), account=f"acct_{n}"),
    "test mode": lambda p, o, n: event(invoice_of(p), livemode=[False, None, 0, 1, "true", "", "live", [], {}, "false", "1", 1.0, "yes", "True"][n]),
    "not paid": lambda p, o, n: event(invoice_of(p, status=["open", "draft", "void", "uncollectible", "Paid", "PAID", "paid ", "", None, 1, True, "succeeded", "active", "complete"][n])),
    "without its subscription": lambda p, o, n: event(invoice_of(p, parent=[None, {}, [], "", 1, {"type": "subscription_details"}, {"subscription_details": None}, {"subscription_details": {}}, {"quote_details": {}}, True, "sub_0", ["sub_0"], {"subscription": "sub_0"}, {"subscription_details": []}][n])),
    "at the checkout": lambda p, o, n: event(invoice_of(p, billing_reason="subscription_create", number=n)),
}  # fmt: skip


@pytest.mark.parametrize("family", CONTENT)
def test_what_is_signed_and_does_not_match(world, family, record_property):
    client, payment, other = world
    for n in range(PER_FAMILY):
        forged = CONTENT[family](payment, other, n) | {"id": f"evt_{n}"}
        assert send(client, forged).status_code in {200, 400}
        work_off_all()
        assert nothing_has_happened(), (family, n, forged)
    assert "taken" not in set(WebhookEvent.objects.values_list("outcome", flat=True))
    assert believes_the_true_one(client, payment)
    record_property("forgeries", ("stripe renewal", family, PER_FAMILY, 0))


ENDS = ["deleted", "updated", "paused", "resumed", "trial_will_end", "created", "pending_update_applied"]


def test_an_end_that_stripe_does_not_confirm(world, record_property):
    client, payment, _ = world
    for n in range(PER_FAMILY):
        told = subscription_of(payment, status="canceled", cancel_at_period_end=bool(n % 2), ended_at=n)
        send(client, event(told, kind=f"customer.subscription.{ENDS[n // 2]}", id=f"evt_{n}"))
        work_off_all()
        assert not Subscription.objects.exclude(state="active", cancelled_at=None).exists()
    assert Order.objects.filter(buyer=payment.order.buyer).count() == 2
    record_property("forgeries", ("stripe renewal", "an end that is none", PER_FAMILY, 0))


BROKEN = {
    "header missing": lambda true, body, n: ["", " ", "t=", "v1=", "t=1", "none", ",", "=", "t=1,", "v1=a", "t=,v1=", "t=x,v1=y", "0", "t==1"][n],
    "header doubled": lambda true, body, n: f"{true},{schemes.sign_of_stripe(body, at=now() - timedelta(seconds=n + 1))}",
    "signature cut": lambda true, body, n: true[: -n - 1],
    "another provider's scheme": lambda true, body, n: [sandbox_signature(body, secret=f"s{n}"), true.replace("v1=", "v0="), schemes.rsa_sign(f"{n}", schemes.ALIPAY[0])][n % 3],
    "time not the signed one": lambda true, body, n: re.sub(r"t=(\d+)", lambda signed: f"t={int(signed[1]) - n - 1}", true),
    "another key": lambda true, body, n: schemes.sign_of_stripe(body, at=now(), secret=schemes.KEYS["stripe"]["webhook_secret"][:-1] + "ghijklmnopqrst"[n]),
    "the sandbox's key": lambda true, body, n: schemes.sign_of_stripe(body, at=now(), secret=f"whsec_sandbox_0123456789abcde{n:x}"),
    "-6 min": lambda true, body, n: schemes.sign_of_stripe(body, at=now() - timedelta(seconds=360 + n)),
    "+6 min": lambda true, body, n: schemes.sign_of_stripe(body, at=now() + timedelta(seconds=360 + n)),
}  # fmt: skip


@pytest.mark.parametrize("family", BROKEN)
def test_what_is_not_signed(world, family, record_property):
    client, payment, _ = world
    message = event(invoice_of(payment))
    true = schemes.sign_of_stripe(body_of(message), at=now())
    for n in range(PER_FAMILY):
        answer = send(client, message, header=BROKEN[family](true, body_of(message), n))
        assert (answer.status_code, WebhookEvent.objects.count()) == (400, 0), (family, n)
    assert believes_the_true_one(client, payment)
    record_property("forgeries", ("stripe renewal", family, PER_FAMILY, 0))


def test_the_body_written_again(world, record_property):
    client, payment, _ = world
    message = event(invoice_of(payment))
    for n in range(PER_FAMILY):
        body = body_of(message).replace(b",", b", " + b" " * n, 1)
        assert send(client, message, body=body).status_code == 400
    assert (WebhookEvent.objects.count(), believes_the_true_one(client, payment)) == (0, True)
    record_property("forgeries", ("stripe renewal", "body written again", PER_FAMILY, 0))


def test_a_replay_after_the_refund_opens_nothing(world, ben, record_property):
    client, payment, _ = world
    believes_the_true_one(client, payment)
    renewal = Order.objects.filter(buyer=ben).latest("pk")
    operations.request_refund(order=renewal, by=ben)
    for n in range(PER_FAMILY):
        send(client, event(invoice_of(payment), id=f"evt_{n}"))
        work_off_all()
    assert list(Order.objects.filter(buyer=ben).order_by("pk").values_list("state", flat=True)) == ["paid", "refunded"]
    record_property("forgeries", ("stripe renewal", "replay after the refund", PER_FAMILY, 0))


def test_without_its_keys_there_is_no_door(world, settings):
    client, payment, _ = world
    settings.PAYMENT_KEYS = {}
    assert (send(client, event(invoice_of(payment))).status_code, WebhookEvent.objects.count()) == (503, 0)
    assert providers.available() == []
