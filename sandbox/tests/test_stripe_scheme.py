import pytest
import stripe

from sandbox.tests.playing import STRIPE_SECRET


def accepted(notice):
    """Have Stripe's own library verify the notice."""
    return stripe.Webhook.construct_event(notice.body, notice.headers["Stripe-Signature"], STRIPE_SECRET)


def test_stripes_own_verifier_accepts_what_is_paid(client, shop):
    payment = client.create(scheme="stripe", amount=4900, currency="USD", order_reference="L-7")
    client.choose(payment, "approve")
    (notice,) = shop.heard(1)
    event = accepted(notice)
    session = event.data.object
    assert (event.type, event.livemode) == ("checkout.session.completed", False)
    assert (session.client_reference_id, session.amount_total, session.currency) == ("L-7", 4900, "usd")
    assert (session.payment_status, session.status) == ("paid", "complete")
    assert session.payment_intent == payment["id"].replace("pay_", "pi_")
    assert notice.headers["Sandbox-Signature"] is None


def test_stripes_own_verifier_refuses_what_was_changed(client, shop):
    client.choose(client.create(scheme="stripe"), "approve")
    (notice,) = shop.heard(1)
    accepted(notice)
    changed = type(notice)(notice.headers, notice.body.replace(b"19900", b"19901"), notice.at)
    with pytest.raises(stripe.SignatureVerificationError):
        accepted(changed)


@pytest.mark.parametrize(
    ("choice", "then", "expected"),
    [
        ("decline", None, ("payment_intent.payment_failed", "status", "requires_payment_method")),
        ("lost", "refunds", ("charge.refunded", "amount_refunded", 100)),
        ("lost", "disputes", ("charge.dispute.created", "amount", 19900)),
    ],
)
def test_the_other_events_are_stripes_too(client, shop, choice, then, expected):
    payment = client.create(scheme="stripe")
    client.choose(payment, choice)
    if then:
        assert client.api("POST", f"/v1/payments/{payment['id']}/{then}", {"amount": 100}, key="and-then").status == 201
    event = accepted(shop.heard(1)[0])
    kind, name, value = expected
    assert (event.type, getattr(event.data.object, name)) == (kind, value)
    intent = event.data.object.id if then is None else event.data.object.payment_intent
    assert intent == payment["id"].replace("pay_", "pi_")
