"""Orders, played at random against a plain model: what is paid, what is given back, who is in, what the books say."""

import contextlib
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from ledger import queries as books
from ledger.rules import AccountName
from payments import operations, providers, rules
from payments.models import Discrepancy, Entitlement, Order, OrderHistory, Payment, Refund
from payments.providers import Status, registry
from payments.tests.machines import World, notices, play
from payments.tests.playing import Killed, Till

pytestmark = pytest.mark.stateful

PRICE, PERCENT = 19900, 80


class Purse(Till):
    name = "purse"


class Orders(World):
    """One buyer, one product, two providers, and a clock; the model is what the two tills hold."""

    def furnish(self):
        self.tills = {"till": Till(), "purse": Purse()}
        for till in self.tills.values():
            providers.register(till)
        self.ada, self.ben = map(self.joined, ("Ada", "Ben"))
        self.product = operations.set_price(
            kind="book", subject="book:1", title="Coffee", amount=PRICE, currency="CNY", creator=self.ada, by=self.ada,
            share_percent=PERCENT,
        )  # fmt: skip
        self.heard = []
        self.today = timezone.now().date()

    def look_back(self):
        self.everything_is_asked_and_sent()
        for before, after, payment in OrderHistory.objects.values_list("before", "after", "payment"):
            self.edges["payment" if payment else "order", before, after] += 1

    def everything_is_asked_and_sent(self):
        """
        The day is over, all tills answer again: they hold what was paid for and not given back, and nothing else.

        That is so whatever was given back there by hand, or taken back by a bank, before what we had decided on arrived.
        """
        for till in self.tills.values():
            till.silent_before = till.silent_after = till.refuses = till.refuses_refunds = False
        for _ in range(3):
            self.now.shift(timedelta(hours=1))
            for name in self.tills:
                operations.reconcile(provider=name, day=self.today)
            operations.ask_again()
            for refund in Refund.objects.filter(state="refused").order_by("pk"):
                operations.retry_refund(refund=refund, by=self.ada)
            for refund in Refund.objects.filter(state="due").order_by("pk"):
                operations.send_refund(refund_id=refund.pk)
        kept = sum(order.total_minor - order.refunded_minor for order in Order.objects.filter(state="paid"))
        seen = [one for till in self.tills.values() for one in till.payments.values()]
        known = set(Payment.objects.exclude(provider_id=None).values_list("provider_id", flat=True))
        # A till that lost its answer and then said no holds money under a number that we never heard: that is an alert.
        strays = {one.provider_id for one in seen if one.took_money and one.provider_id not in known}
        assert strays <= set(Discrepancy.objects.filter(kind="unknown").values_list("number", flat=True))
        kept_there = [one for one in seen if one.status in {Status.PAID, Status.REFUNDED} and one.provider_id in known]
        held = sum(one.amount - one.refunded for one in kept_there)
        assert (held, Refund.objects.exclude(state="done").count()) == (kept, 0)
        self.the_books_are_right()

    # What the world does.

    @rule(provider=st.sampled_from(["till", "purse"]))
    def check_out(self, provider):
        self.fired["check out"] += 1
        self._check_out(provider)

    @rule(provider=st.sampled_from(["till", "purse"]))
    def check_out_and_leave_for_the_till(self, provider):
        """The most ordinary thing, so that it happens more often than all that goes wrong."""
        self.fired["check out"] += 1
        self._check_out(provider)

    @rule(
        trouble=st.sampled_from(["silent_before", "silent_after", "refuses", "dies"]),
        minutes=st.sampled_from([0, 0, 1]),
    )
    def check_out_in_trouble(self, trouble, minutes):
        self.fired["check out in trouble"] += 1
        setattr(self.tills["till"], trouble, True)
        with contextlib.suppress(Killed):
            self._check_out("till")
        self.now.shift(timedelta(minutes=minutes))
        setattr(self.tills["till"], trouble, False)
        operations.ask_again()

    @rule(luck=st.integers(0, 2))
    def check_out_and_die_and_give_the_order_up(self, luck):
        if luck:
            return
        self.fired["check out and die and give the order up"] += 1
        self.tills["till"].dies = True
        with contextlib.suppress(Killed):
            self._check_out("till")
        self.tills["till"].dies = False
        for order in Order.objects.filter(state="placed").order_by("pk"):
            operations.cancel_order(order=order, by=self.ben)

    def _check_out(self, provider):
        try:
            operations.check_out(buyer=self.ben, product_ids=[self.product.pk], provider=provider)
        except (operations.AlreadyOwned, operations.NotPayable):
            assert self.is_in() or self.latest().state == "placed"

    @precondition(lambda self: self.payable())
    @rule(data=st.data(), is_told=st.booleans())
    def pay(self, data, is_told):
        self.fired["pay"] += 1
        till, number = data.draw(st.sampled_from(self.payable()))
        self.happens(till, number, Status.PAID, is_told=is_told)

    @precondition(lambda self: self.payable())
    @rule(data=st.data(), is_told=st.booleans())
    def decline(self, data, is_told):
        self.fired["decline"] += 1
        till, number = data.draw(st.sampled_from(self.payable()))
        self.happens(till, number, Status.DECLINED, is_told=is_told)

    @precondition(lambda self: self.payable())
    @rule(data=st.data())
    def try_another_card(self, data):
        self._try_another_card(data, off=0)

    @precondition(lambda self: self.payable())
    @rule(data=st.data())
    def try_another_card_that_pays_another_amount(self, data):
        self._try_another_card(data, off=1)

    def _try_another_card(self, data, *, off):
        self.fired["try another card"] += 1
        till, number = data.draw(st.sampled_from(self.payable()))
        self.happens(till, number, Status.DECLINED, is_told=True)
        self.happens(till, number, Status.PAID, is_told=True, amount=PRICE + off)

    @rule(luck=st.integers(0, 2))
    def check_out_and_hear_a_no_much_later(self, luck):
        if luck:
            return
        self.fired["check out and hear a no much later"] += 1
        self.tills["till"].silent_before = True
        self._check_out("till")
        self.tills["till"].silent_before, self.tills["till"].refuses = False, True
        self.now.shift(timedelta(minutes=1))
        operations.ask_again()
        self.tills["till"].refuses = False

    @precondition(lambda self: self.payable())
    @rule(data=st.data(), off=st.sampled_from([-1, 1]), is_told=st.booleans())
    def pay_another_amount(self, data, off, is_told):
        self.fired["pay another amount"] += 1
        till, number = data.draw(st.sampled_from(self.payable()))
        self.happens(till, number, Status.PAID, is_told=is_told, amount=PRICE + off)

    @precondition(lambda self: self.paid())
    @rule(data=st.data())
    def dispute(self, data):
        self.fired["dispute"] += 1
        till, number = data.draw(st.sampled_from(self.paid()))
        self.happens(till, number, Status.DISPUTED, is_told=True)

    @precondition(lambda self: self.paid())
    @rule(data=st.data(), part=st.integers(1, PRICE))
    def give_back_at_the_provider(self, data, part):
        self.fired["give back at the provider"] += 1
        till, number = data.draw(st.sampled_from(self.paid()))
        self.heard.append((till, self.give_back(till, number, part)))

    def give_back(self, till, number, part):
        seen = self.tills[till].payments[number]
        return self.tills[till].give_back(number, min(part, seen.amount - seen.refunded))

    @precondition(lambda self: self.heard)
    @rule(data=st.data())
    def hear(self, data):
        """Any message of before arrives: late, again, in whatever order."""
        self.fired["hear"] += 1
        self.hear_of(*data.draw(st.sampled_from(self.heard)))

    def happens(self, till, number, status, *, is_told, **changes):
        seen = self.tills[till].happens(number, status, **changes)
        self.heard.append((till, seen))
        if is_told:
            self.hear_of(till, seen)
            operations.ask_again()

    def hear_of(self, till, seen):
        payment = Payment.objects.filter(provider=till, provider_id=seen.provider_id).first()
        if payment is not None:
            operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)

    @precondition(lambda self: self.has("placed"))
    @rule(luck=st.integers(0, 2))
    def cancel(self, luck):
        if luck:
            return
        self.fired["cancel"] += 1
        self.cancel_order()

    def cancel_order(self):
        """Give up whatever waits."""
        for order in Order.objects.filter(state="placed").order_by("pk"):
            operations.cancel_order(order=order, by=self.ben)

    def at(self, till):
        """The number of the latest payment at a till."""
        return list(self.tills[till].payments)[-1]

    @precondition(lambda self: self.has("paid"))
    @rule()
    def refund(self):
        self.fired["refund"] += 1
        for order in Order.objects.filter(state="paid").order_by("pk"):
            operations.request_refund(order=order, by=self.ben)

    @precondition(lambda self: self.has("paid"))
    @rule()
    def refund_and_dispute_before_it_arrives(self):
        self.fired["refund and dispute before it arrives"] += 1
        payment = Payment.objects.get(order__state="paid", counted_at__isnull=False)
        operations.request_refund(order=payment.order, by=self.ben)
        if self.tills[payment.provider].payments[payment.provider_id].status == Status.PAID:
            self.happens(payment.provider, payment.provider_id, Status.DISPUTED, is_told=True)

    @precondition(lambda self: self.has("paid"))
    @rule(part=st.integers(1, PRICE), decided=st.integers(1, PRICE), is_told=st.booleans())
    def refund_while_somebody_gives_back_by_hand(self, part, decided, is_told):
        """The school decides at the desk, and gives back at the console before that is sent."""
        self.fired["refund while somebody gives back by hand"] += 1
        payment = Payment.objects.get(order__state="paid", counted_at__isnull=False)
        seen = self.tills[payment.provider].payments[payment.provider_id]
        left = payment.order.total_minor - payment.order.refunded_minor
        operations.refund_as_staff(order=payment.order, amount=min(decided, left), by=self.ada, reason="kindness")
        if seen.status == Status.PAID:
            self.heard.append((payment.provider, self.give_back(payment.provider, payment.provider_id, part)))
            if is_told:
                self.hear_of(*self.heard[-1])

    @precondition(lambda self: self.has("paid"))
    @rule(part=st.integers(1, PRICE))
    def refund_in_part(self, part):
        self.fired["refund in part"] += 1
        for order in Order.objects.filter(state="paid").order_by("pk"):
            amount = min(part, order.total_minor - order.refunded_minor)
            operations.refund_as_staff(order=order, amount=amount, by=self.ada, reason="kindness")

    @precondition(lambda self: self.is_owed("due"))
    @rule(refuses=st.booleans())
    def send_refunds(self, refuses):
        self.fired["send refunds"] += 1
        for till in self.tills.values():
            till.refuses_refunds = refuses
        for refund in Refund.objects.filter(state="due").order_by("pk"):
            operations.send_refund(refund_id=refund.pk)

    @precondition(lambda self: self.is_owed("refused"))
    @rule()
    def retry_refunds(self):
        self.fired["retry refunds"] += 1
        for refund in Refund.objects.filter(state="refused").order_by("pk"):
            operations.retry_refund(refund=refund, by=self.ada)

    @rule(minutes=st.sampled_from([1, 60, 25 * 60]))
    def time_passes(self, minutes):
        self.fired["time passes"] += 1
        self.now.shift(timedelta(minutes=minutes))
        operations.ask_again()
        operations.expire_orders()

    # What must always be true.

    @invariant()
    def who_is_in_has_paid(self):
        if not hasattr(self, "ben"):
            return
        open_orders = set(Order.objects.filter(state="paid").values_list("pk", flat=True))
        assert set(Entitlement.objects.live().values_list("line__order_id", flat=True)) == open_orders
        assert len(open_orders) <= 1

    @invariant()
    def nothing_is_given_back_twice(self):
        for till in getattr(self, "tills", {}).values():
            assert all(seen.refunded <= seen.amount for seen in till.payments.values())

    @invariant()
    def refunds_are_the_sum_of_their_parts(self):
        if not hasattr(self, "ben"):
            return
        counted = Refund.objects.filter(payment__counted_at__isnull=False)
        sums = counted.annotate(parts_sum=Sum("parts__amount_minor")).values_list("amount_minor", "parts_sum")
        assert [pair for pair in sums if pair[0] != pair[1]] == []

    @invariant()
    def the_books_are_right(self):
        if not hasattr(self, "ada"):
            return
        kept = sum(order.total_minor - order.refunded_minor for order in Order.objects.filter(state="paid"))
        shares = sum(
            (order.total_minor - order.refunded_minor) * PERCENT // 100 for order in Order.objects.filter(state="paid")
        )
        assert self.balance("creator", f"user:{self.ada.pk}") == shares
        fees = sum(payment.fee_minor for payment in Payment.objects.all())
        assert self.balance("platform", "house") == kept - shares - fees
        unsent = Refund.objects.exclude(state="done")
        owed = sum(refund.amount_minor for refund in unsent)
        assert sum(self.balance("refunds_due", till) for till in self.tills) == owed
        assert sum(self.balance("customers", till) for till in self.tills) == -(kept + owed)

    def balance(self, kind, owner):
        return books.balance(AccountName(kind, owner, "CNY"))

    def has(self, state):
        return hasattr(self, "ben") and Order.objects.filter(state=state).exists()

    def is_owed(self, state):
        return hasattr(self, "ben") and Refund.objects.filter(state=state).exists()

    def is_in(self):
        return Entitlement.objects.live().filter(user=self.ben).exists()

    def latest(self):
        return Order.objects.order_by("-pk").first()

    def payable(self):
        return self._at_tills({Status.OPEN, Status.DECLINED})

    def paid(self):
        return self._at_tills({Status.PAID})

    def _at_tills(self, statuses):
        tills = getattr(self, "tills", {})
        return [
            (name, number)
            for name, till in tills.items()
            for number, seen in till.payments.items()
            if seen.status in statuses
        ]


