"""Real connections against each other; each race has a control that fails when the lock is off."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections
from django.db.models import QuerySet
from django.utils import timezone

from conftest import played
from core.events.models import OutboxMessage
from ledger import queries as books
from ledger.rules import AccountName
from payments import operations, rules
from payments.models import (
    Coupon,
    CouponUse,
    Entitlement,
    Gift,
    Order,
    OrderHistory,
    Payment,
    Payout,
    PayoutBatch,
    PayoutMove,
    Refund,
    Tier,
    WebhookEvent,
)
from payments.operations import arriving, ordering, paying_out, periods, redeeming, refunding
from payments.providers import Status
from payments.tests.playing import body_of, message, signature
from payments.views.webhook import webhook

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
def eli(member):
    return member("Eli", is_staff=True, is_superuser=True)


@pytest.fixture
def without_locks(monkeypatch):
    """The control: everything as it is, without row locks."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


class TestWebhooks:
    def deliver_all(self, client_of, bodies):
        def receive(body):
            headers = {"Sandbox-Signature": signature(body)}
            return lambda: operations.receive(provider="till", headers=headers, body=body).answer

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

    def work_off_at_once(self, times=50):
        pk = WebhookEvent.objects.latest("pk").pk
        return together(*[lambda: operations.work_off(event_id=pk)] * times)

    def test_the_same_message_fifty_times_at_once_has_one_effect(self, own_database, ben, sell, begin, till):
        _, payment = begin(ben, sell())
        body = body_of(message(till.happens(payment.provider_id, Status.PAID)))
        assert self.deliver_all(till, [body] * 50) == [""] * 50
        assert Counter(map(str, self.work_off_at_once()))["taken"] >= 1
        assert self.sales() == 1
        assert (Order.objects.get().state, Entitlement.objects.count(), taken()) == ("paid", 1, -19900)
        assert Order.objects.get().receipt_number[4:] == "-000001"

    def test_fifty_at_the_door_at_once_are_worked_off_by_the_first(self, own_database, ben, sell, begin, till, rf):
        _, payment = begin(ben, sell())
        body = body_of(message(till.happens(payment.provider_id, Status.PAID)))

        def knock():
            headers = {"Sandbox-Signature": signature(body)}
            answer = webhook(rf.post("/", body, content_type="application/json", headers=headers), provider="till")
            answer.close()
            return answer.status_code

        assert together(*[knock] * 50) == [200] * 50
        assert (self.sales(), Order.objects.get().state, taken()) == (1, "paid", -19900)
        worked = OutboxMessage.objects.get(kind="payments.webhook")
        assert (worked.attempts, worked.done_at is not None) == (1, True)

    def test_control_without_locks_some_of_the_fifty_collide(
        self, own_database, ben, sell, begin, till, without_locks, meet
    ):
        """Constraints and the ledger's keys are the second net, and hold; but the order is paid again and again."""
        _, payment = begin(ben, sell())
        self.deliver_all(till, [body_of(message(till.happens(payment.provider_id, Status.PAID)))])
        meet(arriving, "_follow", threads=50)
        self.work_off_at_once()
        assert self.sales() > 1

    def sales(self):
        return OrderHistory.objects.filter(before="placed", after="paid").count()

    def test_five_messages_of_one_payment_at_once_are_one_sale(self, own_database, ben, sell, begin, till):
        _, payment = begin(ben, sell())
        seen = till.happens(payment.provider_id, Status.PAID)
        assert self.deliver_all(till, [body_of(message(seen, id=f"evt_{n}")) for n in range(5)]) == [""] * 5
        outcomes = self.work_off_all()
        assert not [refused for refused in outcomes if isinstance(refused, Exception)]
        assert (Order.objects.get().receipt_number[4:], Entitlement.objects.count(), taken()) == ("-000001", 1, -19900)


class TestRefunds:
    ROUNDS = played(5, full=50)

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

    def test_control_without_locks_both_are_decided_on(
        self, own_database, ada, cleo, sell, bought, without_locks, meet
    ):
        """The database's own constraint is the last line: it may refuse, but nobody waited for anybody."""
        meet(refunding, "decide", threads=2)
        order, _ = bought(cleo, sell())
        results = self.refund_at_once(order, ada)
        assert not [result for result in results if isinstance(result, operations.NothingLeft)]


