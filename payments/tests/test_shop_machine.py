"""The shop, played at random: coupons, memberships, gifts and a clock that jumps, against what must always be true."""

import contextlib
import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from ledger import queries as books
from ledger.rules import AccountName
from payments import operations, providers
from payments.models import CouponUse, Entitlement, Gift, Order, Payment, Refund, Tier
from payments.providers import Status
from payments.rules import OrderState, UseState
from payments.tests.machines import World, notices, play
from payments.tests.playing import Till

pytestmark = [pytest.mark.stateful, pytest.mark.slow, pytest.mark.timeout(900)]

CAP = 2

WANTED_RULES = {
    "buy", "buy with the code", "use the code twice", "give", "give to somebody who never comes", "give to somebody who comes", "buy two months", "claim", "pay", "cancel", "refund", "try a tier", "time passes", "the clock goes back",
    "sweep", "send refunds",
}  # fmt: skip
WANTED_EDGES = {
    ("use", UseState.CONFIRMED), ("use", UseState.RELEASED), ("use", UseState.RESERVED), ("gift", "claimed"), ("gift", "returned"),
    ("entitlement", "refund"), ("entitlement", "expired"), ("entitlement", "renewed"), ("order", "expired"), ("order", "cancelled"),
    ("refused", "used_up"), ("refused", "yours"),
}  # fmt: skip


