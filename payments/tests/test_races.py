"""Real connections against each other; each race has a control that fails when the lock is off."""

import threading

import pytest
from django.db import connections
from django.db.models import QuerySet

from ledger import queries as books
from ledger.rules import AccountName
from payments import operations
from payments.models import Entitlement, Order, Payment, Refund, Tier, WebhookEvent
from payments.operations import periods
from payments.providers import Status
from payments.tests.playing import body_of, message, signature

pytestmark = pytest.mark.race


def together(*works):
    """Run each of ``works`` on a thread and a connection of its own, released by one barrier; give results or refusals."""
    barrier = threading.Barrier(len(works))
    results = [None] * len(works)

    def run(place, work):
        try:
            barrier.wait(timeout=10)
            results[place] = work()
        except Exception as refused:
            results[place] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def taken(kind="customers"):
    return books.balance(AccountName(kind, "till", "CNY"))


@pytest.fixture
def without_locks(monkeypatch):
    """The control: everything as it is, without row locks."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


class TestWebhooks:
    def deliver_all(self, client_of, bodies):
        def receive(body):
            headers = {"Sandbox-Signature": signature(body)}
            return lambda: operations.receive(provider="till", headers=headers, body=body)

        return together(*[receive(body) for body in bodies])

    def work_off_all(self):
        numbers = list(WebhookEvent.objects.values_list("pk", flat=True)) * 5
        return together(*[lambda pk=pk: operations.work_off(event_id=pk) for pk in numbers])

    def test_the_same_message_five_times_at_once_has_one_effect(self, own_database, ben, sell, begin, till):
        _, payment = begin(ben, sell())
        body = body_of(message(till.happens(payment.provider_id, Status.PAID)))
        assert self.deliver_all(till, [body] * 5) == [""] * 5
        assert WebhookEvent.objects.count() == 1
        outcomes = self.work_off_all()
        assert max(outcomes) == "taken"
        assert (Order.objects.get().state, Entitlement.objects.count(), taken()) == ("paid", 1, -19900)

    def test_five_messages_of_one_payment_at_once_are_one_sale(self, own_database, ben, sell, begin, till):
        _, payment = begin(ben, sell())
        seen = till.happens(payment.provider_id, Status.PAID)
        assert self.deliver_all(till, [body_of(message(seen, id=f"evt_{n}")) for n in range(5)]) == [""] * 5
        outcomes = self.work_off_all()
        assert not [refused for refused in outcomes if isinstance(refused, Exception)]
        assert (Order.objects.get().receipt_number[4:], Entitlement.objects.count(), taken()) == ("-000001", 1, -19900)


class TestRefunds:
    ROUNDS = 5

    def refund_at_once(self, order, by):
        def refund():
            return operations.refund_as_staff(order=order, amount=15000, by=by, reason="kindness")

        return together(refund, refund)

    def test_two_refunds_at_once_never_exceed_what_was_taken(self, own_database, ada, cleo, sell, bought):
        for number in range(self.ROUNDS):
            order, payment = bought(cleo, sell(f"course:{number}"))
            results = self.refund_at_once(order, ada)
            assert [type(result) for result in sorted(results, key=repr)].count(operations.NothingLeft) == 1, results
            assert [refund.amount_minor for refund in payment.refunds.all()] == [15000]

    def test_control_without_locks_both_are_decided_on(self, own_database, ada, cleo, sell, bought, without_locks):
        """The database's own constraint is the last line: it may refuse, but nobody waited for anybody."""
        unlocked = 0
        for number in range(self.ROUNDS):
            order, _ = bought(cleo, sell(f"course:{number}"))
            results = self.refund_at_once(order, ada)
            unlocked += not any(isinstance(result, operations.NothingLeft) for result in results)
        assert unlocked > 0


