"""A provider's list of a day against our books: what nobody told us is found, and what differs is an alert."""

import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.admin import site
from django.core.management import call_command
from django.utils import timezone

from core.audit.models import AuditEntry
from ledger.verification import verify
from payments import operations
from payments.admin.reconciling import WHAT_TO_DO, DiscrepancyAdmin
from payments.enums import Difference
from payments.models import Discrepancy, Entitlement, Order, Payment, Refund
from payments.providers import Listed, Status
from payments.tasks import reconcile_yesterday

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.now().date()


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL, logger="payments.operations.reconciling")


def open_ones():
    return sorted(Discrepancy.objects.filter(settled_at=None).values_list("kind", "ours_minor", "theirs_minor"))


def reconcile(today):
    return operations.reconcile(provider="till", day=today)


def test_where_both_agree_there_is_silence(bought, sell, ben, today):
    bought(ben, sell())
    assert (reconcile(today), Discrepancy.objects.count()) == (0, 0)


def test_a_capture_that_nobody_heard_of_is_found_and_opens(begin, sell, ben, till, today, balance):
    _order, payment = begin(ben, sell())
    till.happens(payment.provider_id, Status.PAID)
    assert (reconcile(today), Order.objects.get().state, Entitlement.objects.live().count()) == (0, "paid", 1)
    found = Discrepancy.objects.get()
    assert (found.kind, found.payment_id, found.theirs_minor, found.settled_at is None) == (
        "unheard",
        payment.pk,
        19900,
        False,
    )
    assert balance("customers", "till") == -19900


def test_again_and_again_is_harmless(begin, sell, ben, till, today):
    _, payment = begin(ben, sell())
    till.happens(payment.provider_id, Status.PAID)
    assert [reconcile(today) for _ in range(3)] == [0, 0, 0]
    assert (Discrepancy.objects.count(), Entitlement.objects.count()) == (1, 1)


def test_money_for_nothing_that_we_know(bought, sell, ben, till, today):
    _, payment = bought(ben, sell())
    till.payments["till_strange"] = till.payments[payment.provider_id].__class__(
        account="acct_till", provider_id="till_strange", reference="X", amount=500, currency="CNY", status=Status.PAID
    )
    assert (reconcile(today), open_ones()) == (1, [("unknown", 0, 500)])


def test_what_we_hold_to_be_taken_and_the_provider_does_not(bought, sell, ben, till, today):
    _, payment = bought(ben, sell())
    till.happens(payment.provider_id, Status.OPEN)
    assert (reconcile(today), open_ones()) == (1, [("missing", 19900, 0)])


def test_another_amount(bought, sell, ben, till, today):
    _, payment = bought(ben, sell())
    till.happens(payment.provider_id, Status.PAID, amount=19800)
    assert (reconcile(today), open_ones()) == (1, [("amount", 19900, 19800)])


def test_what_was_given_back_by_hand_is_taken_in(bought, sell, ben, till, today):
    _order, payment = bought(ben, sell())
    till.give_back(payment.provider_id, 19900)
    assert (reconcile(today), Order.objects.get().state, Entitlement.objects.live().count()) == (0, "refunded", 0)


