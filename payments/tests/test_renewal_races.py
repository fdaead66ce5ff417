"""News of one renewal on many connections at once: one order, one payment, one period; without the lock they collide."""

import pytest
from django.db.models import QuerySet

from payments import operations, providers
from payments.models import Entitlement, Order, Payment, Subscription, Tier
from payments.operations import renewing
from payments.tests.renewing import Kiosk
from payments.tests.test_races import together

pytestmark = pytest.mark.race
TIMES = 20


@pytest.fixture
def subscription(own_database, ada, ben, till):
    kiosk = Kiosk()
    providers.register(kiosk)
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    plan = operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
    _, payment = operations.check_out(buyer=ben, product_ids=[plan.pk], provider="kiosk", is_recurring=True)
    seen = kiosk.subscribe(payment.provider_id)
    operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
    return kiosk, Subscription.objects.get()


def hear_at_once(kiosk, notice):
    return together(*[lambda: renewing.hear(provider=kiosk, notice=notice)] * TIMES)


def test_one_renewal_told_many_times_at_once_is_one_order(subscription, ben):
    kiosk, one = subscription
    results = hear_at_once(kiosk, kiosk.renew(one.provider_id))
    assert {str(result) for result in results} <= {"taken", "known"}, results
    assert (Order.objects.filter(state="paid").count(), Payment.objects.count(), Entitlement.objects.count()) == (
        2,
        2,
        2,
    )


def test_control_without_the_lock_they_collide(subscription, ben, monkeypatch, meet):
    """The number of a payment is unique, so nothing is booked twice; but all of them try, and all but one fail."""
    kiosk, one = subscription
    notice = kiosk.renew(one.provider_id)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    meet(renewing, "_place", threads=TIMES)
    results = hear_at_once(kiosk, notice)
    assert [result for result in results if isinstance(result, Exception)]


def test_a_refund_and_news_of_the_subscription_at_once_do_not_stand_in_each_others_way(subscription, ben):
    kiosk, one = subscription
    for _ in range(5):
        renewing.hear(provider=kiosk, notice=kiosk.renew(one.provider_id))
        order = Order.objects.filter(state="paid").latest("pk")
        notice = kiosk.notice(one.provider_id)
        results = together(
            lambda order=order: operations.request_refund(order=order, by=ben),
            lambda notice=notice: renewing.hear(provider=kiosk, notice=notice),
            lambda: operations.stop_subscription(subscription=one, by=ben),
        )
        assert not [result for result in results if isinstance(result, Exception)], results
        operations.resume_subscription(subscription=one, by=ben)
    assert Order.objects.filter(state="refunded").count() == 5
