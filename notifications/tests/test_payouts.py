"""What a creator is told of a payout: each step by a letter in their language, and nothing that is not so any more."""

import re

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from core import events
from core.events import Code
from notifications.models import Notification
from notifications.shapes import row
from payments.events import PayoutMoved
from payments.models import Payout, PayoutMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(ada):
    return Payout.objects.create(creator=ada, amount_minor=10000, currency="CNY", way="bank", hint="1234")


@pytest.fixture
def becomes(ada, payout):
    def moved(state, *, by=None, **about):
        with transaction.atomic():
            before = Payout.objects.get(pk=payout.pk).state
            Payout.objects.filter(pk=payout.pk).update(state=state, **about)
            PayoutMove.objects.create(payout=payout, before=before, after=state, by=by)
            events.publish(PayoutMoved(payout_id=payout.pk, creator_id=ada.pk, state=Code(state)), by=by)

    return moved


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Your payout is held", "¥100 is not transferred for now."),
        ("zh-hans", "你的结算暂缓了", "¥100 暂时不转出。"),
    ],
)
def test_a_hold_says_why(ada, becomes, worker, language, subject, words):
    ada.language = language
    ada.save()
    becomes("held", reason="The name is another")
    worker()
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == ([ada.email], subject)
    assert (words in letter.body, "> The name is another" in letter.body) == (True, True)


def test_a_hold_that_was_lifted_meanwhile_frightens_nobody(becomes, worker):
    becomes("held", reason="The name is another")
    becomes("asked", reason="")
    worker()
    assert (mail.outbox, Notification.objects.count()) == ([], 0)


def test_a_hold_that_its_creator_ended_is_told_of_with_its_reason(ada, becomes, worker):
    becomes("held", reason="The name is another")
    becomes("cancelled", by=ada)
    worker()
    [letter] = mail.outbox
    assert ("The name is another" in letter.body, "goes back into your balance" in letter.body) == (True, True)


def test_a_hold_that_the_school_ended_with_another_reason_is_not_told_with_that_one(cleo, becomes, worker):
    becomes("held", reason="The name is another")
    becomes("cancelled", by=cleo, reason="The account is closed")
    worker()
    [letter] = mail.outbox
    assert (letter.subject, "> The account is closed" in letter.body) == ("¥100 is back in your balance", True)
    assert Notification.objects.count() == 1


class TestWhatTheSchoolGivesBackToTheBalance:
    @pytest.mark.parametrize(
        ("language", "subject", "words"),
        [
            ("en", "¥100 is back in your balance", "The school does not transfer ¥100 this time."),
            ("zh-hans", "¥100 回到了你的余额", "学园这次没有转出 ¥100。"),
        ],
    )
    def test_is_said_with_its_reason(self, ada, cleo, becomes, worker, language, subject, words):
        ada.language = language
        ada.save()
        becomes("cancelled", by=cleo, reason="The account is closed")
        worker()
        [letter] = mail.outbox
        assert (letter.to, letter.subject) == ([ada.email], subject)
        assert (words in letter.body, "> The account is closed" in letter.body) == (True, True)

    def test_is_said_without_one_where_none_was_given(self, cleo, becomes, worker):
        becomes("cancelled", by=cleo)
        worker()
        [letter] = mail.outbox
        assert ("reason" in letter.body, ">" in letter.body) == (False, False)

    def test_and_not_to_a_creator_who_took_it_back_themselves(self, ada, becomes, worker):
        becomes("cancelled", by=ada)
        worker()
        assert (mail.outbox, Notification.objects.count()) == ([], 0)


def test_each_line_of_the_inbox_says_what_happened_then(ada, cleo, becomes, worker, client):
    """A payout goes on: what was approved on Monday was not paid out on Monday."""
    becomes("approved", by=cleo)
    becomes("paid", by=cleo, number="1", paid_at=timezone.now())
    worker()
    becomes("returned", by=cleo, reason="No such account")
    worker()
    ada.language = "en"
    ada.save()
    client.force_login(ada)
    page = client.get("/notifications/").content.decode()
    said = re.findall(r"Your payout of ¥100: ([a-z ]+)", page)
    assert said == ["came back from the bank", "paid out", "approved"]


def test_a_line_that_was_told_before_states_were_kept_says_how_it_stands(payout, becomes):
    becomes("approved")
    old = Notification(pk=7, kind="payout", key="payout:7", created_at=timezone.now())
    payout.refresh_from_db()
    old.subject = payout
    assert row(old)["text"] == "Your payout of ¥100: approved"
