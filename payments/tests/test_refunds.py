"""Money that goes back, and what goes with it."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from core import audience
from core.events.testing import published
from ledger.queries import balance as balance_of
from ledger.rules import AccountName
from ledger.verification import verify
from payments import events, operations, queries
from payments.models import Entitlement, Order, OrderHistory, Refund, RefundPart
from payments.operations import returning
from payments.providers import Status, Unreachable
from payments.rules import RefundState

pytestmark = pytest.mark.django_db


def fresh(user):
    return type(user).objects.get(pk=user.pk)


class TestByTheBuyer:
    def test_one_button_reverses_everything_at_once(self, ada, ben, sell, bought, balance, fulfilled, worker, till):
        order, payment = bought(ben, sell())
        refund = operations.request_refund(order=order, by=ben, reason="too bitter")
        order.refresh_from_db(), payment.refresh_from_db()
        assert (order.state, payment.state, refund.state, refund.amount_minor) == ("refunded", "refunded", "due", 19900)
        assert "course:42" not in audience.keys_of(fresh(ben))
        assert fulfilled.told == [("granted", "course:42", ben.pk), ("ended", "course:42", ben.pk)]
        assert published(events.OrderRefunded, events.EntitlementEnded) == [
            events.OrderRefunded(order_id=order.pk, buyer_id=ben.pk, amount=19900, currency="CNY"),
            events.EntitlementEnded(entitlement_id=Entitlement.objects.get().pk, user_id=ben.pk, product_id=order.lines.get().product_id),
        ]  # fmt: skip
        assert (balance("creator", f"user:{ada.pk}"), balance("refunds_due", "till")) == (0, 19900)
        worker()
        refund.refresh_from_db()
        assert (refund.state, balance("customers", "till"), balance("platform", "house")) == ("done", 0, -119)
        assert till.payments[payment.provider_id].refunded == 19900

    def test_not_after_its_days(self, ben, sell, bought, clock):
        order, _ = bought(ben, sell(refund_days=14))
        clock.shift(14 * 86400 - 60)
        assert queries.refund_offer(order=order, viewer=ben).is_open
        clock.shift(120)
        with pytest.raises(operations.OutsideThePolicy, match="time"):
            operations.request_refund(order=order, by=ben)

    def test_not_when_too_much_is_studied(self, ben, sell, bought, fulfilled):
        order, _ = bought(ben, sell(refund_max_progress=30))
        fulfilled.far[ben.pk, "course:42"] = 30
        assert queries.refund_offer(order=order, viewer=ben).is_open
        fulfilled.far[ben.pk, "course:42"] = 31
        with pytest.raises(operations.OutsideThePolicy, match="progress"):
            operations.request_refund(order=order, by=ben)

    def test_not_by_somebody_else(self, ben, cleo, sell, bought):
        order, _ = bought(ben, sell())
        with pytest.raises(operations.OutsideThePolicy, match="theirs"):
            operations.request_refund(order=order, by=cleo)

    def test_not_twice(self, ben, sell, bought):
        order, _ = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        with pytest.raises(operations.OutsideThePolicy, match="state"):
            operations.request_refund(order=order, by=ben)

    @pytest.mark.parametrize(("terms", "why"), [({"amount": 0}, "free"), ({"refund_days": 0}, "never")])
    def test_not_where_there_is_nothing_to_ask(self, ben, sell, bought, terms, why):
        product = sell(**terms)
        order = (
            bought(ben, product)[0]
            if product.price_minor
            else operations.place_order(buyer=ben, product_ids=[product.pk])
        )
        assert queries.refund_offer(order=order, viewer=ben).why_not == why


class TestByStaff:
    def test_parts_sum_to_the_whole_and_the_last_one_ends_access(self, ada, ben, sell, bought, balance):
        order, _ = bought(ben, sell(amount=1001, share_percent=33))
        for part in [1, 499, 500]:
            operations.refund_as_staff(order=order, amount=part, by=ada, reason="kindness")
            assert "course:42" in audience.keys_of(fresh(ben))
        operations.refund_as_staff(order=order, amount=1, by=ada, reason="kindness")
        assert "course:42" not in audience.keys_of(fresh(ben))
        order.refresh_from_db()
        assert (order.state, balance("creator", f"user:{ada.pk}"), balance("platform", "house")) == ("refunded", 0, -6)

    def test_nobody_of_the_staff_gives_themselves_more_than_the_policy_does(self, member, sell, bought, clock):
        eli = member("Eli", is_staff=True, is_superuser=True)
        order, _ = bought(eli, sell())
        clock.shift(timedelta(days=15))
        with pytest.raises(operations.OwnOrder):
            operations.refund_as_staff(order=order, amount=19900, by=eli, reason="I did not like it")
        assert not Refund.objects.exists()

    def test_no_more_than_is_left(self, ada, ben, sell, bought):
        order, _ = bought(ben, sell())
        operations.refund_as_staff(order=order, amount=19000, by=ada, reason="kindness")
        with pytest.raises(operations.NothingLeft):
            operations.refund_as_staff(order=order, amount=901, by=ada, reason="kindness")
        assert [refund.amount_minor for refund in Refund.objects.all()] == [19000]


class TestAtTheProvider:
    def test_silence_is_asked_again_with_the_same_key(self, ben, sell, bought, till):
        order, payment = bought(ben, sell())
        refund = operations.request_refund(order=order, by=ben)
        till.silent_after = True
        with pytest.raises(Exception, match="lost"):
            operations.send_refund(refund_id=refund.pk)
        till.silent_after = False
        operations.send_refund(refund_id=refund.pk)
        assert till.payments[payment.provider_id].refunded == 19900

    def test_a_refused_refund_stays_owed_until_it_goes(self, ada, ben, sell, bought, till, balance, worker):
        order, _ = bought(ben, sell())
        refund = operations.request_refund(order=order, by=ben)
        till.refuses_refunds = True
        worker()
        refund.refresh_from_db()
        assert (refund.state, balance("refunds_due", "till")) == ("refused", 19900)
        till.refuses_refunds = False
        operations.retry_refund(refund=refund, by=ada)
        worker()
        refund.refresh_from_db()
        assert (refund.state, balance("refunds_due", "till")) == ("done", 0)

    def test_what_was_refused_and_then_given_back_by_hand_is_one_refund(
        self, ben, sell, bought, till, told, worker, balance
    ):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        till.refuses_refunds = True
        worker()
        seen = till.give_back(payment.provider_id, 19900)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        assert [refund.state for refund in Refund.objects.all()] == ["done"]
        assert (balance("refunds_due", "till"), balance("customers", "till")) == (0, 0)

    def test_what_is_given_back_there_ends_access_here(self, ben, sell, bought, till, balance):
        order, payment = bought(ben, sell())
        seen = till.give_back(payment.provider_id, 19900)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        order.refresh_from_db()
        assert (order.state, balance("customers", "till"), balance("refunds_due", "till")) == ("refunded", 0, 0)
        assert "course:42" not in audience.keys_of(fresh(ben))

    def test_a_chargeback_takes_what_a_part_refund_left(self, ada, ben, sell, bought, told, worker, balance):
        order, payment = bought(ben, sell())
        operations.refund_as_staff(order=order, amount=900, by=ada, reason="kindness")
        told(payment, Status.DISPUTED)
        worker()
        order.refresh_from_db()
        assert (order.state, balance("customers", "till"), balance("refunds_due", "till")) == ("disputed", 0, 0)
        assert (balance("creator", f"user:{ada.pk}"), balance("platform", "house")) == (0, -119)


class TestWhileOneIsOnItsWay:
    """Somebody at the school gives a part back at the provider's console while all of it is about to go back from here."""

    @pytest.fixture
    def refunds(self):
        def found():
            rows = Refund.objects.order_by("amount_minor")
            return [(one.amount_minor, one.cause, one.state) for one in rows]

        return found

    @pytest.fixture
    def is_right(self, balance, till):
        """All went back, once; each line says so, and nothing is owed any more."""

        def asked(payment):
            assert till.payments[payment.provider_id].refunded == payment.captured_minor
            assert (balance("customers", "till"), balance("refunds_due", "till")) == (0, 0)
            assert [finding.violations for _, finding in verify() if finding.violations] == []
            for refund in Refund.objects.all():
                assert sum(refund.parts.values_list("amount_minor", flat=True)) == refund.amount_minor
            return True

        return asked

    @pytest.mark.parametrize("is_told", [True, False])
    def test_what_went_by_hand_is_taken_from_it_and_the_rest_is_sent(
        self, ada, ben, sell, bought, till, worker, balance, refunds, is_right, is_told
    ):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        seen = till.give_back(payment.provider_id, 5001)
        if is_told:
            operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        worker()
        assert refunds() == [(5001, "provider", "done"), (14899, "request", "done")]
        assert is_right(payment)
        assert (balance("creator", f"user:{ada.pk}"), balance("platform", "house")) == (0, -119)
        worker()
        assert len(refunds()) == 2

    def test_the_parts_of_a_bundle_still_add_up(self, ada, ben, sell, till, told, worker, refunds, is_right):
        books = [sell(f"course:{number}", amount) for number, amount in ((1, 9900), (2, 3333), (3, 1))]
        order, payment = operations.check_out(buyer=ben, product_ids=[one.pk for one in books], provider="till")
        told(payment, Status.PAID)
        operations.refund_as_staff(order=order, amount=13234, by=ada, reason="kindness")
        till.give_back(payment.provider_id, 7)
        worker()
        payment.refresh_from_db()
        assert refunds() == [(7, "provider", "done"), (13227, "staff", "done")]
        assert is_right(payment)
        back = (
            RefundPart.objects.values_list("line__amount_minor")
            .annotate(Sum("amount_minor"))
            .order_by("-line__amount_minor")
        )
        assert list(back) == [(9900, 9900), (3333, 3333), (1, 1)]

    def test_all_of_it_went_by_hand(self, ben, sell, bought, till, worker, refunds, is_right):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        till.give_back(payment.provider_id, 19900)
        worker()
        assert refunds() == [(19900, "request", "done")]
        assert is_right(payment)

    def test_two_on_their_way_and_more_by_hand_than_either_leaves(
        self, ada, ben, sell, bought, till, worker, refunds, is_right
    ):
        order, payment = bought(ben, sell())
        for amount in (10_000, 9900):
            operations.refund_as_staff(order=order, amount=amount, by=ada, reason="kindness")
        till.give_back(payment.provider_id, 15_000)
        worker()
        assert {state for _, _, state in refunds()} == {"done"}
        assert is_right(payment)

    def test_by_hand_after_it_was_refused(self, ben, sell, bought, till, told, worker, refunds, is_right):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        till.refuses_refunds = True
        worker()
        till.refuses_refunds = False
        seen = till.give_back(payment.provider_id, 5000)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        assert refunds() == [(5000, "provider", "done"), (14900, "request", "due")]
        worker()
        assert is_right(payment)

    def test_a_bank_that_nobody_told_us_of_took_it(self, ben, sell, bought, till, worker, refunds, balance):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        till.happens(payment.provider_id, Status.DISPUTED)
        worker()
        order.refresh_from_db()
        assert (order.state, refunds()) == ("disputed", [(19900, "request", "done")])
        assert (balance("customers", "till"), balance("refunds_due", "till")) == (0, 0)

    def test_money_that_was_not_the_orders(self, ben, sell, begin, till, told, worker, refunds, is_right):
        order, payment = begin(ben, sell())
        operations.cancel_order(order=order, by=ben)
        told(payment, Status.PAID)
        till.give_back(payment.provider_id, 1)
        worker()
        payment.refresh_from_db()
        assert refunds() == [(1, "provider", "done"), (19899, "late", "done")]
        assert till.payments[payment.provider_id].refunded == 19900

    def test_why_it_was_refused_is_asked_again_where_nobody_answered(
        self, ben, sell, bought, till, worker, monkeypatch, refunds, is_right
    ):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        till.give_back(payment.provider_id, 5000)
        with monkeypatch.context() as silent:
            silent.setattr(till, "fetch", _no_answer)
            worker()
        assert refunds() == [(19900, "request", "refused")]
        operations.ask_again()
        payment.refresh_from_db()
        assert (refunds(), payment.ask_at) == ([(5000, "provider", "done"), (14900, "request", "due")], None)
        worker()
        assert is_right(payment)

    def test_a_refusal_that_comes_late_says_nothing_of_what_was_sent_anew(
        self, ben, sell, bought, till, worker, refunds, is_right
    ):
        order, payment = bought(ben, sell())
        refund = operations.request_refund(order=order, by=ben)
        till.give_back(payment.provider_id, 5000)
        operations.send_refund(refund_id=refund.pk)
        returning.finish(refund.pk, RefundState.REFUSED, key=refund.idempotency_key)
        assert refunds() == [(5000, "provider", "done"), (14900, "request", "due")]
        worker()
        assert is_right(payment)


