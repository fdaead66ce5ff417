"""Stripe's subscriptions end to end, at the sandbox's process, over real HTTP: agreed at the checkout, renewed, owed, stopped."""

import contextlib
import itertools
from datetime import UTC, datetime

import pytest
from django.db import transaction

from core.events.models import OutboxMessage
from payments import operations, providers
from payments.models import Discrepancy, Entitlement, Order, Payment, Subscription, Tier, WebhookEvent
from payments.tests import parties
from payments.tests.parties import eventually


@pytest.fixture
def plan(ada):
    def made(period="month", amount=3900):
        tier, _ = Tier.objects.get_or_create(slug="reader", name_zh="读者", name_en="Reader")
        return operations.set_plan(tier=tier, period=period, amount=amount, currency="CNY", by=ada)

    return made


@pytest.fixture
def at_the_till(schemes, plan, ben):
    """Ben has chosen that his membership renews by itself, and stands at Stripe's page."""

    def begin(period="month", amount=3900, code=""):
        order, payment = operations.check_out(
            buyer=ben, product_ids=[plan(period, amount).pk], provider="stripe", is_recurring=True, code=code
        )
        assert payment.state == "open", payment.state
        return order, payment

    return begin


@pytest.fixture
def subscribed(at_the_till, worker):
    def subscribe(choice="approve", **plan):
        order, payment = at_the_till(**plan)
        choose(payment, choice)
        eventually(lambda: Subscription.objects.exists() and quiet(), worker)
        return order, payment, Subscription.objects.get()

    return subscribe


def choose(payment, choice):
    status, _, body = parties.ask("POST", payment.checkout_url, {"choice": choice})
    assert status == 303, body


def act(payment, name):
    """What the person at the provider's page lets happen to the subscription."""
    status, _, body = parties.ask("POST", f"{payment.checkout_url}/subscription", {"act": name})
    assert status == 303, body


def quiet():
    """Whether all that was told so far is worked off, and nothing is left to send."""
    return (
        not WebhookEvent.objects.filter(outcome="").exists() and not OutboxMessage.objects.filter(done_at=None).exists()
    )


def paid_orders():
    return Order.objects.filter(state="paid").count()


def state():
    one = Subscription.objects.get()
    return one.state, one.cancelled_at is not None


def standing(subscription):
    told = providers.by_name("stripe").subscription(provider_id=subscription.provider_id)
    return str(told.standing), told.is_stopped


@pytest.mark.parametrize(
    ("period", "interval"), [("month", ("month", 1)), ("quarter", ("month", 3)), ("year", ("year", 1))]
)
def test_it_begins_at_the_checkout(subscribed, period, interval):
    order, _payment, subscription = subscribed(period=period, amount=9900)
    order.refresh_from_db()
    assert (order.state, Entitlement.objects.live().count(), subscription.amount_minor) == ("paid", 1, 9900)
    told = providers.by_name("stripe").asked(lambda v1: v1.subscriptions.retrieve(subscription.provider_id))
    [item] = told["items"]["data"]
    recurring = item["price"]["recurring"]
    assert (recurring["interval"], recurring["interval_count"], item["price"]["unit_amount"]) == (*interval, 9900)
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) <= {"taken", "known"}


def test_a_renewal_prolongs_and_is_an_order_of_its_own(subscribed, worker, balance):
    _, payment, _subscription = subscribed()
    act(payment, "renew")
    eventually(lambda: paid_orders() == 2 and quiet(), worker)
    renewal = Payment.objects.get(provider_id__startswith="in_")
    assert (renewal.captured_minor, renewal.fee_minor, bool(renewal.order.receipt_number)) == (3900, 23, True)
    first, second = Entitlement.objects.order_by("pk")
    assert second.starts_at == first.runs_until
    assert balance("customers", "stripe") == -7800


def test_a_code_counts_once(subscribed, worker, ada):
    coupon = operations.make_coupon(by=ada, name="Friends", percent=50)
    operations.share_code(coupon=coupon, code="HALF")
    _, payment, _ = subscribed(code="half")
    act(payment, "renew")
    eventually(lambda: paid_orders() == 2, worker)
    assert list(Order.objects.order_by("pk").values_list("total_minor", flat=True)) == [1950, 3900]