BEGINNING = {("order", "", "placed")}
TABLES = {"order": rules.ORDER_EDGES, "payment": rules.PAYMENT_EDGES}
KNOWN = {
    (what, str(before), str(after))
    for what, table in TABLES.items()
    for before, afters in table.items()
    for after in afters
}


# Each walk ends with its edge; what it needs on the way are edges that other walks end with.


def opened(m):
    m.check_out("till")
    return m.at("till")


def told_of(m, status, **changes):
    m.happens("till", m.at("till"), status, is_told=True, **changes)


def in_trouble(m, trouble, then):
    """The till is in trouble while the buyer checks out; ``then`` happens a minute later, when it is well again."""
    setattr(m.tills["till"], trouble, True)
    with contextlib.suppress(Killed):
        m._check_out("till")
    setattr(m.tills["till"], trouble, False)
    then(m)


def a_minute_later(m):
    m.now.shift(timedelta(minutes=1))
    operations.ask_again()


def refused_a_minute_later(m):
    m.tills["till"].refuses = True
    a_minute_later(m)


def cancelled(m):
    m.cancel_order()


def nothing(m):
    """What was to be seen has happened already."""


def given_up(m, *statuses):
    """The buyer gave the order up, and its page at the till was still open."""
    opened(m)
    cancelled(m)
    for status, changes in statuses:
        told_of(m, status, **changes)