class TestBuying:
    ROUNDS = played(5, full=50)

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

    def test_control_without_locks_it_is_taken_more_than_once(self, own_database, ben, sell, without_locks, meet):
        meet(ordering, "_place", threads=5)
        product = sell("course:1", 0)
        together(*[lambda: operations.place_order(buyer=ben, product_ids=[product.pk])] * 5)
        assert Entitlement.objects.count() > 1

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

    ROUNDS = played(5, full=50)

    def payments_of(self, buyer, plans, begin, till):
        for plan in plans:
            _, payment = begin(buyer, plan)
            seen = till.happens(payment.provider_id, Status.PAID)
            yield lambda payment=payment, seen=seen: operations.take_in(
                payment=payment, seen=seen, cause="payment", is_asked=False
            )

    def pay_at_once(self, buyer, plans, begin, till):
        assert together(*self.payments_of(buyer, plans, begin, till)) == ["taken"] * len(plans)
        return list(Entitlement.objects.filter(user=buyer).order_by("starts_at"))

    def rounds(self, ada, member, begin, till):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        plans = [
            operations.set_plan(tier=tier, period=period, amount=3900, currency="CNY", by=ada)
            for period in ("month", "quarter")
        ]
        # The first sale opens the accounts of the books, and for that the two would wait for each other anyway.
        [pay] = self.payments_of(member("Somebody"), plans[:1], begin, till)
        pay()
        for number in range(self.ROUNDS):
            yield self.pay_at_once(member(f"Reader{number}"), plans, begin, till)

    def test_both_times_are_there(self, own_database, ada, member, begin, till):
        for first, second in self.rounds(ada, member, begin, till):
            assert second.starts_at == first.runs_until

    def test_control_without_the_lock_they_run_at_the_same_time(
        self, own_database, ada, member, begin, till, monkeypatch, meet
    ):
        monkeypatch.setattr(periods, "lock", lambda *, user_id: None)
        meet(Entitlement, "save", threads=2)
        assert all(second.starts_at < first.runs_until for first, second in self.rounds(ada, member, begin, till))


class TestCoupons:
    """Fifty checkouts with one code of which N uses are left."""

    BUYERS, LEFT = 50, 7

    def check_out_at_once(self, ada, member, sell, *, cap):
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20, total_cap=cap)
        operations.share_code(coupon=coupon, code="SPRING")
        product = sell()
        buyers = [member(f"Buyer{number}") for number in range(self.BUYERS)]
        results = together(*[
            lambda buyer=buyer: operations.place_order(buyer=buyer, product_ids=[product.pk], code="SPRING") for buyer in buyers
        ])  # fmt: skip
        coupon.refresh_from_db()
        granted = [result for result in results if isinstance(result, Order)]
        return granted, coupon, [result for result in results if not isinstance(result, Order)]

    def test_exactly_as_many_get_it_as_are_left(self, own_database, ada, member, sell):
        granted, coupon, others = self.check_out_at_once(ada, member, sell, cap=self.LEFT)
        assert {type(one) for one in others} == {operations.CouponRefused}
        assert (len(granted), coupon.used, coupon.uses.count(), len(others)) == (
            self.LEFT, self.LEFT, self.LEFT, self.BUYERS - self.LEFT,
        )  # fmt: skip
        assert {order.total_minor for order in granted} == {15920}

    def test_control_reading_before_writing_grants_too_many(self, own_database, ada, member, sell, monkeypatch):
        """The conditional UPDATE taken apart into a look and a write."""
        all_have_looked = threading.Barrier(self.BUYERS)

        def look_then_write(*, code, order):
            coupon = Coupon.objects.get(pk=code.coupon_id)
            if coupon.used >= self.LEFT:
                raise operations.CouponRefused("used_up")
            all_have_looked.wait(timeout=60)
            Coupon.objects.filter(pk=coupon.pk).update(used=coupon.used + 1)

        monkeypatch.setattr(redeeming, "reserve", look_then_write)
        granted, _, _ = self.check_out_at_once(ada, member, sell, cap=None)
        assert len(granted) > self.LEFT

    def test_one_person_in_many_tabs_gets_one(self, own_database, ada, ben, sell):
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20)
        operations.share_code(coupon=coupon, code="SPRING")
        products = [sell(f"course:{number}") for number in range(8)]
        results = together(*[
            lambda product=product: operations.place_order(buyer=ben, product_ids=[product.pk], code="SPRING") for product in products
        ])  # fmt: skip
        coupon.refresh_from_db()
        assert (sum(isinstance(result, Order) for result in results), coupon.used) == (1, 1)

    def test_control_without_the_counter_and_the_index_they_get_more(
        self, own_database, ada, ben, sell, without_locks, owner, monkeypatch, meet
    ):
        """Three nets hold one person's uses: the buyer's row, the coupon's row, the index. Without any of them it goes wrong."""
        with owner.cursor() as cursor:
            cursor.execute("DROP INDEX a_use_is_had_once")
        owner.commit()
        monkeypatch.setattr(redeeming, "reserve", lambda *, code, order: redeeming._take_slot(code, order))
        meet(CouponUse, "save", threads=12)
        coupon = operations.make_coupon(by=ada, name="Spring", percent=20)
        operations.share_code(coupon=coupon, code="SPRING")
        products = [sell(f"course:{number}") for number in range(12)]
        results = together(*[
            lambda product=product: operations.place_order(buyer=ben, product_ids=[product.pk], code="SPRING") for product in products
        ])  # fmt: skip
        assert sum(isinstance(result, Order) for result in results) == 12


