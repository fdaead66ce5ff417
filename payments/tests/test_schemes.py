"""All providers end to end, each in its own language, at the sandbox's process: click, page, message, refund."""

import contextlib
import itertools
import uuid
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from payments import operations, providers
from payments.models import Entitlement, Order, Payment, WebhookEvent
from payments.tests import parties
from payments.tests.parties import REAL, eventually


@pytest.fixture
def begun(schemes, enter, sell, ben):
    """Ben has chosen a provider at our checkout, and stands where it lets people pay."""

    def begin(name, *, is_phone=False):
        product = sell()
        order, payment = operations.check_out(
            buyer=ben, product_ids=[product.pk], provider=name, is_phone=is_phone, payer_address="203.0.113.7"
        )
        assert payment.state == "open", payment.state
        return order, payment, hosted_page(payment)

    return begin


def hosted_page(payment):
    """Where a browser, or whoever scans the code, ends up."""
    address = payment.checkout_url or payment.qr
    for _ in range(3):
        if urlsplit(address).path.startswith("/pay/"):
            return address
        status, headers, body = parties.ask("GET", address)
        assert status == 303, body
        address = headers["Location"]
    raise AssertionError(address)


def choose(page, choice):
    status, _, body = parties.ask("POST", page, {"choice": choice})
    assert status == 303, body


def idle():
    """A worker who works nothing off."""


def outcomes():
    """What came of each message that has arrived; nothing yet while it is worked off."""
    return list(WebhookEvent.objects.values_list("outcome", flat=True))


def state_of(order):
    return Order.objects.get(pk=order.pk).state


@pytest.mark.parametrize("name", REAL)
def test_from_the_click_to_access_and_back(begun, worker, balance, ben, name):
    order, payment, page = begun(name)
    choose(page, "approve")
    eventually(lambda: state_of(order) == "paid", worker)
    # The order is paid a moment before it stands at the message that this came of it.
    eventually(lambda: outcomes() == ["taken"], idle)
    assert Entitlement.objects.live().count() == 1
    operations.request_refund(order=order, by=ben)
    refunded = lambda: payment.refunds.get().state == "done"  # noqa: E731
    eventually(refunded, worker)
    assert (state_of(order), Entitlement.objects.live().count()) == ("refunded", 0)
    assert (balance("customers", name), balance("refunds_due", name)) == (0, 0)
    eventually(lambda: len(outcomes()) >= 2 and all(outcomes()), worker)
    assert set(outcomes()) <= {"taken", "known"}


@pytest.mark.parametrize("name", REAL)
def test_declined_then_paid(begun, worker, name):
    order, _, page = begun(name)
    choose(page, "decline")
    choose(page, "approve")
    eventually(lambda: state_of(order) == "paid", worker)
    assert Entitlement.objects.live().count() == 1


@pytest.mark.parametrize("name", REAL)
def test_three_d_secure(begun, worker, name):
    order, _, page = begun(name)
    choose(page, "challenge")
    status, _, _ = parties.ask("POST", f"{page}/bank", {"code": "246810"})
    assert status == 303
    eventually(lambda: state_of(order) == "paid", worker)


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("choice", ["duplicate", "out_of_order", "slow"])
def test_however_it_is_told(begun, worker, name, choice):
    order, _, page = begun(name)
    choose(page, choice)
    eventually(lambda: state_of(order) == "paid", worker)
    assert Entitlement.objects.count() == 1


class Undone(Exception):
    """What was tried is taken back, so that the next order begins where this one did."""


def ended(order, messages, balance, creator, name):
    """How everything stands after the kept ``messages`` were worked off in this order, each of them twice."""
    with contextlib.suppress(Undone), transaction.atomic():
        for pk in messages:
            for _ in range(2):
                operations.work_off(event_id=pk)
        found = (
            state_of(order), Entitlement.objects.live().count(), balance("customers", name),
            balance("creator", f"user:{creator.pk}"), balance("refunds_due", name),
        )  # fmt: skip
        raise Undone
    return found