def _no_answer(*, provider_id):
    raise Unreachable("silent")


EVENTS = {
    "declined": (Status.DECLINED, 0),
    "paid": (Status.PAID, 0),
    "paid again": (Status.PAID, 0),
    "refunded in part": (Status.PAID, 5000),
    "disputed": (Status.DISPUTED, 5000),
}


def _end_state(order, buyer):
    order = Order.objects.get(pk=order.pk)
    moves = (
        OrderHistory.objects.filter(order=order, payment__isnull=True).order_by("pk").values_list("after", flat=True)
    )
    sums = {
        kind: balance_of(AccountName(kind, owner, "CNY"))
        for kind, owner in [("customers", "till"), ("platform", "house")]
    }
    return order.state, order.refunded_minor, tuple(moves), tuple(sums.items()), len(queries.entitlements_of(buyer))


@pytest.mark.parametrize("first", EVENTS)
def test_all_orders_of_arrival_end_alike(ben, sell, begin, till, first):
    """24 orders for each first event: 120 in all."""
    order, payment = begin(ben, sell())
    ends = set()
    rest = [name for name in EVENTS if name != first]
    for names in itertools.permutations(rest):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before_all")
        for name in [first, *names]:
            status, refunded = EVENTS[name]
            seen = till.happens(payment.provider_id, status, refunded=refunded, fee=119)
            operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
        ends.add(_end_state(order, ben))
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK TO SAVEPOINT before_all")
    assert ends == {
        ("disputed", 5000, ("placed", "paid", "disputed"), (("customers", 0), ("platform", -119)), 0),
    }
