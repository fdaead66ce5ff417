"""Memberships that renew by themselves: begun, renewed, owed, stopped, ended, and never taken twice."""

import contextlib
import math
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import audience
from core.events.models import OutboxMessage
from core.events.testing import published
from core.privacy.operations import ask_for_erasure
from ledger.verification import verify
from payments import events, operations, providers, queries, rules
from payments.models import Discrepancy, Entitlement, Order, Payment, Reduction, Subscription
from payments.operations import renewing, subscribing
from payments.providers import Standing, Status
from payments.tests.renewing import Kiosk

pytestmark = pytest.mark.django_db
DAY = 86400


@pytest.fixture(autouse=True)
def kiosk(till):
    made = Kiosk()
    providers.register(made)
    return made


@pytest.fixture
def plan(ada, tier):
    def made(period="month", amount=3900, **terms):
        return operations.set_plan(tier=tier, period=period, amount=amount, currency="CNY", by=ada, **terms)

    return made


@pytest.fixture
def begin(kiosk):
    def begun(buyer, product, **more):
        return operations.check_out(buyer=buyer, product_ids=[product.pk], provider="kiosk", is_recurring=True, **more)

    return begun


@pytest.fixture
def subscribed(begin, kiosk):
    """A member whose membership renews by itself."""

    def subscribe(buyer, product, **more):
        _, payment = begin(buyer, product, **more)
        take(kiosk.subscribe(payment.provider_id))
        return Subscription.objects.get(payments=payment)

    return subscribe


@pytest.fixture
def hear(kiosk):
    return lambda notice: renewing.hear(provider=kiosk, notice=notice)


def take(seen):
    payment = Payment.objects.get(provider_id=seen.provider_id)
    return operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)


def send():
    """What the outbox holds for providers, sent until nothing is left."""
    from payments import tasks

    ways = {
        "payments.subscription": tasks.tell_wish, "payments.end_subscription": tasks.end_subscription,
        "payments.stop_subscription": tasks.stop_subscription, "payments.refund": tasks.send_refund,
    }  # fmt: skip
    while waiting := list(OutboxMessage.objects.filter(done_at=None, kind__in=ways).order_by("pk")):
        for message in waiting:
            ways[message.kind](message)
            OutboxMessage.objects.filter(pk=message.pk).update(done_at=datetime.now(UTC))


def is_in(user):
    return "tier:reader" in audience.keys_of(type(user).objects.get(pk=user.pk))


def spans(user):
    return list(Entitlement.objects.filter(user=user).order_by("pk").values_list("starts_at", "runs_until", "ends_at"))


def state(subscription):
    subscription.refresh_from_db()
    return subscription.state, subscription.cancelled_at is not None