class TestBuying:
    ROUNDS = 5

    def test_clicks_at_once_are_one_order_and_one_payment(self, own_database, ben, sell, till):
        for number in range(self.ROUNDS):
            product = sell(f"course:{number}")

            def click(product=product):
                return operations.check_out(buyer=ben, product_ids=[product.pk], provider="till")

            results = together(*[click] * 5)
            assert len({order.pk for order, _ in results}) == 1, results
        assert (Order.objects.count(), Payment.objects.count(), len(till.payments)) == (self.ROUNDS,) * 3

    def test_what_costs_nothing_is_taken_once(self, own_database, ben, sell):
        for number in range(self.ROUNDS):
            product = sell(f"course:{number}", 0)
            together(*[lambda product=product: operations.place_order(buyer=ben, product_ids=[product.pk])] * 5)
        assert (Order.objects.count(), Entitlement.objects.count()) == (self.ROUNDS, self.ROUNDS)

    def test_control_without_locks_it_is_taken_more_than_once(self, own_database, ben, sell, without_locks):
        for number in range(self.ROUNDS * 2):
            product = sell(f"course:{number}", 0)
            together(*[lambda product=product: operations.place_order(buyer=ben, product_ids=[product.pk])] * 5)
        assert Entitlement.objects.count() > self.ROUNDS * 2

    def test_paying_and_cancelling_at_once_loses_nothing(self, own_database, ben, sell, begin, till):
        for number in range(self.ROUNDS):
            order, payment = begin(ben, sell(f"course:{number}"))
            seen = till.happens(payment.provider_id, Status.PAID)
            together(
                lambda order=order: operations.cancel_order(order=order, by=ben),
                lambda payment=payment, seen=seen: operations.take_in(
                    payment=payment, seen=seen, cause="payment", is_asked=False
                ),
            )
            order.refresh_from_db()
            goes_back = Refund.objects.filter(payment=payment, amount_minor=19900).count()
            opened = Entitlement.objects.filter(line__order=order).count()
            assert (order.state, opened, goes_back) in {("paid", 1, 0), ("cancelled", 0, 1)}

    def test_receipts_at_once_are_numbered_without_gaps(self, own_database, ada, member, sell, begin, till):
        product = sell()
        works = []
        for number in range(6):
            _, payment = begin(member(f"Buyer{number}"), product)
            seen = till.happens(payment.provider_id, Status.PAID)
            works.append(
                lambda payment=payment, seen=seen: operations.take_in(
                    payment=payment, seen=seen, cause="payment", is_asked=False
                )
            )
        assert together(*works) == ["taken"] * 6
        numbers = sorted(Order.objects.values_list("receipt_number", flat=True))
        assert [int(number[5:]) for number in numbers] == [1, 2, 3, 4, 5, 6]


class TestPeriods:
    """Two plans of one tier paid at once: their times follow each other, and neither is lost."""

    ROUNDS = 5

    def pay_at_once(self, buyer, plans, begin, till):
        works = []
        for plan in plans:
            _, payment = begin(buyer, plan)
            seen = till.happens(payment.provider_id, Status.PAID)
            works.append(
                lambda payment=payment, seen=seen: operations.take_in(
                    payment=payment, seen=seen, cause="payment", is_asked=False
                )
            )
        assert together(*works) == ["taken"] * len(works)
        return list(Entitlement.objects.filter(user=buyer).order_by("starts_at"))

    def rounds(self, ada, member, begin, till):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        plans = [
            operations.set_plan(tier=tier, period=period, amount=3900, currency="CNY", by=ada)
            for period in ("month", "quarter")
        ]
        for number in range(self.ROUNDS):
            yield self.pay_at_once(member(f"Reader{number}"), plans, begin, till)

    def test_both_times_are_there(self, own_database, ada, member, begin, till):
        for first, second in self.rounds(ada, member, begin, till):
            assert second.starts_at == first.runs_until

    def test_control_without_the_lock_they_run_at_the_same_time(
        self, own_database, ada, member, begin, till, monkeypatch
    ):
        monkeypatch.setattr(periods, "lock", lambda *, user_id: None)
        found = list(self.rounds(ada, member, begin, till))
        assert any(second.starts_at < first.runs_until for first, second in found)
