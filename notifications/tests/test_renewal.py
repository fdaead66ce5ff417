"""A membership that runs out: its member is told in their language, with the dates, and once for each of three days."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from notifications import queries, shapes
from payments import operations as payments
from payments.models import Entitlement, Tier

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