class TestBeginning:
    def test_the_provider_is_asked_to_renew_at_the_price_of_the_order(self, ben, plan, begin, kiosk):
        order, payment = begin(ben, plan("quarter", 9900))
        wanted = kiosk.wanted[payment.provider_id]
        assert (payment.is_recurring, wanted.amount, wanted.renewal) == (
            True, order.total_minor, providers.Renewal(period="quarter", amount=9900),
        )  # fmt: skip

    def test_paid_it_opens_and_is_written_down(self, ben, plan, subscribed, clock):
        now, product = datetime.now(UTC), plan()
        subscription = subscribed(ben, product)
        until = rules.period_end(begins=now, period="month")
        assert (subscription.user, subscription.product, subscription.amount_minor) == (ben, product, 3900)
        assert (state(subscription), spans(ben)) == (("active", False), [(now, until, until + rules.GRACE)])
        assert [fact.subscription_id for fact in published(events.SubscriptionBegan)] == [subscription.pk]

    def test_what_counts_once_is_not_renewed(self, ada, ben, plan, begin, kiosk):
        coupon = operations.make_coupon(by=ada, name="Friends", percent=50)
        operations.share_code(coupon=coupon, code="HALF")
        order, payment = begin(ben, plan(), code="half")
        assert (order.total_minor, kiosk.wanted[payment.provider_id].renewal.amount) == (1950, 3900)

    def test_only_where_the_provider_can_and_the_thing_ends(self, ben, plan, begin, sell):
        for product in (plan("lifetime", 99900), sell()):
            with pytest.raises(operations.NoWayToPay):
                begin(ben, product)
        with pytest.raises(operations.NoWayToPay):
            begin(ben, plan(), gift=operations.GiftWish())
        with pytest.raises(operations.NoWayToPay):
            operations.check_out(buyer=ben, product_ids=[plan().pk], provider="till", is_recurring=True)
        assert not Order.objects.exists()

    def test_another_answer_is_another_attempt(self, ben, plan, begin):
        product = plan()
        _, first = begin(ben, product)
        _, second = operations.check_out(buyer=ben, product_ids=[product.pk], provider="kiosk")
        first.refresh_from_db()
        assert (first.state, second.is_recurring, second.pk != first.pk) == ("abandoned", False, True)

    def test_money_that_renews_is_not_taken_for_money_that_does_not(self, ben, plan, begin, kiosk):
        order, payment = operations.check_out(buyer=ben, product_ids=[plan().pk], provider="kiosk")
        assert take(kiosk.happens(payment.provider_id, Status.PAID, subscription="sub_9")) == "reference"
        order.refresh_from_db()
        assert (order.state, Subscription.objects.count()) == ("placed", 0)

    def test_too_late_it_goes_back_and_ends(self, ben, plan, begin, kiosk):
        order, payment = begin(ben, plan())
        operations.cancel_order(order=order, by=ben)
        take(kiosk.subscribe(payment.provider_id))
        send()
        assert [refund.state for refund in payment.refunds.all()] == ["done"]
        assert (state(Subscription.objects.get())[0], is_in(ben)) == ("ended", False)
        assert [str(one.standing) for one in kiosk.subs.values()] == ["ended"]

    def test_nobody_buys_beside_a_membership_that_renews(self, ben, plan, subscribed):
        subscribed(ben, plan())
        with pytest.raises(operations.AlreadyOwned):
            operations.place_order(buyer=ben, product_ids=[plan("year", 39000).pk])

    def test_of_two_that_were_begun_at_once_one_goes_on(self, ben, plan, begin, kiosk):
        payments = [begin(ben, product)[1] for product in (plan("month"), plan("year", 39000))]
        for payment in payments:
            take(kiosk.subscribe(payment.provider_id))
        send()
        assert [state(one) for one in Subscription.objects.order_by("pk")] == [("active", True), ("active", False)]
        assert [one.is_stopped for one in kiosk.subs.values()] == [True, False]


