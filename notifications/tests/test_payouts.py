"""What a creator is told of a payout: each step by a letter in their language, and nothing that is not so any more."""

import pytest
from django.core import mail
from django.db import transaction

from core import events
from core.events import Code
from notifications.models import Notification
from payments.events import PayoutMoved
from payments.models import Payout

pytestmark = pytest.mark.django_db


@pytest.fixture
def payout(ada):
    return Payout.objects.create(creator=ada, amount_minor=10000, currency="CNY", way="bank", hint="1234")


@pytest.fixture
def becomes(ada, payout):
    def moved(state, **about):
        with transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(state=state, **about)
            events.publish(PayoutMoved(payout_id=payout.pk, creator_id=ada.pk, state=Code(state)))

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


def test_one_that_went_back_into_the_balance_is_told_of_with_its_reason(becomes, worker):
    becomes("held", reason="The name is another")
    becomes("cancelled")
    worker()
    [letter] = mail.outbox
    assert ("The name is another" in letter.body, "goes back into your balance" in letter.body) == (True, True)
