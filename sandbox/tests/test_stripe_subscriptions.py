"""Subscriptions as Stripe's API knows them: agreed at a session, renewed by the clock or by hand, declined, stopped, ended."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import stripe

from sandbox import subscriptions
from sandbox.tests.playing import ENVIRONMENT, STRIPE_SECRET, eventually

KEY = "sk_test_0123456789abcdef"
RECURRING = "line_items[0][price_data][recurring]"


@pytest.fixture
def open_stripe(open_sandbox, shop):
    def opened(**more):
        environment = ENVIRONMENT | {"STRIPE_SECRET_KEY": KEY, "SANDBOX_STRIPE_WEBHOOK_URL": shop.url}
        return open_sandbox(environment=environment, **more)

    return opened


@pytest.fixture
def at(open_stripe):
    with open_stripe() as client:
        yield client


def ask(client, method, path, fields=None, *, key=""):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
    headers |= {"Idempotency-Key": key} if key else {}
    return client.send(method, f"/stripe{path}", body=urlencode(fields) if fields else None, headers=headers)


def session(client, **changes):
    fields = {
        "mode": "subscription", "client_reference_id": "L-7", "success_url": "http://127.0.0.1/back",
        "line_items[0][quantity]": "1", "line_items[0][price_data][currency]": "cny",
        "line_items[0][price_data][unit_amount]": "3900", "line_items[0][price_data][product_data][name]": "Reader",
        f"{RECURRING}[interval]": "month", f"{RECURRING}[interval_count]": "3",
        "subscription_data[metadata][payment]": "key-1",
    } | changes  # fmt: skip
    return ask(client, "POST", "/v1/checkout/sessions", {name: value for name, value in fields.items() if value})


def begun(client):
    made = session(client).json
    page = "/pay/" + made["id"].replace("cs_test_", "pay_")
    assert client.post_form(page, {"choice": "approve"}).status == 303
    return page, ask(client, "GET", f"/v1/checkout/sessions/{made['id']}").json


def told(shop, count):
    return [
        stripe.Webhook.construct_event(notice.body, notice.headers["Stripe-Signature"], STRIPE_SECRET)
        for notice in shop.heard(count)
    ]


def test_a_session_begins_a_subscription_and_its_first_invoice(at, shop):
    _, paid = begun(at)
    assert (paid["mode"], paid["payment_intent"], paid["payment_status"]) == ("subscription", None, "paid")
    found = ask(at, "GET", f"/v1/subscriptions/{paid['subscription']}").json
    [item] = found["items"]["data"]
    assert (found["status"], found["metadata"], item["price"]["recurring"]) == (
        "active", {"payment": "key-1"}, {"interval": "month", "interval_count": 3},
    )  # fmt: skip
    kinds = {event.type for event in told(shop, 3)}
    assert kinds == {"customer.subscription.created", "invoice.paid", "checkout.session.completed"}


def test_stripes_own_package_finds_the_subscription_under_the_invoices_parent(at, shop):
    _, paid = begun(at)
    invoice = next(event.data.object for event in told(shop, 3) if event.type == "invoice.paid")
    details = invoice.parent.subscription_details
    assert (details.subscription, details.metadata["payment"]) == (paid["subscription"], "key-1")
    assert (invoice.billing_reason, invoice.amount_paid, "payment_intent" in invoice) == (
        "subscription_create",
        3900,
        False,
    )


def test_what_paid_an_invoice_is_named_by_its_payments(at):
    page, paid = begun(at)
    at.post_form(f"{page}/subscription", {"act": "renew"})
    rows = ask(at, "GET", f"/v1/invoices?subscription={paid['subscription']}").json["data"]
    assert [row["billing_reason"] for row in rows] == ["subscription_cycle", "subscription_create"]
    intents = []
    for row in rows:
        [found] = ask(at, "GET", f"/v1/invoice_payments?invoice={row['id']}").json["data"]
        intents.append(found["payment"]["payment_intent"])
        query = urlencode(
            {"payment[type]": "payment_intent", "payment[payment_intent]": intents[-1], "expand[]": "data.invoice"}
        )
        [back] = ask(at, "GET", f"/v1/invoice_payments?{query}").json["data"]
        assert back["invoice"]["id"] == row["id"]
        assert ask(at, "GET", f"/v1/checkout/sessions?payment_intent={intents[-1]}").json["data"] == []
    assert len(set(intents)) == 2
    assert len(ask(at, "GET", "/v1/charges").json["data"]) == 2


def test_a_renewal_that_is_declined_is_owed_until_it_is_paid(at, shop):
    page, paid = begun(at)
    for _ in range(2):
        at.post_form(f"{page}/subscription", {"act": "decline"})
    [owed, _] = ask(at, "GET", f"/v1/invoices?subscription={paid['subscription']}").json["data"]
    assert (owed["status"], owed["attempt_count"], owed["amount_paid"]) == ("open", 2, 0)
    assert ask(at, "GET", f"/v1/subscriptions/{paid['subscription']}").json["status"] == "past_due"
    address = owed["hosted_invoice_url"].partition(f":{at.port}")[2]
    assert at.send("GET", address).status == 200
    assert [at.post_form(address, {}).status for _ in range(2)] == [303, 303]
    assert ask(at, "GET", f"/v1/subscriptions/{paid['subscription']}").json["status"] == "active"
    assert len(ask(at, "GET", "/v1/charges").json["data"]) == 2
    assert [event.type for event in told(shop, 9)].count("invoice.payment_failed") == 2


def test_it_is_stopped_let_go_on_and_ended_once(at):
    _, paid = begun(at)
    path = f"/v1/subscriptions/{paid['subscription']}"
    for wanted in ("true", "true", "false"):
        found = ask(at, "POST", path, {"cancel_at_period_end": wanted}).json
        assert found["cancel_at_period_end"] is (wanted == "true")
    assert ask(at, "DELETE", path).json["status"] == "canceled"
    assert ask(at, "DELETE", path).status == 404
    assert ask(at, "POST", path, {"cancel_at_period_end": "true"}).status == 400


def test_a_coupon_takes_something_off_the_first_period_alone(at):
    made = ask(
        at, "POST", "/v1/coupons", {"amount_off": "900", "currency": "cny", "duration": "once"}, key="coupon-1"
    ).json
    found = session(at, **{"discounts[0][coupon]": made["id"]}).json
    assert found["amount_total"] == 3000
    page = "/pay/" + found["id"].replace("cs_test_", "pay_")
    at.post_form(page, {"choice": "approve"})
    at.post_form(f"{page}/subscription", {"act": "renew"})
    assert sorted(row["amount"] for row in ask(at, "GET", "/v1/charges").json["data"]) == [3000, 3900]


@pytest.mark.parametrize(
    "changes",
    [
        {f"{RECURRING}[interval]": ""}, {f"{RECURRING}[interval]": "day"}, {"mode": "setup"},
        {"payment_intent_data[metadata][order]": "x"}, {"discounts[0][coupon]": "nothing"},
    ],
)  # fmt: skip
def test_what_stripe_would_refuse_is_refused(at, changes):
    assert session(at, **changes).status == 400


def test_the_clock_renews_and_ends_what_was_stopped(open_stripe, shop):
    now = [datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp()]
    with open_stripe(clock=lambda: now[0]) as at:
        _, goes_on = begun(at)
        _, stops = begun(at)
        ask(at, "POST", f"/v1/subscriptions/{stops['subscription']}", {"cancel_at_period_end": "true"})
        now[0] = datetime(2027, 4, 30, 12, tzinfo=UTC).timestamp()
        eventually(lambda: ask(at, "GET", f"/v1/subscriptions/{stops['subscription']}").json["status"] == "canceled")
        eventually(
            lambda: len(ask(at, "GET", f"/v1/invoices?subscription={goes_on['subscription']}").json["data"]) == 2
        )
        [item] = ask(at, "GET", f"/v1/subscriptions/{goes_on['subscription']}").json["items"]["data"]
        assert datetime.fromtimestamp(item["current_period_end"], UTC).date().isoformat() == "2027-07-31"
        assert len(ask(at, "GET", f"/v1/invoices?subscription={stops['subscription']}").json["data"]) == 1


@pytest.mark.parametrize(
    ("start", "count", "end"), [((2027, 1, 31), 1, (2027, 2, 28)), ((2027, 2, 28), 1, (2027, 3, 31)), ((2027, 11, 30), 3, (2028, 2, 29))]
)  # fmt: skip
def test_periods_keep_the_day_on_which_the_first_began(start, count, end):
    moments = [datetime(*day, 12, tzinfo=UTC).timestamp() for day in (start, end)]
    assert subscriptions.after(moments[0], interval="month", count=count, anchor=31) == moments[1]


def test_the_page_shows_what_may_happen_to_it(at):
    page, _ = begun(at)
    assert "Renew it now" in at.send("GET", page).text
    at.post_form(f"{page}/subscription", {"act": "stop"})
    assert "Let it go on" in at.send("GET", page).text
    assert at.post_form(f"{page}/subscription", {"act": "renew"}).status == 303
    at.post_form(f"{page}/subscription", {"act": "end"})
    assert "It has ended" in at.send("GET", page).text