class TestRenewing:
    def test_a_renewal_is_an_order_with_a_receipt_that_prolongs(
        self, ben, plan, subscribed, kiosk, hear, balance, clock
    ):
        now = datetime.now(UTC)
        subscription = subscribed(ben, plan())
        assert hear(kiosk.renew(subscription.provider_id)) == "taken"
        first, second = Order.objects.order_by("pk")
        assert (second.buyer, second.state, second.total_minor, bool(second.receipt_number)) == (
            ben,
            "paid",
            3900,
            True,
        )
        assert first.receipt_number != second.receipt_number
        begins = rules.period_end(begins=now, period="month")
        until = rules.period_end(begins=begins, period="month")
        assert spans(ben)[1] == (begins, until, until + rules.GRACE)
        assert (balance("customers", "kiosk"), balance("platform", "house")) == (-7800, 7800 - 46)
        assert [(label, finding.violations) for label, finding in verify() if finding.violations] == []

    def test_told_again_it_is_the_same(self, ben, plan, subscribed, kiosk, hear):
        notice = kiosk.renew(subscribed(ben, plan()).provider_id)
        assert [hear(notice) for _ in range(3)] == ["taken", "known", "known"]
        assert Order.objects.count() == 2

    def test_the_old_price_is_kept(self, ben, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan(amount=3900))
        plan(amount=5900)
        hear(kiosk.renew(subscription.provider_id))
        [line] = Order.objects.latest("pk").lines.all()
        assert (line.price_minor, line.discount_minor, line.amount_minor) == (5900, 2000, 3900)
        assert [(one.kind, one.label) for one in Reduction.objects.filter(line=line)] == [
            ("kept", "Your old price, kept")
        ]
        assert queries.kept_prices(products=[plan(amount=5900)], buyer=ben) == {line.product_id: 3900}

    def test_after_the_last_day_of_february_comes_that_of_march(self, ben, plan, subscribed, kiosk, hear, clock):
        clock.move_to(datetime(2027, 1, 31, 12, tzinfo=UTC))
        subscription = subscribed(ben, plan())
        for _ in range(2):
            hear(kiosk.renew(subscription.provider_id))
        assert [until.date().isoformat() for _, until, _ in spans(ben)] == ["2027-02-28", "2027-03-31", "2027-04-30"]

    def test_nobody_is_told_to_renew_by_hand(self, ben, plan, subscribed, clock):
        subscribed(ben, plan())
        until = spans(ben)[0][1]
        for days in (-7, -3, 0, 1):
            clock.move_to(until + timedelta(days=days))
            operations.look_after_entitlements()
        assert published(events.MembershipRunsOut) == []

    def test_its_end_waits_for_the_sweep_that_asks_the_provider(self, ben, plan, subscribed, bought, clock):
        subscribed(ben, plan())
        clock.move_to(Entitlement.objects.get().ends_at)
        assert operations.end_what_is_over() == 0
        Subscription.objects.update(state="ended", ended_at=timezone.now())
        assert (operations.end_what_is_over(), Entitlement.objects.get().end_cause) == (1, "expired")

    def test_another_amount_goes_back(self, ben, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan())
        assert hear(kiosk.renew(subscription.provider_id, amount=3901)) == "amount"
        operations.catch_up(subscription=subscription)
        send()
        order = Order.objects.latest("pk")
        assert (order.state, [refund.state for refund in order.payments.get().refunds.all()]) == ("placed", ["done"])

    def test_a_refund_of_a_renewal_takes_it_back_and_ends_it(self, ben, plan, subscribed, kiosk, hear, balance):
        subscription = subscribed(ben, plan())
        hear(kiosk.renew(subscription.provider_id))
        operations.request_refund(order=Order.objects.latest("pk"), by=ben)
        send()
        assert spans(ben)[0][1] == spans(ben)[0][2]
        assert Entitlement.objects.filter(user=ben, end_cause="refund").count() == 1
        assert (state(subscription)[0], balance("customers", "kiosk"), is_in(ben)) == ("ended", -3900, True)

    def test_a_chargeback_ends_it(self, ben, plan, subscribed, kiosk):
        subscription = subscribed(ben, plan())
        payment = subscription.payments.get()
        take(kiosk.happens(payment.provider_id, Status.DISPUTED))
        send()
        assert (state(subscription)[0], is_in(ben)) == ("ended", False)

    def test_a_refund_of_an_earlier_period_ends_nothing(self, ada, ben, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan())
        hear(kiosk.renew(subscription.provider_id))
        operations.refund_as_staff(order=subscription.order, amount=3900, by=ada, reason="kindness")
        send()
        assert state(subscription) == ("active", False)


class TestOwing:
    def test_the_door_stays_open_and_the_member_hears_once(self, ben, plan, subscribed, kiosk, hear, clock):
        subscription = subscribed(ben, plan())
        clock.move_to(spans(ben)[0][1] + timedelta(hours=1))
        for _ in range(2):
            hear(kiosk.fail(subscription.provider_id))
        assert (state(subscription), is_in(ben)) == (("late", False), True)
        assert subscription.pay_url.startswith("https://kiosk.example/owed/")
        assert [fact.is_final for fact in published(events.RenewalFailed)] == [False]

    def test_paid_late_it_goes_on_from_where_it_ended(self, ben, plan, subscribed, kiosk, hear, clock):
        subscription = subscribed(ben, plan())
        until = spans(ben)[0][1]
        clock.move_to(until + timedelta(days=2))
        hear(kiosk.fail(subscription.provider_id))
        hear(kiosk.renew(subscription.provider_id))
        assert (state(subscription), spans(ben)[1][0], subscription.pay_url) == (("active", False), until, "")

    def test_never_paid_it_ends_with_the_grace(self, ben, plan, subscribed, kiosk, hear, clock):
        subscription = subscribed(ben, plan())
        until = spans(ben)[0][1]
        clock.move_to(until + timedelta(hours=1))
        hear(kiosk.fail(subscription.provider_id))
        clock.move_to(until + rules.GRACE)
        operations.look_after_entitlements()
        assert not is_in(ben)

    def test_given_up_by_the_provider_it_ends_at_once(self, ben, plan, subscribed, kiosk, hear, clock):
        subscription = subscribed(ben, plan())
        clock.move_to(spans(ben)[0][1] + timedelta(days=1))
        hear(kiosk.fail(subscription.provider_id))
        hear(kiosk.end(subscription.provider_id))
        assert (state(subscription)[0], is_in(ben)) == ("ended", False)
        assert [fact.is_final for fact in published(events.RenewalFailed)] == [False, True]

    def test_bought_by_hand_what_is_owed_is_given_up(self, ben, plan, subscribed, kiosk, hear, clock, told):
        subscription = subscribed(ben, plan())
        hear(kiosk.fail(subscription.provider_id))
        clock.move_to(spans(ben)[0][2])
        operations.look_after_entitlements()
        _, payment = operations.check_out(buyer=ben, product_ids=[plan().pk], provider="till")
        told(payment, Status.PAID)
        send()
        assert (state(subscription)[0], is_in(ben)) == ("ended", True)


