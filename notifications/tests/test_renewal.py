"""A membership that runs out: its member is told in their language, with the dates, and once for each of three days."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core import events
from notifications import queries, shapes
from payments import operations as payments
from payments.events import OrderPaid, RenewalFailed
from payments.models import Entitlement, Order, Subscription, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership(ada, ben):
    tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    plan = payments.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
    return payments.grant(user=ben, product=plan, cause="purchase")


@pytest.fixture
def comes_due(membership, worker):
    def due(**before):
        now = timezone.now()
        Entitlement.objects.filter(pk=membership.pk).update(
            runs_until=now + timedelta(**before), ends_at=now + timedelta(**before) + timedelta(days=7), due_at=now
        )
        for _ in range(2):
            payments.look_after_entitlements()
            worker()

    return due


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Your membership “Reader” runs out on", "Nothing is taken by itself"),
        ("zh-hans", "你的会员“读者”", "到期不会自动扣款"),
    ],
)
def test_three_days_before(ben, comes_due, language, subject, words):
    ben.language = language
    ben.save()
    comes_due(days=3)
    [letter] = mail.outbox
    assert (letter.subject.startswith(subject), words in letter.body, "/membership/" in letter.body) == (
        True,
        True,
        True,
    )
    [row] = [shapes.row(one) for one in queries.page_of(user=ben)]
    assert "Reader" in row["text"]


def test_on_the_day_it_says_until_when_the_door_stays_open(ben, comes_due):
    comes_due(days=0)
    [letter] = mail.outbox
    assert "stays open until" in letter.body


def test_who_has_renewed_is_left_alone(ben, membership, comes_due):
    payments.grant(user=ben, product=membership.product, cause="purchase")
    comes_due(days=3)
    assert mail.outbox == []


@pytest.fixture
def subscription(ben, membership):
    """What renews the membership by itself at a provider that nobody asks here."""
    order = Order.objects.create(
        buyer=ben, basket="1", total_minor=3900, currency="CNY", expires_at=timezone.now() + timedelta(days=1)
    )
    return Subscription.objects.create(
        user=ben, product=membership.product, order=order, provider="stripe", account="acct", provider_id="sub_1", amount_minor=3900,
        currency="CNY",
    )  # fmt: skip


def fail(subscription, *, is_final=False):
    events.publish(
        RenewalFailed(subscription_id=subscription.pk, user_id=subscription.user_id, is_final=is_final), subject="x"
    )


@pytest.mark.parametrize(
    ("language", "is_final", "subject", "words"),
    [
        ("en", False, "The renewal of “Reader · a month” could not be taken", "pay with another card, or stop renewing there"),
        ("en", True, "Your membership “Reader · a month” is not renewed", "Nothing is owed."),
        ("zh-hans", False, "“读者 · 一个月”的自动续费没有扣成", "换一张卡付"),
        ("zh-hans", True, "你的会员“读者 · 一个月”不再续费", "你也不欠什么"),
    ],
)  # fmt: skip
def test_a_renewal_that_failed_says_what_to_do(ben, subscription, worker, language, is_final, subject, words):
    ben.language = language
    ben.save()
    fail(subscription, is_final=is_final)
    for _ in range(2):
        worker()
    [letter] = mail.outbox
    assert (letter.subject, words in letter.body, "/membership/" in letter.body) == (subject, True, True)
    [row] = [shapes.row(one) for one in queries.page_of(user=ben)]
    assert ("Reader" in row["text"] or "读者" in row["text"], row["icon"]) == (True, "warning")


def test_it_comes_also_to_who_wants_no_mails(ben, subscription, worker):
    from notifications.models import Kind, Preference

    Preference.objects.create(user=ben, kind=Kind.OWED)
    fail(subscription)
    worker()
    assert len(mail.outbox) == 1


def test_a_renewal_by_itself_says_how_to_stop_it(ada, ben, subscription, worker):
    other = payments.set_price(
        kind="book", subject="book:1", title="Reader", amount=3900, currency="CNY", creator=ada, by=ada
    )
    renewal = payments.place_order(buyer=ben, product_ids=[other.pk])
    Order.objects.filter(pk=renewal.pk).update(basket="renewal:in_1")
    for order in (renewal, subscription.order):
        events.publish(OrderPaid(order_id=order.pk, buyer_id=ben.pk, amount=3900, currency="CNY"), subject="x")
    worker()
    told = ["was renewed by itself" in letter.body for letter in mail.outbox]
    assert (told, "one button on the membership page stops it" in mail.outbox[0].body) == ([True, False], True)