PAID, DECLINED, DISPUTED = (Status.PAID, {}), (Status.DECLINED, {}), (Status.DISPUTED, {})
ANOTHER_AMOUNT = (Status.PAID, {"amount": PRICE + 1})


def goes(m, *statuses):
    opened(m)
    for status, changes in statuses:
        told_of(m, status, **changes)


WALKS = {
    ("order", "placed", "paid"): lambda m: goes(m, PAID),
    ("order", "placed", "cancelled"): given_up,
    ("order", "placed", "expired"): lambda m: (opened(m), m.time_passes(25 * 60)),
    ("order", "paid", "refunded"): lambda m: (goes(m, PAID), m.refund()),
    ("order", "paid", "disputed"): lambda m: goes(m, PAID, DISPUTED),
    ("order", "refunded", "disputed"): lambda m: (goes(m, PAID), m.refund_and_dispute_before_it_arrives()),
    ("payment", "started", "open"): opened,
    ("payment", "started", "unknown"): lambda m: in_trouble(m, "silent_before", nothing),
    ("payment", "started", "refused"): lambda m: in_trouble(m, "refuses", nothing),
    ("payment", "started", "abandoned"): lambda m: in_trouble(m, "dies", cancelled),
    ("payment", "unknown", "open"): lambda m: in_trouble(m, "silent_before", a_minute_later),
    ("payment", "unknown", "refused"): lambda m: in_trouble(m, "silent_before", refused_a_minute_later),
    ("payment", "unknown", "abandoned"): lambda m: in_trouble(m, "silent_after", cancelled),
    ("payment", "open", "declined"): lambda m: goes(m, DECLINED),
    ("payment", "open", "abandoned"): given_up,
    ("payment", "open", "paid"): lambda m: goes(m, PAID),
    ("payment", "open", "mismatched"): lambda m: goes(m, ANOTHER_AMOUNT),
    ("payment", "declined", "abandoned"): lambda m: (goes(m, DECLINED), cancelled(m)),
    ("payment", "declined", "paid"): lambda m: goes(m, DECLINED, PAID),
    ("payment", "declined", "mismatched"): lambda m: goes(m, DECLINED, ANOTHER_AMOUNT),
    ("payment", "abandoned", "paid"): lambda m: given_up(m, PAID),
    ("payment", "abandoned", "mismatched"): lambda m: given_up(m, ANOTHER_AMOUNT),
    ("payment", "paid", "refunded"): lambda m: (goes(m, PAID), m.refund()),
    ("payment", "paid", "disputed"): lambda m: goes(m, PAID, DISPUTED),
    ("payment", "mismatched", "refunded"): lambda m: goes(m, ANOTHER_AMOUNT),
    ("payment", "refunded", "disputed"): lambda m: (goes(m, PAID), m.refund_and_dispute_before_it_arrives()),
}


