"""Payouts that leave together: gathered once, transferred by one file, noted as paid by one act, all or nothing."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from core.audit.models import AuditEntry
from payments import operations, queries
from payments.admin import PayoutAdmin, PayoutBatchAdmin
from payments.models import Payment, Payout, PayoutBatch
from payments.operations import BatchOver, InABatch, NeedsAnother, NoLongerCovered, NoPayee, OwnPayout
from payments.providers import Status
from payments.rules import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def teachers(member):
    """Three who have each sold something; the name of the second would be a formula in a spreadsheet."""
    return [member(name) for name in ("Gus", "Hal", "Ivy")]


@pytest.fixture
def asked(teachers, ben, sell, bought, clock):
    """What each of them has asked for, ¥150 apiece, cleared."""
    for number, teacher in enumerate(teachers):
        name = "=HYPERLINK(1)" if number == 1 else f"{teacher.name} Lin"
        operations.set_payee(user=teacher, way="bank", name=name, number=f"622202000000{number}", bank="Play Bank")
        bought(ben, sell(f"course:{80 + number}", 20000, creator=teacher))
    clock.shift(timedelta(days=15))
    return [operations.ask_for_payout(creator=one, amount=15000, currency="CNY") for one in teachers]


@pytest.fixture
def approved(asked, eli):
    return [operations.approve_payout(payout=one, by=eli) for one in asked]


@pytest.fixture
def batch(approved, eli):
    [made] = operations.gather_payouts(payouts=approved, by=eli)
    return made


def standing():
    return list(Payout.objects.order_by("pk").values_list("state", "batch"))


class TestGathering:
    def test_what_is_approved_goes_into_one_batch_on_record(self, approved, batch, eli):
        assert standing() == [("approved", batch.pk)] * 3
        entry = AuditEntry.objects.get(act="payments.make_batch")
        assert (entry.actor_id, entry.subject, entry.after) == (
            eli.pk, f"batch:{batch.pk}", {"payouts": [one.pk for one in approved], "amount": 45000, "currency": "CNY"},
        )  # fmt: skip

    def test_each_currency_and_way_is_a_batch_of_its_own(self, approved, eli, teachers, ben, sell, bought, clock):
        Payout.objects.filter(pk=approved[2].pk).update(way="alipay")
        bought(ben, sell("course:90", 20000, creator=teachers[0], currency="USD"))
        clock.shift(timedelta(days=15))
        dollars = operations.ask_for_payout(creator=teachers[0], amount=10000, currency="USD")
        dollars = operations.approve_payout(payout=dollars, by=eli)
        made = operations.gather_payouts(payouts=[*approved, dollars], by=eli)
        found = [(one.currency, one.way, one.payouts.count()) for one in made]
        assert found == [("CNY", "alipay", 1), ("CNY", "bank", 2), ("USD", "bank", 1)]

    def test_nothing_is_gathered_where_one_is_not_approved(self, asked, eli):
        for one in asked[:2]:
            operations.approve_payout(payout=one, by=eli)
        with pytest.raises(NotAllowed):
            operations.gather_payouts(payouts=asked, by=eli)
        assert (standing(), PayoutBatch.objects.count()) == ([("approved", None)] * 2 + [("asked", None)], 0)

    def test_nothing_is_gathered_twice(self, approved, batch, eli):
        with pytest.raises(NotAllowed):
            operations.gather_payouts(payouts=approved[:1], by=eli)
        assert PayoutBatch.objects.count() == 1

    def test_not_ones_own(self, approved, teachers):
        with pytest.raises(OwnPayout):
            operations.gather_payouts(payouts=approved, by=teachers[1])

    def test_not_what_refunds_have_eaten(self, approved, eli, teachers):
        from payments.models import Order

        order = Order.objects.get(lines__creator=teachers[0])
        operations.refund_as_staff(order=order, amount=20000, by=eli, reason="kindness")
        with pytest.raises(NoLongerCovered):
            operations.gather_payouts(payouts=approved, by=eli)

    def test_not_to_whoever_was_erased(self, approved, eli):
        Payout.objects.filter(pk=approved[0].pk).update(sealed="")
        with pytest.raises(NoPayee):
            operations.gather_payouts(payouts=approved, by=eli)

    def test_the_database_keeps_out_what_is_not_approved(self, asked, batch):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payout.objects.filter(pk=asked[0].pk).update(state="held")


class TestPaying:
    def test_all_of_it_is_paid_by_one_act_and_booked_once(self, batch, fay, eli, balance):
        done = operations.pay_batch(batch=batch, by=fay, number="B-7")
        assert (done.number, done.paid_by, done.is_open) == ("B-7", fay, False)
        assert standing() == [("paid", batch.pk)] * 3
        assert set(Payout.objects.values_list("number", "paid_by")) == {("B-7", fay.pk)}
        assert balance("paid_out", "bank") == 45000
        with pytest.raises(BatchOver):
            operations.pay_batch(batch=batch, by=fay, number="B-8")
        assert balance("paid_out", "bank") == 45000
        acts = AuditEntry.objects.filter(actor_id=fay.pk).order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["payments.pay_payout"] * 3 + ["payments.pay_batch"]

    def test_all_or_nothing_and_holding_takes_one_out(self, approved, batch, fay, eli, teachers, balance):
        from payments.models import Order

        order = Order.objects.get(lines__creator=teachers[2])
        operations.refund_as_staff(order=order, amount=20000, by=eli, reason="kindness")
        with pytest.raises(NoLongerCovered):
            operations.pay_batch(batch=batch, by=fay, number="B-7")
        assert (standing(), balance("paid_out", "bank")) == ([("approved", batch.pk)] * 3, 0)
        operations.hold_payout(payout=approved[2], by=eli, reason="It was given back.")
        operations.pay_batch(batch=batch, by=fay, number="B-7")
        assert standing() == [("paid", batch.pk)] * 2 + [("held", None)]

    def test_a_bank_that_takes_a_sale_back_meanwhile_stops_it(self, batch, fay, teachers, told, balance):
        payment = Payment.objects.get(order__lines__creator=teachers[0])
        told(payment, Status.DISPUTED)
        with pytest.raises(NoLongerCovered):
            operations.pay_batch(batch=batch, by=fay, number="B-7")
        assert (standing(), balance("paid_out", "bank")) == ([("approved", batch.pk)] * 3, 0)

    def test_what_is_in_a_batch_is_not_paid_by_itself_too(self, approved, batch, fay):
        with pytest.raises(InABatch):
            operations.mark_paid(payout=approved[0], by=fay, number="T-1")

    def test_a_large_sum_is_paid_by_another_than_approved_any_of_it(self, batch, eli, fay, monkeypatch):
        monkeypatch.setitem(operations.batching.rules.ALONE_UP_TO, "CNY", 44999)
        with pytest.raises(NeedsAnother):
            operations.pay_batch(batch=batch, by=eli, number="B-7")
        assert operations.pay_batch(batch=batch, by=fay, number="B-7").paid_by == fay

    def test_dissolved_its_payouts_wait_by_themselves_and_can_be_gathered_anew(self, approved, batch, eli, fay):
        operations.dissolve_batch(batch=batch, by=eli)
        assert standing() == [("approved", None)] * 3
        for act in (operations.dissolve_batch, lambda **who: operations.pay_batch(number="B-7", **who)):
            with pytest.raises(BatchOver):
                act(batch=batch, by=fay)
        [anew] = operations.gather_payouts(payouts=approved, by=eli)
        assert operations.pay_batch(batch=anew, by=fay, number="B-8").paid_by == fay

    def test_what_came_back_from_the_bank_stays_in_its_batch(self, approved, batch, fay, eli, teachers, balance):
        operations.pay_batch(batch=batch, by=fay, number="B-7")
        approved[1].refresh_from_db()
        operations.return_payout(payout=approved[1], by=eli, reason="No such account.")
        assert standing() == [("paid", batch.pk), ("returned", batch.pk), ("paid", batch.pk)]
        assert (balance("paid_out", "bank"), balance("creator", f"user:{teachers[1].pk}")) == (30000, 16000)

    def test_an_empty_one_is_not_paid(self, approved, batch, eli, fay):
        for one in approved:
            operations.hold_payout(payout=one, by=eli, reason="wait")
        with pytest.raises(BatchOver):
            operations.pay_batch(batch=batch, by=fay, number="B-7")
        assert operations.dissolve_batch(batch=batch, by=eli).is_open is False


class TestDesk:
    @pytest.fixture
    def ask(self, rf):
        """A page of the desk, as ``by`` sees it."""

        def asked(admin, page, by, *args, **posted):
            request = rf.post("/desk/", posted) if posted else rf.get("/desk/")
            request.user, request.session = by, {}
            request._messages = CookieStorage(request)
            return getattr(admin, page)(request, *args)

        return asked

    @pytest.fixture
    def desk(self):
        return PayoutBatchAdmin(PayoutBatch, site)

    def test_the_list_of_payouts_gathers(self, approved, eli, ask):
        answer = ask(PayoutAdmin(Payout, site), "gather", eli, Payout.objects.all(), go="1")
        made = PayoutBatch.objects.get()
        assert (answer.status_code, answer.url) == (302, f"/desk/payments/payoutbatch/{made.pk}/change/")
        assert ask(PayoutAdmin(Payout, site), "gather", eli, Payout.objects.all(), go="1") is None

    def test_the_file_holds_every_line_runs_nothing_and_is_on_record(self, approved, batch, eli, ask, desk):
        answer = ask(desk, "file", eli, batch.pk, go="1")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1:] == [
            [str(approved[0].pk), "Gus Lin", "6222020000000", "Play Bank", "150.00", "CNY"],
            [str(approved[1].pk), "'=HYPERLINK(1)", "6222020000001", "Play Bank", "150.00", "CNY"],
            [str(approved[2].pk), "Ivy Lin", "6222020000002", "Play Bank", "150.00", "CNY"],
        ]
        entry = AuditEntry.objects.get(act="payments.batch_file")
        assert (entry.actor_id, entry.subject) == (eli.pk, f"batch:{batch.pk}")
        assert ask(desk, "file", eli, batch.pk).status_code == 405

    def test_it_is_noted_as_transferred(self, batch, eli, fay, ask, desk):
        shown = ask(desk, "decision_page", eli, batch.pk).render().content.decode()
        assert ("¥450.00" in shown, "It was transferred" in shown, "622202" in shown) == (True, True, False)
        assert ask(desk, "decision_page", fay, batch.pk, act="pay", number="").status_code == 200
        ask(desk, "decision_page", fay, batch.pk, act="pay", number="B-9")
        assert standing() == [("paid", batch.pk)] * 3

    def test_it_is_dissolved(self, batch, eli, ask, desk):
        ask(desk, "decision_page", eli, batch.pk, act="dissolve")
        assert standing() == [("approved", None)] * 3

    @pytest.mark.leak
    def test_a_moderator_sees_none_of_it(self, batch, member, ask, desk, rf):
        dora = member("Dora", is_staff=True)
        dora.user_permissions.set(Permission.objects.exclude(content_type__app_label__in=["payments", "ledger"]))
        request = rf.get("/desk/")
        request.user = dora
        assert (desk.has_view_permission(request), PayoutAdmin(Payout, site).has_gather_permission(request)) == (
            False,
            False,
        )
        for page in ("file", "decision_page"):
            with pytest.raises(PermissionDenied):
                ask(desk, page, dora, batch.pk, go="1")

    def test_the_list_costs_the_same_for_one_and_for_three(self, approved, eli, rf, desk, django_assert_num_queries):
        for number, one in enumerate(approved, 1):
            operations.gather_payouts(payouts=[one], by=eli)
            with django_assert_num_queries(1):
                assert len([desk.total(row) for row in desk.get_queryset(rf.get("/"))]) == number


def test_its_total_is_that_of_its_payouts(batch):
    assert sum(float(line[4]) for line in queries.transfers_of(batch=batch)) == 450