class TestGifts:
    ROUNDS = played(6, full=50)

    def claim_at_once(self, giver, claimers, product, till):
        order, payment = operations.check_out(
            buyer=giver, product_ids=[product.pk], provider="till", gift=operations.GiftWish()
        )
        operations.take_in(
            payment=payment, seen=till.happens(payment.provider_id, Status.PAID), cause="payment", is_asked=False
        )
        gift = Gift.objects.get(order=order)
        return together(*[lambda who=who: operations.claim_gift(gift=gift, by=who) for who in claimers])

    def test_a_gift_is_claimed_once(self, own_database, ben, member, sell, till):
        claimers = [member(f"Claimer{number}") for number in range(6)]
        for number in range(self.ROUNDS):
            results = self.claim_at_once(ben, claimers, sell(f"course:{number}"), till)
            assert sorted(type(result).__name__ for result in results) == ["Gift"] + ["GiftGone"] * 5
            assert Entitlement.objects.filter(key=f"course:{number}").count() == 1

    def test_control_without_locks_more_than_one_believes_it_is_theirs(
        self, own_database, ben, member, sell, till, without_locks, meet
    ):
        meet(Gift, "save", threads=6)
        results = self.claim_at_once(ben, [member(f"Claimer{number}") for number in range(6)], sell(), till)
        assert "GiftGone" not in {type(result).__name__ for result in results}


class TestLapsing:
    ROUNDS = 5

    def test_a_renewal_that_is_paid_while_the_sweep_ends_the_membership_opens_the_next_period(
        self, own_database, ada, member, begin, told, till
    ):
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        plan = operations.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
        for number in range(self.ROUNDS):
            who = member(f"Reader{number}")
            told(begin(who, plan)[1], Status.PAID)
            over = timezone.now() - timedelta(seconds=1)
            Entitlement.objects.filter(user=who).update(runs_until=over - rules.GRACE, ends_at=over, due_at=over)
            _, payment = begin(who, plan)
            results = together(lambda p=payment: told(p, Status.PAID), operations.look_after_entitlements)
            assert not [one for one in results if isinstance(one, Exception)], results
            operations.look_after_entitlements()
            held = list(Entitlement.objects.live().filter(user=who))
            assert [(one.key, one.starts_at > over) for one in held] == [(tier.key, True)]
            assert Entitlement.objects.filter(user=who, end_cause="expired").count() == 1