class TestStopping:
    def test_what_is_paid_for_stays_open_and_closes_with_its_last_day(self, ben, plan, subscribed, kiosk, hear, clock):
        subscription = subscribed(ben, plan())
        operations.stop_subscription(subscription=subscription, by=ben)
        send()
        until = spans(ben)[0][1]
        assert (kiosk.subs[subscription.provider_id].is_stopped, spans(ben)[0][2]) == (True, until)
        clock.move_to(until - timedelta(seconds=1))
        assert is_in(ben)
        clock.move_to(until)
        assert not is_in(ben)
        hear(kiosk.end(subscription.provider_id))
        assert (state(subscription)[0], Entitlement.objects.get().end_cause) == ("ended", "expired")

    def test_it_can_be_taken_back(self, ben, plan, subscribed, kiosk):
        subscription = subscribed(ben, plan())
        before = spans(ben)
        for act in (operations.stop_subscription, operations.resume_subscription):
            for _ in range(2):
                act(subscription=subscription, by=ben)
            send()
        assert (spans(ben), state(subscription)) == (before, ("active", False))
        assert not kiosk.subs[subscription.provider_id].is_stopped

    def test_the_wish_counts_until_the_provider_was_told(self, ben, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan())
        operations.stop_subscription(subscription=subscription, by=ben)
        hear(kiosk.notice(subscription.provider_id))
        assert state(subscription) == ("active", True)
        send()
        hear(kiosk.stop(subscription.provider_id, stops=False))
        assert state(subscription) == ("active", False)

    def test_only_by_its_member_and_not_after_its_end(self, ben, cleo, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan())
        with pytest.raises(operations.NotTheMember):
            operations.stop_subscription(subscription=subscription, by=cleo)
        hear(kiosk.end(subscription.provider_id))
        with pytest.raises(operations.SubscriptionOver):
            operations.resume_subscription(subscription=subscription, by=ben)

    def test_stopped_there_it_is_stopped_here(self, ben, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan())
        hear(kiosk.stop(subscription.provider_id))
        assert state(subscription) == ("active", True)
        assert spans(ben)[0][1] == spans(ben)[0][2]

    def test_who_has_stopped_can_join_anew(self, ben, plan, subscribed, kiosk):
        subscription = subscribed(ben, plan())
        operations.stop_subscription(subscription=subscription, by=ben)
        until = spans(ben)[0][1]
        subscribed_again = subscribed(ben, plan("year", 39000))
        assert (subscribed_again.pk != subscription.pk, spans(ben)[1][0]) == (True, until)

    def test_an_account_that_is_erased_is_not_charged_again(self, ben, plan, subscribed, kiosk, clock):
        from core.privacy.operations import erase_due

        subscription = subscribed(ben, plan())
        ask_for_erasure(by=ben)
        clock.shift(15 * DAY)
        erase_due(as_of=datetime.now(UTC))
        send()
        assert state(subscription)[0] == "ended"
        assert str(kiosk.subs[subscription.provider_id].standing) == "ended"


class TestWhatNobodyTold:
    def test_before_the_door_closes_the_provider_is_asked(self, ben, plan, subscribed, kiosk, clock):
        subscription = subscribed(ben, plan())
        kiosk.renew(subscription.provider_id)
        clock.move_to(spans(ben)[0][2])
        operations.look_after_entitlements()
        assert (is_in(ben), Order.objects.count()) == (True, 2)

    def test_the_daily_list_finds_it(self, ben, plan, subscribed, kiosk, caplog):
        subscription = subscribed(ben, plan())
        kiosk.renew(subscription.provider_id)
        today = datetime.now(UTC).date()
        assert operations.reconcile(provider="kiosk", day=today) == 0
        assert (Order.objects.filter(state="paid").count(), is_in(ben)) == (2, True)
        assert list(Discrepancy.objects.values_list("kind", "theirs_minor")) == [("unheard", 3900)]

    def test_a_refund_of_what_nobody_told_of(self, ben, plan, subscribed, kiosk, hear):
        """Given back at the provider before we heard that it was paid: both are taken in."""
        subscription = subscribed(ben, plan())
        notice = kiosk.renew(subscription.provider_id)
        kiosk.give_back(notice.bill.provider_id, 3900)
        hear(notice)
        assert list(Order.objects.order_by("pk").values_list("state", flat=True)) == ["paid", "refunded"]