@pytest.mark.parametrize("name", REAL)
def test_paid_and_given_back_in_every_order_and_twice_it_ends_alike(begun, balance, ada, name, all_hands_busy):
    """Nothing is worked off before both messages are kept: both are late, and each comes first once."""
    order, payment, page = begun(name)
    choose(page, "duplicate")
    eventually(WebhookEvent.objects.exists, idle)
    providers.by_name(name).refund(
        provider_id=payment.provider_id, amount=19900, currency="CNY", key=str(uuid.uuid4()), reason="staff"
    )
    eventually(lambda: WebhookEvent.objects.count() >= 2, idle)
    kept = list(WebhookEvent.objects.order_by("pk").values_list("pk", flat=True))
    assert {state_of(order), *WebhookEvent.objects.values_list("outcome", flat=True)} == {"placed", ""}
    orders = list(itertools.permutations(kept))
    assert {ended(order, messages, balance, ada, name) for messages in orders} == {("refunded", 0, 0, 0, 0)}
    assert len(orders) >= 2


@pytest.mark.parametrize("name", REAL)
def test_another_amount_goes_back(begun, worker, name):
    order, payment, page = begun(name)
    choose(page, "wrong_amount")

    def returned():
        operations.ask_again()
        return payment.refunds.filter(state="done").exists()

    eventually(returned, worker)
    assert (state_of(order), Entitlement.objects.count()) == ("placed", 0)


@pytest.mark.parametrize("name", REAL)
def test_what_the_bank_takes_back_closes_the_door(begun, worker, balance, ada, name):
    """Alipay and WeChat have no chargebacks: there it is money given back at the provider, with the same end."""
    order, _, page = begun(name)
    choose(page, "chargeback")
    end = "disputed" if name == "stripe" else "refunded"
    eventually(lambda: state_of(order) == end, worker)
    assert Entitlement.objects.live().count() == 0
    assert (balance("customers", name), balance("creator", f"user:{ada.pk}")) == (0, 0)


@pytest.mark.parametrize("name", REAL)
def test_a_payment_that_nobody_told_is_found_by_asking_and_stands_in_the_list(begun, ada, name):
    order, payment, page = begun(name)
    choose(page, "lost")
    zone = ZoneInfo(REAL[name].time_zone)
    (listed,) = providers.by_name(name).listed(datetime.now(zone).date())
    assert (listed.reference, listed.currency, listed.captured, listed.returned, listed.fee) == (
        order.reference, "CNY", 19900, 0, 119,
    )  # fmt: skip
    assert listed.key == str(payment.idempotency_key) or listed.provider_id == payment.provider_id
    operations.ask(payment=payment)
    assert state_of(order) == "paid"
    ben_gets_back = operations.refund_as_staff(order=order, amount=5000, by=ada, reason="kindness")
    operations.send_refund(refund_id=ben_gets_back.pk)
    listed = providers.by_name(name).listed(datetime.now(zone).date())
    assert sorted((line.captured, line.returned) for line in listed) == [(0, 5000), (19900, 0)]


@pytest.mark.parametrize("name", ["alipay", "wechat"])
def test_on_a_phone_the_wallet_opens(begun, worker, name):
    order, payment, page = begun(name, is_phone=True)
    assert (bool(payment.checkout_url), payment.qr) == (True, "")
    status, headers, _ = parties.ask("POST", page, {"choice": "approve"})
    assert (status, urlsplit(headers["Location"]).path) == (303, order.get_absolute_url())
    eventually(lambda: state_of(order) == "paid", worker)


def test_on_a_desk_wechat_shows_a_code(begun):
    _, payment, _ = begun("wechat")
    assert (payment.checkout_url, urlsplit(payment.qr).path.startswith("/pay/")) == ("", True)


@pytest.mark.parametrize("name", REAL)
def test_asked_twice_it_is_one_payment(begun, name):
    _, payment, page = begun(name)
    Payment.objects.update(state="unknown", provider_id=None)
    again = Payment.objects.select_related("order").get()
    operations.ask(payment=again)
    again.refresh_from_db()
    assert (again.provider_id, hosted_page(again)) == (payment.provider_id, page)