class Shop(World):
    """Three members, a course, a plan of a tier, one coupon with two uses, one till, and a clock."""

    def furnish(self):
        self.till = Till()
        providers.register(self.till)
        self.ada, *self.buyers = map(self.joined, ("Ada", "Ben", "Cleo", "Finn"))
        self.tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader", trial_days=7)
        course = operations.set_price(
            kind="book", subject="book:1", title="Coffee", amount=19900, currency="CNY", creator=self.ada, by=self.ada
        )
        plan = operations.set_plan(tier=self.tier, period="month", amount=3900, currency="CNY", by=self.ada)
        self.products = [course, plan]
        # It began long ago, so that a clock that goes back does not go past it.
        long_ago = datetime.now(UTC) - timedelta(days=900)
        self.coupon = operations.make_coupon(by=self.ada, name="Spring", percent=20, total_cap=CAP, starts_at=long_ago)
        operations.share_code(coupon=self.coupon, code="SPRING")

    def look_back(self):
        self.edges.update(("use", state) for state in CouponUse.objects.values_list("state", flat=True))
        self.edges.update(("entitlement", cause) for cause in Entitlement.objects.values_list("end_cause", flat=True))
        self.edges.update(("order", state) for state in Order.objects.values_list("state", flat=True))
        self.edges["gift", "claimed"] += Gift.objects.filter(claimed_at__isnull=False).count()
        self.edges["gift", "returned"] += Refund.objects.filter(cause="unclaimed").count()
        for buyer in self.buyers:
            self.edges["entitlement", "renewed"] += max(0, self.periods(buyer).count() - 1)

    # What people do.

    @rule(data=st.data(), product=st.integers(0, 1), is_paid=st.booleans())
    def buy(self, data, product, is_paid):
        self._check_out("buy", data, product, is_paid=is_paid)

    @rule(data=st.data(), product=st.integers(0, 1), is_paid=st.booleans())
    def buy_with_the_code(self, data, product, is_paid):
        self._check_out("buy with the code", data, product, is_paid=is_paid, code="SPRING")

    @rule(data=st.data(), is_paid=st.booleans())
    def use_the_code_twice(self, data, is_paid):
        self.fired["use the code twice"] += 1
        buyer = data.draw(st.sampled_from(self.buyers))
        for product in (0, 1):
            self._place("use the code twice", buyer, product, is_paid=is_paid, code="SPRING")

    @rule(data=st.data(), product=st.integers(0, 1), is_paid=st.booleans())
    def give(self, data, product, is_paid):
        self._check_out("give", data, product, is_paid=is_paid, gift=operations.GiftWish())

    @rule(data=st.data(), product=st.integers(0, 1))
    def give_to_somebody_who_never_comes(self, data, product):
        self._check_out("give to somebody who never comes", data, product, is_paid=True, gift=operations.GiftWish())
        self.now.shift(timedelta(days=95))
        self._sweep()

    @rule(data=st.data(), product=st.integers(0, 1))
    def give_to_somebody_who_comes(self, data, product):
        self._check_out("give to somebody who comes", data, product, is_paid=True, gift=operations.GiftWish())
        for gift in self.gifts()[:1]:
            self._claim(gift, data.draw(st.sampled_from(self.buyers)))

    @rule(data=st.data())
    def buy_two_months(self, data):
        self.fired["buy two months"] += 1
        buyer = data.draw(st.sampled_from(self.buyers))
        for _ in range(2):
            self._place("buy two months", buyer, 1, is_paid=True)

    def _check_out(self, name, data, product, *, is_paid, **how):
        self.fired[name] += 1
        self._place(name, data.draw(st.sampled_from(self.buyers)), product, is_paid=is_paid, **how)

    def _place(self, name, buyer, product, *, is_paid, **how):
        try:
            _, payment = operations.check_out(
                buyer=buyer, product_ids=[self.products[product].pk], provider="till", **how
            )
        except operations.CouponRefused as refused:
            self.edges["refused", refused.why] += 1
        except (operations.AlreadyOwned, operations.NotPayable):
            pass
        else:
            self.edges.update(("use", state) for state in CouponUse.objects.values_list("state", flat=True))
            if is_paid and payment is not None:
                self._take(payment)

    @precondition(lambda self: self.gifts())
    @rule(data=st.data())
    def claim(self, data):
        self.fired["claim"] += 1
        self._claim(data.draw(st.sampled_from(self.gifts())), data.draw(st.sampled_from(self.buyers)))

    @staticmethod
    def _claim(gift, who):
        before = gift.claimed_by_id
        with contextlib.suppress(operations.GiftGone, operations.AlreadyOwned):
            operations.claim_gift(gift=gift, by=who)
        gift.refresh_from_db()
        assert before in {None, gift.claimed_by_id}

    @precondition(lambda self: self.open_payments())
    @rule(data=st.data())
    def pay(self, data):
        self.fired["pay"] += 1
        self._take(data.draw(st.sampled_from(self.open_payments())))

    def _take(self, payment):
        payment.refresh_from_db()
        if self.till.payments[payment.provider_id].status == Status.OPEN:
            seen = self.till.happens(payment.provider_id, Status.PAID)
            operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)

    @precondition(lambda self: self.orders(OrderState.PLACED))
    @rule(data=st.data())
    def cancel(self, data):
        self.fired["cancel"] += 1
        order = data.draw(st.sampled_from(self.orders(OrderState.PLACED)))
        operations.cancel_order(order=order, by=order.buyer)

    @precondition(lambda self: self.orders(OrderState.PAID))
    @rule(data=st.data())
    def refund(self, data):
        self.fired["refund"] += 1
        order = data.draw(st.sampled_from(self.orders(OrderState.PAID)))
        with contextlib.suppress(operations.OutsideThePolicy):
            operations.request_refund(order=order, by=order.buyer)

    @rule(data=st.data())
    def try_a_tier(self, data):
        self.fired["try a tier"] += 1
        with contextlib.suppress(operations.NoTrial, operations.AlreadyTried):
            operations.start_trial(tier=self.tier, user=data.draw(st.sampled_from(self.buyers)))

    @rule()
    def send_refunds(self):
        self.fired["send refunds"] += 1
        for refund in Refund.objects.filter(state="due").order_by("pk"):
            operations.send_refund(refund_id=refund.pk)

    @rule(hours=st.sampled_from([1, 25, 5 * 24, 28 * 24, 95 * 24]), is_swept=st.booleans())
    def time_passes(self, hours, is_swept):
        self.fired["time passes"] += 1
        self.now.shift(timedelta(hours=hours))
        if is_swept:
            self._sweep()

    @rule(hours=st.sampled_from([1, 30, 9 * 24]))
    def the_clock_goes_back(self, hours):
        self.fired["the clock goes back"] += 1
        self.now.shift(-timedelta(hours=hours))

    @rule()
    def sweep(self):
        self.fired["sweep"] += 1
        self._sweep()

    def _sweep(self):
        operations.expire_orders()
        operations.look_after_entitlements()
        operations.return_gifts()

    # What must always be true.

    @invariant()
    def a_use_follows_its_order(self):
        if not hasattr(self, "coupon"):
            return
        uses = list(CouponUse.objects.select_related("order"))
        self.coupon.refresh_from_db()
        live = [use for use in uses if use.state != UseState.RELEASED]
        assert self.coupon.used == self.coupon.codes.get().used == len(live) <= CAP
        for use in uses:
            expected = {
                OrderState.PLACED: UseState.RESERVED,
                OrderState.CANCELLED: UseState.RELEASED,
                OrderState.EXPIRED: UseState.RELEASED,
            }
            assert use.state == expected.get(use.order.state, UseState.CONFIRMED), (use.state, use.order.state)
        assert max(Counter(use.user_id for use in live).values(), default=0) <= 1

    @invariant()
    def who_holds_something_has_a_cause(self):
        if not hasattr(self, "coupon"):
            return
        for one in Entitlement.objects.filter(ended_at__isnull=True).select_related("line__order"):
            if one.cause == "trial":
                continue
            order, gift = one.line.order, Gift.objects.filter(order=one.line.order).first()
            assert order.state == OrderState.PAID
            assert one.user_id == (gift.claimed_by_id if gift else order.buyer_id)
        trials = Counter(Entitlement.objects.filter(cause="trial").values_list("user", flat=True))
        assert max(trials.values(), default=0) <= 1

    @invariant()
    def no_paid_time_lies_upon_another(self):
        for buyer in getattr(self, "buyers", []):
            spans = list(self.periods(buyer))
            for before, after in itertools.pairwise(spans):
                assert after.starts_at >= before.runs_until, (before.starts_at, before.runs_until, after.starts_at)

    @invariant()
    def the_books_are_right(self):
        if not hasattr(self, "coupon"):
            return
        orders = Order.objects.prefetch_related("lines__reductions")
        for order in orders:
            lines = order.lines.all()
            assert order.total_minor == sum(line.amount_minor for line in lines)
            for line in lines:
                assert line.discount_minor == sum(one.amount_minor for one in line.reductions.all())
        kept = sum(order.total_minor - order.refunded_minor for order in orders if order.state == OrderState.PAID)
        owed = sum(refund.amount_minor for refund in Refund.objects.exclude(state="done"))
        assert self.balance("refunds_due") == owed
        assert self.balance("customers") == -(kept + owed)

    def balance(self, kind):
        return books.balance(AccountName(kind, "till", "CNY"))

    def periods(self, buyer):
        rows = Entitlement.objects.filter(user=buyer, key="tier:reader", ended_at__isnull=True)
        return rows.filter(runs_until__isnull=False).order_by("starts_at", "pk")

    # In an order of their own: as the rows lie on the disk, the same play would draw another one the next time. The newest first, which
    # is drawn most often: of an old gift or order little can be done any more.

    def orders(self, state):
        return list(Order.objects.filter(state=state).order_by("-pk")) if hasattr(self, "coupon") else []

    def gifts(self):
        return list(Gift.objects.filter(expires_at__isnull=False).order_by("-pk")) if hasattr(self, "coupon") else []

    def open_payments(self):
        if not hasattr(self, "coupon"):
            return []
        open_here = {number for number, seen in self.till.payments.items() if seen.status == Status.OPEN}
        return list(Payment.objects.filter(provider_id__in=open_here).order_by("-pk"))


@pytest.mark.commits
def test_the_shop_against_what_must_be_true(own_database, monkeypatch, record_property):
    play(Shop, monkeypatch, examples=60, steps=50, note=record_property)
    seen = {edge for edge, count in Shop.edges.items() if count}
    assert (WANTED_RULES - set(Shop.fired), WANTED_EDGES - seen) == (set(), set())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "broken"),
    [
        ("payments.operations.redeeming.release", lambda *_, **__: None),
        ("payments.operations.periods._others", lambda *_: []),
        ("payments.operations.redeeming.confirm", lambda order: None),
    ],
)
def test_control_a_fault_is_found(monkeypatch, where, broken):
    monkeypatch.setattr(where, broken)
    assert notices(Shop, monkeypatch)
