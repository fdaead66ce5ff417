"""A buyer who closed the provider's page is let in by its message alone, however busy the workers are."""

import threading
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from core.events.models import OutboxMessage
from payments.models import Entitlement, Order, Payment
from payments.operations.webhooks import WORK
from payments.providers import Status
from payments.tests.playing import body_of, deliver, message, signature
from payments.views import webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(ben, sell, begin, till):
    """Ben has paid at the till, which has told nobody yet: the order, and what the till will say."""
    order, payment = begin(ben, sell())
    return order, message(till.happens(payment.provider_id, Status.PAID))


def state_of(order):
    return Order.objects.get(pk=order.pk).state


def work():
    """What stands in the outbox of the message: how often it was tried, and whether it is done."""
    row = OutboxMessage.objects.get(kind=WORK)
    return row.attempts, row.done_at is not None


def test_the_door_opens_while_no_worker_works(paid, client):
    order, told = paid
    assert (deliver(client, told).content, state_of(order), work()) == (b"", "paid", (1, True))


def test_a_worker_that_comes_later_finds_nothing_to_do(paid, client, worker, fulfilled, ben):
    _order, told = paid
    deliver(client, told)
    worker()
    deliver(client, told)
    assert (work(), fulfilled.told) == ((1, True), [("granted", "course:42", ben.pk)])


def test_the_provider_has_its_answer_before_the_work_begins(paid, rf, monkeypatch):
    order, told = paid
    # The end of a request gives the connection back, and with it the transaction in which this test stands.
    monkeypatch.setattr(HttpResponse, "close", lambda self: None)
    body = body_of(told)
    headers = {"Sandbox-Signature": signature(body)}
    answer = webhook.webhook(rf.post("/", body, content_type="application/json", headers=headers), provider="till")
    assert (answer.status_code, answer.content, state_of(order), work()) == (200, b"", "placed", (0, False))
    answer.close()
    assert (state_of(order), work()) == ("paid", (1, True))


def test_what_cannot_be_worked_off_yet_is_answered_and_left_to_the_workers(paid, client, worker):
    """The provider is quicker with its message than with its answer to our call."""
    order, told = paid
    Payment.objects.update(provider_id=None, state="started")
    assert (deliver(client, told).status_code, state_of(order), work()) == (200, "placed", (1, False))
    Payment.objects.update(provider_id=told["payment"]["id"], state="open")
    OutboxMessage.objects.filter(kind=WORK).update(due_at=timezone.now())
    worker()
    assert (state_of(order), work()) == ("paid", (2, True))


def test_what_a_worker_has_begun_is_not_begun_again(paid, client, monkeypatch):
    order, told = paid
    with monkeypatch.context() as busy:
        busy.setattr(webhook.operations, "work_off_at_once", lambda **_: None)
        deliver(client, told)
    OutboxMessage.objects.filter(kind=WORK).update(leased_until=timezone.now() + timedelta(seconds=60))
    deliver(client, told)
    assert (state_of(order), work()) == ("placed", (0, False))


def test_where_no_hand_is_free_it_waits_for_the_worker(paid, client, all_hands_busy, worker):
    """A provider that is slow to answer our questions must not take every thread that pages need."""
    order, told = paid
    assert (deliver(client, told).status_code, state_of(order), work()) == (200, "placed", (0, False))
    worker()
    assert (state_of(order), Entitlement.objects.count()) == ("paid", 1)


def test_a_hand_is_free_again_after_it_failed(paid, client, monkeypatch):
    order, told = paid
    monkeypatch.setattr(webhook, "_HANDS", threading.BoundedSemaphore(1))
    with monkeypatch.context() as broken:
        broken.setattr(webhook.operations, "work_off_at_once", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            deliver(client, told)
    deliver(client, told)
    assert state_of(order) == "paid"