class TestPayouts:
    """Ada has ¥159.20 that nobody can ask back, and asks for ¥120 twice at once; the school pays one twice at once."""

    @pytest.fixture
    def earned(self, own_database, ada, ben, sell, bought):
        bought(ben, sell(refund_days=0))
        operations.set_payee(user=ada, way="alipay", name="Ada", number="13800000000")

    def ask(self, ada):
        return operations.ask_for_payout(creator=ada, amount=12000, currency="CNY")

    def asked(self):
        return sum(Payout.objects.values_list("amount_minor", flat=True))

    def test_two_requests_at_once_never_exceed_what_has_cleared(self, earned, ada):
        results = together(*[lambda: self.ask(ada)] * 5)
        assert Counter(type(one).__name__ for one in results) == Counter(Payout=1, OneOnItsWay=4)
        assert (self.asked(), books.balance(AccountName("creator", f"user:{ada.pk}", "CNY"))) == (12000, 3920)

    def test_control_without_lock_and_index_more_is_asked_than_there_is(self, earned, ada, owner, without_locks, meet):
        with owner.cursor() as cursor:
            cursor.execute("DROP INDEX one_payout_on_its_way")
        owner.commit()
        meet(Payout, "save", threads=5)
        together(*[lambda: self.ask(ada)] * 5)
        assert self.asked() > 15920

    def test_paid_twice_at_once_it_is_paid_once(self, earned, ada, eli):
        payout = operations.approve_payout(payout=self.ask(ada), by=eli)
        results = together(
            *[lambda n=n: operations.mark_paid(payout=payout, by=eli, number=f"T-{n}") for n in range(5)]
        )
        assert Counter(type(one).__name__ for one in results) == Counter(Payout=1, NotAllowed=4)
        assert books.balance(AccountName("paid_out", "alipay", "CNY")) == 12000

    def test_control_without_locks_it_is_said_to_be_paid_again_and_the_books_still_hold(
        self, earned, ada, eli, without_locks, meet
    ):
        """The key of the posting is the second net: the money leaves once, whatever the rows say."""
        payout = operations.approve_payout(payout=self.ask(ada), by=eli)
        meet(paying_out, "_decide", threads=5)
        together(*[lambda n=n: operations.mark_paid(payout=payout, by=eli, number=f"T-{n}") for n in range(5)])
        assert PayoutMove.objects.filter(after="paid").count() > 1
        assert books.balance(AccountName("paid_out", "alipay", "CNY")) == 12000

    def test_taken_back_while_it_is_approved_one_of_both_happens(self, earned, ada, eli):
        for _ in range(5):
            payout = self.ask(ada)
            together(
                lambda payout=payout: operations.approve_payout(payout=payout, by=eli),
                lambda payout=payout: operations.cancel_payout(payout=payout, by=ada),
            )
            payout.refresh_from_db()
            due = books.balance(AccountName("payout_due", f"user:{ada.pk}", "CNY"))
            assert (payout.state, due) in {("approved", 12000), ("cancelled", 0)}
            if payout.state == "approved":
                operations.hold_payout(payout=payout, by=eli, reason="again")
                operations.cancel_payout(payout=payout, by=ada)

    def batch(self, ada, eli):
        payout = operations.approve_payout(payout=self.ask(ada), by=eli)
        [made] = operations.gather_payouts(payouts=[payout], by=eli)
        return made

    def test_gathered_twice_at_once_it_is_in_one_batch(self, earned, ada, eli):
        payout = operations.approve_payout(payout=self.ask(ada), by=eli)
        results = together(*[lambda: operations.gather_payouts(payouts=[payout], by=eli)] * 5)
        assert Counter(type(one).__name__ for one in results) == Counter(list=1, NotAllowed=4)
        assert PayoutBatch.objects.count() == 1

    def test_control_without_locks_two_files_would_tell_the_bank_of_it(self, earned, ada, eli, without_locks, meet):
        payout = operations.approve_payout(payout=self.ask(ada), by=eli)
        meet(PayoutBatch, "save", threads=5)
        together(*[lambda: operations.gather_payouts(payouts=[payout], by=eli)] * 5)
        assert PayoutBatch.objects.count() > 1

    def test_a_batch_that_is_paid_and_dissolved_at_once_ends_in_one_way(self, earned, ada, eli):
        for _ in range(5):
            made = self.batch(ada, eli)
            together(
                lambda made=made: operations.pay_batch(batch=made, by=eli, number="B-1"),
                lambda made=made: operations.dissolve_batch(batch=made, by=eli),
            )
            made.refresh_from_db()
            payout = Payout.objects.latest("pk")
            out = books.balance(AccountName("paid_out", "alipay", "CNY"))
            assert (made.paid_at is None, made.dissolved_at is None) in {(False, True), (True, False)}
            assert (payout.state, out) == (("paid", 12000) if made.paid_at else ("approved", 0))
            self.undo(payout, eli)

    def undo(self, payout, eli):
        if payout.state == "paid":
            operations.return_payout(payout=payout, by=eli, reason="again")
        else:
            operations.hold_payout(payout=payout, by=eli, reason="again")
            operations.cancel_payout(payout=payout, by=eli)

    def test_held_while_its_batch_is_paid_one_of_both_happens(self, earned, ada, eli):
        for _ in range(5):
            made = self.batch(ada, eli)
            payout = made.payouts.get()
            results = together(
                lambda made=made: operations.pay_batch(batch=made, by=eli, number="B-1"),
                lambda payout=payout: operations.hold_payout(payout=payout, by=eli, reason="wait"),
            )
            payout.refresh_from_db()
            out = books.balance(AccountName("paid_out", "alipay", "CNY"))
            refused = {type(one).__name__ for one in results} - {"PayoutBatch", "Payout"}
            assert (payout.state, payout.batch_id, out, refused) in [
                ("paid", made.pk, 12000, {"NotAllowed"}), ("held", None, 0, {"BatchOver"})
            ]  # fmt: skip
            if payout.state == "held":
                operations.cancel_payout(payout=payout, by=eli)
            else:
                operations.return_payout(payout=payout, by=eli, reason="again")