class TestWhereOnlyTheListTellsWhatWentBack:
    """WeChat says of a payment that something went back and not how much; its list of the day does."""

    @pytest.fixture(autouse=True)
    def silent(self, till, monkeypatch):
        monkeypatch.setattr(till, "tells_returned", False, raising=False)
        monkeypatch.setattr(
            till, "fetch", lambda *, provider_id: replace(till.payments[provider_id], status=Status.PAID, refunded=0)
        )

    @pytest.fixture
    def listed(self, till, monkeypatch):
        """The list of a day tells what went back that day, and nothing of the days before."""

        def tell(payment, returned):
            seen = till.payments[payment.provider_id]
            line = Listed(reference=seen.reference, provider_id=seen.provider_id, currency="CNY", returned=returned)
            monkeypatch.setattr(till, "listed", lambda day: [line])

        return tell

    def refunds(self):
        return sorted(Refund.objects.values_list("amount_minor", "cause", "state"))

    def test_the_list_is_believed(self, bought, sell, ben, till, today, listed):
        _order, payment = bought(ben, sell())
        till.give_back(payment.provider_id, 5000)
        listed(payment, 5000)
        assert [reconcile(today) for _ in range(2)] == [0, 0]
        assert self.refunds() == [(5000, "provider", "done")]

    def test_what_was_on_its_way_is_made_smaller_and_sent(
        self, bought, sell, ben, till, today, listed, worker, balance
    ):
        order, payment = bought(ben, sell())
        operations.request_refund(order=order, by=ben)
        till.give_back(payment.provider_id, 5000)
        worker()
        assert self.refunds() == [(19900, "request", "refused")]
        listed(payment, 5000)
        assert reconcile(today) == 0
        worker()
        assert self.refunds() == [(5000, "provider", "done"), (14900, "request", "done")]
        assert (till.payments[payment.provider_id].refunded, balance("customers", "till")) == (19900, 0)

    def test_after_one_of_ours_on_another_day_too(self, bought, sell, ada, ben, till, today, listed, worker, clock):
        order, payment = bought(ben, sell())
        operations.refund_as_staff(order=order, amount=3000, by=ada, reason="kindness")
        worker()
        clock.shift(timedelta(days=3))
        till.give_back(payment.provider_id, 2000)
        listed(payment, 2000)
        assert reconcile(today + timedelta(days=3)) == 0
        assert self.refunds() == [(2000, "provider", "done"), (3000, "staff", "done")]

    def test_ours_in_the_list_of_its_day_is_nothing_new(self, bought, sell, ada, ben, today, listed, worker):
        order, payment = bought(ben, sell())
        operations.refund_as_staff(order=order, amount=3000, by=ada, reason="kindness")
        worker()
        listed(payment, 3000)
        assert (reconcile(today), self.refunds()) == (0, [(3000, "staff", "done")])

    def test_more_than_was_taken_is_an_alert(self, bought, sell, ben, today, listed):
        _order, payment = bought(ben, sell())
        listed(payment, 20000)
        assert (reconcile(today), open_ones()) == (1, [("returned", 19900, 20000)])


def test_the_fee_is_booked_as_the_list_says(bought, sell, ben, till, today, balance):
    _, payment = bought(ben, sell())
    till.happens(payment.provider_id, Status.PAID, fee=250)
    reconcile(today), reconcile(today)
    assert (Payment.objects.get().fee_minor, balance("provider_fees", "till")) == (250, 250)
    assert [label for label, finding in verify() if finding.violations] == []


def test_the_desk_says_how_much_and_what_to_do(bought, sell, ben, till, today):
    _, payment = bought(ben, sell())
    till.happens(payment.provider_id, Status.OPEN)
    reconcile(today)
    found, desk = Discrepancy.objects.get(), DiscrepancyAdmin(Discrepancy, site)
    assert (desk.ours(found), desk.theirs(found)) == ("¥199.00", "¥0.00")
    assert "nothing closes by itself" in desk.what_to_do(found)
    assert str(found).startswith("in our books, and not at the provider · ")
    assert set(WHAT_TO_DO) == set(Difference.values)


def test_settling_is_on_record(bought, sell, ben, till, today, ada):
    _, payment = bought(ben, sell())
    till.happens(payment.provider_id, Status.OPEN)
    reconcile(today)
    for _ in range(2):
        operations.settle_discrepancy(discrepancy=Discrepancy.objects.get(), by=ada)
    assert (open_ones(), reconcile(today)) == ([], 0)
    assert AuditEntry.objects.filter(act="payments.settle_discrepancy").count() == 1


def test_a_payment_that_we_heard_of_after_midnight_is_not_missed(bought, sell, ben, till, today, monkeypatch):
    bought(ben, sell())
    monkeypatch.setattr(till, "listed", lambda day: [])
    assert (reconcile(today), reconcile(today + timedelta(days=1))) == (0, 0)


class TestWhichDayIsOver:
    """At eight in the evening of 31 January in London it is 1 February in Shanghai: each list has the day of its own clock."""

    @pytest.fixture(autouse=True)
    def evening(self, clock):
        clock.move_to(datetime(2026, 1, 31, 20, tzinfo=UTC), tick=False)

    @pytest.fixture(params=[("UTC", date(2026, 1, 30)), ("Asia/Shanghai", date(2026, 1, 31))], ids=["UTC", "Shanghai"])
    def over(self, request, till, monkeypatch):
        """The day that was over last where the till keeps its list."""
        zone, day = request.param
        monkeypatch.setattr(till, "time_zone", zone, raising=False)
        return day

    def asked(self, till):
        return [day for name, day in till.calls if name == "listed"]

    def test_by_hand_it_is_the_last_whole_one(self, till, over, capsys):
        call_command("reconcile")
        assert (self.asked(till), f"till       {over}    0 open" in capsys.readouterr().out) == ([over], True)

    def test_every_night_it_is_the_last_two(self, till, over):
        reconcile_yesterday()
        assert self.asked(till) == [over, over - timedelta(days=1)]

    def test_a_day_that_is_named_is_the_same_for_all(self, till, over):
        call_command("reconcile", "--day", "2026-01-02")
        assert self.asked(till) == [date(2026, 1, 2)]