def test_declined_it_is_owed_and_then_paid_with_another_card(subscribed, worker):
    _, payment, subscription = subscribed()
    act(payment, "decline")
    eventually(lambda: state() == ("late", False), worker)
    subscription.refresh_from_db()
    assert (Entitlement.objects.live().count(), parties.ask("GET", subscription.pay_url)[0]) == (1, 200)
    status, _, _ = parties.ask("POST", subscription.pay_url, {})
    assert status == 303
    eventually(lambda: state() == ("active", False) and paid_orders() == 2, worker)


def test_stopped_and_let_go_on_and_ended(subscribed, worker, ben):
    _, payment, subscription = subscribed()
    operations.stop_subscription(subscription=subscription, by=ben)
    eventually(lambda: standing(subscription) == ("active", True) and quiet(), worker)
    operations.resume_subscription(subscription=subscription, by=ben)
    eventually(lambda: standing(subscription) == ("active", False) and quiet(), worker)
    assert state() == ("active", False)
    act(payment, "end")
    eventually(lambda: state()[0] == "ended", worker)
    last = Entitlement.objects.get()
    assert (last.ends_at, last.ended_at) == (last.runs_until, None)


def test_a_renewal_is_given_back_and_the_subscription_ends(subscribed, worker, ben, balance):
    _, payment, subscription = subscribed()
    act(payment, "renew")
    eventually(lambda: paid_orders() == 2 and quiet(), worker)
    renewal = Payment.objects.get(provider_id__startswith="in_")
    operations.request_refund(order=renewal.order, by=ben)
    eventually(lambda: renewal.refunds.get().state == "done" and state()[0] == "ended", worker)
    assert (standing(subscription)[0], balance("customers", "stripe"), balance("refunds_due", "stripe")) == (
        "ended",
        -3900,
        0,
    )


def test_a_chargeback_of_the_first_period_ends_it(subscribed, worker):
    subscribed("chargeback")
    eventually(lambda: state()[0] == "ended", worker)
    assert (Order.objects.get().state, Entitlement.objects.live().count()) == ("disputed", 0)


@pytest.mark.parametrize("choice", ["duplicate", "slow"])
def test_however_it_is_told(subscribed, worker, choice):
    subscribed(choice)
    eventually(
        lambda: WebhookEvent.objects.filter(kind="checkout.session.completed").exclude(outcome="").exists(), worker
    )
    assert (paid_orders(), Subscription.objects.count(), Entitlement.objects.count()) == (1, 1, 1)


def test_what_nobody_told_is_found_by_the_list_of_the_day(subscribed, worker, caplog):
    _, payment, _ = subscribed()
    act(payment, "renew_untold")
    assert paid_orders() == 1
    lines = providers.by_name("stripe").listed(datetime.now(UTC).date())
    assert sorted((line.captured, line.fee, bool(line.subscription)) for line in lines) == [
        (3900, 23, False),
        (3900, 23, True),
    ]
    assert operations.reconcile(provider="stripe", day=datetime.now(UTC).date()) == 0
    assert (paid_orders(), list(Discrepancy.objects.values_list("kind", flat=True))) == (2, ["unheard"])


def test_a_beginning_that_nobody_told_is_found_by_asking(at_the_till, worker):
    _, payment = at_the_till()
    choose(payment, "lost")
    operations.ask(payment=payment)
    assert (paid_orders(), Subscription.objects.count()) == (1, 1)


class Undone(Exception):
    """What was tried is taken back, so that the next order begins where this one did."""


def ended(messages, balance):
    """How everything stands after the kept ``messages`` were worked off in this order; what is told too early comes again."""
    with contextlib.suppress(Undone), transaction.atomic():
        for pk in (*messages, *messages):
            operations.work_off(event_id=pk)
        found = (
            *state(), paid_orders(), Entitlement.objects.count(), Subscription.objects.count(), balance("customers", "stripe"),
        )  # fmt: skip
        raise Undone
    return found


def test_in_every_order_it_ends_alike(at_the_till, balance):
    """Agreed, renewed, declined: nothing is worked off before all of it is told."""
    _, payment = at_the_till()
    choose(payment, "approve")
    eventually(lambda: WebhookEvent.objects.count() == 3, lambda: None)
    act(payment, "renew")
    act(payment, "decline")
    eventually(lambda: WebhookEvent.objects.count() == 7, lambda: None)
    kinds = ["customer.subscription.created", "invoice.paid", "checkout.session.completed", "invoice.payment_failed"]
    kept = [WebhookEvent.objects.filter(kind=kind).latest("pk").pk for kind in kinds]
    assert {ended(messages, balance) for messages in itertools.permutations(kept)} == {("late", False, 2, 2, 1, -7800)}