def test_every_edge_of_the_tables_has_its_walk():
    assert set(WALKS) == KNOWN


@pytest.mark.django_db
@pytest.mark.parametrize("edge", WALKS, ids=" ".join)
def test_the_walk_takes_its_edge_and_leaves_the_books_right(monkeypatch, edge):
    monkeypatch.setattr(registry, "_known", {})
    Orders.edges.clear()
    machine = Orders()
    machine.begin()
    try:
        WALKS[edge](machine)
        for look in (machine.who_is_in_has_paid, machine.nothing_is_given_back_twice, machine.the_books_are_right):
            look()
    finally:
        machine.teardown()
    assert edge in Orders.edges
    assert set(Orders.edges) - BEGINNING <= KNOWN


@pytest.mark.slow
@pytest.mark.commits
@pytest.mark.timeout(1_800)
def test_orders_against_a_plain_model(own_database, monkeypatch, record_property):
    """Play at random; edges that chance has left out are walked afterwards, and none may be left then."""
    play(Orders, monkeypatch, examples=200, steps=50, note=record_property)
    by_chance = set(Orders.edges)
    record_property("edges walked", ", ".join(map(" ".join, sorted(KNOWN - by_chance))) or "none")
    assert by_chance - BEGINNING <= KNOWN
    for edge in sorted(KNOWN - by_chance):
        test_the_walk_takes_its_edge_and_leaves_the_books_right(monkeypatch, edge)
    assert len(by_chance & KNOWN) >= len(KNOWN) * 3 // 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "broken"),
    [
        ("payments.operations.arriving._send_back", lambda payment, cause: None),
        ("payments.operations.refunding.hear_of", lambda **_: None),
        ("payments.operations.refunding._went_by_hand", lambda *_: 0),
        ("payments.operations.moving.end_lines", lambda lines, **_: None),
        ("payments.operations.bookkeeping.book_decided", lambda **_: None),
    ],
)
def test_control_a_fault_is_found(monkeypatch, where, broken):
    monkeypatch.setattr(where, broken)
    assert notices(Orders, monkeypatch)