class TestForgeries:
    def notices(self, true, other):
        bill = true.bill
        return {
            "another account": {"account": "acct_other"},
            "another subscription": {"subscription": "sub_99"},
            "another's subscription": {"subscription": other.subscription},
            "another order": {"reference": other.reference},
            "another payment": {"key": other.key},
            "no payment of ours": {"key": "x"},
            "amount": {"bill": change(bill, amount=bill.amount - 1)},
            "currency": {"bill": change(bill, currency="USD")},
            "a period that was not paid": {"bill": change(bill, provider_id="in_99")},
            "the first period": {"bill": change(bill, is_first=True)},
        }

    def test_what_does_not_match_is_not_believed(self, ben, cleo, plan, subscribed, kiosk, hear):
        subscription, other = subscribed(ben, plan()), subscribed(cleo, plan())
        true = kiosk.renew(subscription.provider_id)
        for family, changed in self.notices(true, kiosk.notice(other.provider_id, true.bill)).items():
            assert hear(change(true, **changed)) not in {"taken", "known"}, family
            assert Order.objects.count() == 2, family
        assert hear(true) == "taken"

    def test_a_message_of_a_late_renewal_says_nothing_after_it_was_paid(self, ben, plan, subscribed, kiosk, hear):
        subscription = subscribed(ben, plan())
        failed = kiosk.fail(subscription.provider_id)
        hear(kiosk.renew(subscription.provider_id))
        assert hear(failed) == "known"
        assert state(subscription) == ("active", False)


def change(told, **changes):
    from dataclasses import replace

    return replace(told, **changes)


class Undone(Exception):
    """What was tried is taken back, so that the next order goes on where this one did."""


def ends(messages, how_it_stands):
    """
    How everything stands after each order of the messages, every one of them heard twice.

    Orders that begin alike share their beginning: each is a way down one tree, and a savepoint leads back up.
    """
    if not messages:
        yield how_it_stands()
    for place, tell in enumerate(messages):
        with contextlib.suppress(Undone), transaction.atomic():
            tell(), tell()
            yield from ends(messages[:place] + messages[place + 1 :], how_it_stands)
            raise Undone


def test_in_every_order_and_twice_it_ends_alike(ben, plan, begin, kiosk, balance):
    """Nothing is heard before all of it has happened: subscribed, renewed, renewed again, failed, stopped."""
    order, payment = begin(ben, plan())
    seen = kiosk.subscribe(payment.provider_id)
    sub = seen.subscription
    told = [
        lambda: take(seen), *(
            lambda notice=notice: renewing.hear(provider=kiosk, notice=notice)
            for notice in (kiosk.renew(sub), kiosk.renew(sub), kiosk.fail(sub), kiosk.stop(sub))
        ),
    ]  # fmt: skip

    def how_it_stands():
        one = Subscription.objects.get()
        return (
            one.state, one.cancelled_at is not None, Order.objects.filter(state="paid").count(), Entitlement.objects.count(),
            balance("customers", "kiosk"), balance("platform", "house"), Payment.objects.count(),
        )  # fmt: skip

    found = Counter(ends(told, how_it_stands))
    order.refresh_from_db()
    assert order.state == "placed"
    assert found == {("late", True, 3, 3, -11700, 11700 - 3 * 23, 3): math.factorial(5)}


def test_what_is_known_from_later_stays(subscribed, kiosk, ben, plan):
    subscription = subscribed(ben, plan())
    told = kiosk.subs[subscription.provider_id]
    late = replace(told, standing=Standing.LATE)
    now = datetime.now(UTC)
    subscribing.note(subscription=subscription, told=told, as_of=now)
    assert subscribing.note(subscription=subscription, told=late, as_of=now - timedelta(seconds=1)) is False
    subscription.refresh_from_db()
    assert (subscription.state, subscription.told_at) == ("active", now)
    assert subscribing.note(subscription=subscription, told=late, as_of=now + timedelta(seconds=1)) is True
