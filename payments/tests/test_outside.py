"""While somebody else is asked, nothing here is held: no provider is called in an open transaction."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from payments import operations
from payments.models import Order
from payments.providers import Status

pytestmark = pytest.mark.commits


@pytest.fixture
def heard(till, monkeypatch):
    """Every call to the till, and whether a transaction was open."""
    calls, answer = [], till._answer

    def listen(call, about):
        calls.append((call, connection.in_atomic_block))
        answer(call, about)

    monkeypatch.setattr(till, "_answer", listen)
    return calls


def test_no_provider_is_called_while_a_transaction_is_open(
    own_database, ben, cleo, sell, begin, told, till, heard, worker
):
    till.silent_before = True
    begin(ben, sell())
    till.silent_before = False
    order = Order.objects.get()
    operations.ask(payment=order.payments.get())
    operations.ask_about(order=order)
    told(order.payments.get(), Status.PAID)
    operations.request_refund(order=order, by=ben)
    worker()
    waiting, _ = begin(cleo, sell("course:43"))
    Order.objects.filter(pk=waiting.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    operations.expire_orders()
    operations.reconcile(provider="till", day=timezone.now().date())
    assert Counter(call for call, _ in heard) == {"create": 3, "fetch": 2, "refund": 1, "listed": 1}
    assert {is_open for _, is_open in heard} == {False}


def test_control_one_that_is_open_is_noticed(own_database, ben, sell, begin, heard):
    with transaction.atomic():
        begin(ben, sell())
    assert heard == [("create", True)]
