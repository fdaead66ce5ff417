"""Subscriptions, played at random against what their provider holds: late, repeated and lost messages end where it stands."""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from ledger import queries as books
from ledger.rules import AccountName
from payments import operations, providers, rules
from payments.models import Entitlement, Order, Payment, Subscription, Tier
from payments.operations import renewing
from payments.providers import Standing
from payments.tests.machines import World, notices, play
from payments.tests.renewing import Kiosk
from payments.tests.test_subscriptions import send

pytestmark = [pytest.mark.stateful, pytest.mark.slow, pytest.mark.timeout(600)]

PRICE = 3900
SUBSCRIPTION = {"active": Standing.ACTIVE, "late": Standing.LATE, "ended": Standing.ENDED}


class Subscriptions(World):
    """One member, one plan, one kiosk, and a clock; the model is what the kiosk holds."""

    def furnish(self):
        self.kiosk, self.heard, self.states = Kiosk(), [], {}
        providers.register(self.kiosk)
        self.ada, self.ben = map(self.joined, ("Ada", "Ben"))
        tier = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
        self.plan = operations.set_plan(tier=tier, period="month", amount=PRICE, currency="CNY", by=self.ada)

    def look_back(self):
        """Once all is sent and asked, we hold what the kiosk holds, to the cent; what was given back is not taken again."""
        for _ in range(2):
            send()
            for one in Subscription.objects.all():
                operations.catch_up(subscription=one)
        for one in Subscription.objects.all():
            told = self.kiosk.subs[one.provider_id]
            assert (SUBSCRIPTION[one.state], one.wish) == (told.standing, "")
            if told.standing is not Standing.ENDED:
                assert (one.cancelled_at is not None) is told.is_stopped
            paid = Payment.objects.filter(subscription=one, captured_minor__gt=0).order_by("pk")
            assert paid.count() == 1 + len(told.renewals)
            if paid.last().order.state == "refunded":
                assert told.standing is Standing.ENDED
        kept = sum(seen.amount - seen.refunded for seen in self.kiosk.payments.values() if seen.took_money)
        assert books.balance(AccountName("customers", "kiosk", "CNY")) == -kept

    def sub(self, *standings):
        """The number of the subscription that the member has now, where it stands so at the kiosk."""
        living = [number for number, told in getattr(self, "kiosk", Kiosk()).subs.items() if told.standing in standings]
        return living[-1] if living else None

    def row(self):
        return Subscription.objects.filter(provider_id=self.sub(Standing.ACTIVE, Standing.LATE)).first()

    @precondition(lambda self: not self.sub(Standing.ACTIVE, Standing.LATE))
    @rule()
    def subscribe(self):
        self.fired["subscribe"] += 1
        try:
            _, payment = operations.check_out(
                buyer=self.ben, product_ids=[self.plan.pk], provider="kiosk", is_recurring=True
            )
        except operations.AlreadyOwned:
            return
        seen = self.kiosk.subscribe(payment.provider_id)
        operations.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)

    @precondition(lambda self: self.sub(Standing.ACTIVE, Standing.LATE))
    @rule(is_told=st.booleans())
    def renew(self, is_told):
        self.fired["renew"] += 1
        self.tell(self.kiosk.renew(self.sub(Standing.ACTIVE, Standing.LATE)), is_told)

    @precondition(lambda self: self.sub(Standing.ACTIVE, Standing.LATE))
    @rule(is_told=st.booleans())
    def fail(self, is_told):
        self.fired["fail"] += 1
        self.tell(self.kiosk.fail(self.sub(Standing.ACTIVE, Standing.LATE)), is_told)

    @precondition(lambda self: self.sub(Standing.ACTIVE, Standing.LATE))
    @rule(is_told=st.booleans(), stops=st.booleans())
    def stop_there(self, is_told, stops):
        self.fired["stop there"] += 1
        self.tell(self.kiosk.stop(self.sub(Standing.ACTIVE, Standing.LATE), stops=stops), is_told)

    @precondition(lambda self: self.sub(Standing.LATE))
    @rule(is_told=st.booleans())
    def given_up_there(self, is_told):
        self.fired["given up there"] += 1
        self.tell(self.kiosk.end(self.sub(Standing.LATE)), is_told)

    @precondition(lambda self: self.row() if hasattr(self, "ben") else None)
    @rule(stops=st.booleans())
    def the_member_wishes(self, stops):
        self.fired["the member wishes"] += 1
        one = self.row()
        if stops:
            operations.stop_subscription(subscription=one, by=self.ben)
        elif one.state != "ended":
            operations.resume_subscription(subscription=one, by=self.ben)

    @precondition(lambda self: hasattr(self, "ben") and Order.objects.filter(state="paid").exists())
    @rule()
    def give_the_latest_back(self):
        self.fired["give the latest back"] += 1
        order = Order.objects.filter(state="paid").latest("pk")
        operations.refund_as_staff(order=order, amount=PRICE, by=self.ada, reason="kindness")

    @precondition(lambda self: getattr(self, "heard", None))
    @rule(data=st.data())
    def hear(self, data):
        """Any message of before arrives: late, again, in whatever order."""
        self.fired["hear"] += 1
        self.tell(data.draw(st.sampled_from(self.heard)), is_told=True)

    @rule()
    def send_what_is_due(self):
        self.fired["send what is due"] += 1
        send()

    @rule(days=st.sampled_from([1, 8, 30, 40]))
    def time_passes(self, days):
        self.fired["time passes"] += 1
        self.now.shift(timedelta(days=days))
        operations.look_after_entitlements()

    def tell(self, notice, is_told):
        self.heard.append(notice)
        if is_told:
            renewing.hear(provider=self.kiosk, notice=notice)

    @invariant()
    def states_follow_their_table(self):
        for pk, state in Subscription.objects.values_list("pk", "state"):
            before = self.states.get(pk, "active")
            self.states[pk] = state
            if state != before:
                self.edges[before, state] += 1

    @invariant()
    def who_is_in_has_paid(self):
        if hasattr(self, "ben"):
            orders = Entitlement.objects.live().values("line__order")
            assert not Order.objects.filter(pk__in=orders).exclude(state="paid").exists()

    @invariant()
    def no_receipt_is_given_twice(self):
        if hasattr(self, "ben"):
            numbers = list(Order.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True))
            assert len(numbers) == len(set(numbers)) == Order.objects.exclude(paid_at=None).count()


KNOWN = {(str(before), str(after)) for before, afters in rules.SUBSCRIPTION_EDGES.items() for after in afters}


@pytest.mark.commits
def test_subscriptions_against_what_the_provider_holds(own_database, monkeypatch, record_property):
    play(Subscriptions, monkeypatch, examples=60, steps=50, note=record_property)
    assert set(Subscriptions.edges) == KNOWN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "broken"),
    [
        ("payments.operations.subscribing.leave", lambda order: None),
        ("payments.operations.renewing._renew", lambda *_: False),
        ("payments.operations.subscribing.fulfil_wish", lambda **_: None),
    ],
)
def test_control_a_fault_is_found(monkeypatch, where, broken):
    monkeypatch.setattr(where, broken)
    assert notices(Subscriptions, monkeypatch)
