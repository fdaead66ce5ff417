"""What creators earn: when it clears, how it is paid, that it is paid once, and a statement that is the ledger's."""

import csv
import io
import re
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from core.audit.models import AuditEntry
from core.events import Code
from core.events.testing import published
from payments import operations, queries, rules, sealing
from payments.admin import PayoutAdmin
from payments.events import PayoutMoved
from payments.models import Order, Payee, Payout, PayoutMove
from payments.operations import (
    NeedsAnother,
    NoLongerCovered,
    NoPayee,
    NotCleared,
    OneOnItsWay,
    OwnPayout,
    TooLittle,
)
from payments.providers import Status
from payments.queries import Balance
from payments.rules import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def payee(ada):
    return operations.set_payee(user=ada, way="bank", name="Ada Lin", number="6222020000001234", bank="Play Bank")


@pytest.fixture
def later(clock):
    """Two weeks and a day: what was bought before has cleared."""
    return lambda days=15: clock.shift(timedelta(days=days))


@pytest.fixture
def earned(ada, ben, sell, bought, payee, later):
    """Ada has sold for ¥199, and nobody can ask it back any more: 159.20 are hers."""
    order, _ = bought(ben, sell())
    later()
    return order


def words(answer):
    return " ".join(answer.content.decode().split())


def held(creator, currency="CNY"):
    return queries.balance_of(creator=creator, currency=currency)


def asked(ada, amount=10000):
    return operations.ask_for_payout(creator=ada, amount=amount, currency="CNY")


@pytest.fixture
def enter(enter):
    """A browser of somebody who has just logged in."""

    def entered(user):
        client = enter(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return entered


class TestClearing:
    def test_what_was_just_sold_is_pending(self, ada, ben, sell, bought):
        bought(ben, sell())
        order = Order.objects.get()
        day = localtime(rules.refund_until(paid_at=order.paid_at, days=14)).date()
        assert held(ada) == Balance(currency="CNY", total=15920, clearing=[(day, 15920)], due=0, paid=0)

    def test_it_clears_when_it_cannot_be_asked_back(self, ada, ben, sell, bought, later):
        bought(ben, sell())
        later(14)
        assert held(ada).cleared == 15920

    def test_the_days_are_those_that_were_sold(self, ada, ben, sell, bought, later):
        bought(ben, sell(refund_days=30))
        later(29)
        assert held(ada).cleared == 0
        later(1)
        assert held(ada).cleared == 15920

    def test_a_part_that_went_back_is_not_pending_twice(self, ada, ben, sell, bought, eli):
        order, _ = bought(ben, sell())
        operations.refund_as_staff(order=order, amount=9901, by=eli, reason="half")
        found = held(ada)
        assert (found.total, found.pending) == (rules.creator_share(amount=9999, percent=80),) * 2

    def test_a_gift_clears_when_somebody_has_claimed_it(self, ada, ben, cleo, sell, till, told, later):
        order, payment = operations.check_out(
            buyer=ben, product_ids=[sell().pk], provider="till", gift=operations.GiftWish(recipient="C")
        )
        told(payment, "paid")
        later(60)
        assert held(ada).cleared == 0
        operations.claim_gift(gift=order.gift, by=cleo)
        assert held(ada).cleared == 15920

    def test_each_currency_is_its_own(self, ada, ben, cleo, sell, bought):
        bought(ben, sell())
        bought(cleo, sell("course:43", 5000, currency="USD"))
        assert [held(ada, unit).total for unit in ("CNY", "USD")] == [15920, 4000]
        assert [one.currency for one in queries.earnings_page(creator=ada).balances] == ["CNY", "USD"]

    def test_another_creators_money_is_not_theirs(self, ada, ben, cleo, member, sell, bought):
        bought(ben, sell(creator=cleo))
        assert (held(ada).total, held(cleo).total) == (0, 15920)


class TestAsking:
    def test_it_is_taken_from_the_balance(self, ada, earned, balance):
        payout = asked(ada, 10000)
        assert published(PayoutMoved) == [PayoutMoved(payout_id=payout.pk, creator_id=ada.pk, state=Code("asked"))]
        assert held(ada) == Balance(currency="CNY", total=5920, clearing=[], due=10000, paid=0)
        assert (balance("creator", f"user:{ada.pk}"), balance("payout_due", f"user:{ada.pk}")) == (5920, 10000)
        assert sealing.unlock(payout.sealed) == {"name": "Ada Lin", "number": "6222020000001234", "bank": "Play Bank"}

    @pytest.mark.parametrize(("amount", "why"), [(15921, NotCleared), (9999, TooLittle)])
    def test_neither_more_than_has_cleared_nor_a_trifle(self, ada, earned, amount, why):
        with pytest.raises(why):
            asked(ada, amount)
        assert held(ada).total == 15920

    def test_what_is_pending_is_not_paid_out(self, ada, ben, sell, bought, payee):
        bought(ben, sell())
        with pytest.raises(NotCleared):
            asked(ada)

    def test_not_without_a_place_to_go(self, ada, ben, sell, bought, later):
        bought(ben, sell())
        later()
        with pytest.raises(NoPayee):
            asked(ada)

    def test_one_at_a_time(self, ada, earned):
        asked(ada, 10000)
        with pytest.raises(OneOnItsWay):
            asked(ada, 10000)

    def test_taken_back_it_is_in_the_balance_again_and_can_be_asked_anew(self, ada, earned):
        operations.cancel_payout(payout=asked(ada), by=ada)
        assert held(ada) == Balance(currency="CNY", total=15920, clearing=[], due=0, paid=0)
        asked(ada, 15920)

    def test_what_is_locked_is_not_in_the_database(self, ada, earned):
        sealed = Payee.objects.get().sealed
        assert ("6222020000001234" in sealed, "Ada Lin" in sealed, Payee.objects.get().hint) == (False, False, "1234")

    def test_after_a_change_of_the_key_it_is_locked_anew(self, ada, earned, settings):
        payout = asked(ada)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key-of-now", [settings.SECRET_KEY]
        call_command("relock_payees", stdout=(said := io.StringIO()))
        settings.SECRET_KEY_FALLBACKS = []
        payout.refresh_from_db()
        assert said.getvalue().startswith("2 payees")
        assert sealing.unlock(payout.sealed) == sealing.unlock(Payee.objects.get().sealed) != {}


class TestDeciding:
    def test_approved_and_paid_it_is_booked_once_and_on_record(self, ada, earned, eli, balance):
        payout = operations.approve_payout(payout=asked(ada), by=eli)
        payout = operations.mark_paid(payout=payout, by=eli, number="T-1")
        assert (payout.state, payout.number, payout.paid_by) == ("paid", "T-1", eli)
        assert held(ada) == Balance(currency="CNY", total=5920, clearing=[], due=0, paid=10000)
        assert balance("paid_out", "bank") == 10000
        with pytest.raises(NotAllowed):
            operations.mark_paid(payout=payout, by=eli, number="T-2")
        assert balance("paid_out", "bank") == 10000
        notes = AuditEntry.objects.filter(subject=f"payout:{payout.pk}").order_by("pk").values_list("act", "actor_id")
        assert list(notes) == [("payments.approve_payout", eli.pk), ("payments.pay_payout", eli.pk)]
        moves = PayoutMove.objects.order_by("pk").values_list("before", "after", "by")
        assert list(moves) == [
            ("", "asked", ada.pk), ("asked", "approved", eli.pk), ("approved", "paid", eli.pk)
        ]  # fmt: skip

    def test_held_its_reason_is_told_and_released_it_waits_again(self, ada, earned, eli):
        payout = operations.hold_payout(payout=asked(ada), by=eli, reason="The name differs from the account's.")
        assert (payout.state, payout.reason) == ("held", "The name differs from the account's.")
        with pytest.raises(NotAllowed):
            operations.mark_paid(payout=payout, by=eli, number="T-1")
        assert operations.release_payout(payout=payout, by=eli).state == "asked"

    def test_nothing_is_paid_that_nobody_has_approved(self, ada, earned, eli):
        with pytest.raises(NotAllowed):
            operations.mark_paid(payout=asked(ada), by=eli, number="T-1")

    def test_what_is_approved_its_creator_does_not_take_back(self, ada, earned, eli):
        payout = operations.approve_payout(payout=asked(ada), by=eli)
        with pytest.raises(NotAllowed):
            operations.cancel_payout(payout=payout, by=ada)

    def test_the_bank_sends_it_back(self, ada, earned, eli, balance):
        payout = operations.approve_payout(payout=asked(ada), by=eli)
        operations.mark_paid(payout=payout, by=eli, number="T-1")
        operations.return_payout(payout=payout, by=eli, reason="No such account.")
        assert held(ada) == Balance(currency="CNY", total=15920, clearing=[], due=0, paid=0)
        assert balance("paid_out", "bank") == 0

    def test_nobody_decides_on_their_own(self, earned, eli, ben, sell, bought, later):
        bought(ben, sell("course:50", creator=eli))
        later()
        operations.set_payee(user=eli, way="alipay", name="Eli", number="13800000000")
        payout = operations.ask_for_payout(creator=eli, amount=10000, currency="CNY")
        for decide in (operations.approve_payout, operations.release_payout):
            with pytest.raises(OwnPayout):
                decide(payout=payout, by=eli)

    def test_a_large_one_is_paid_by_another_than_approved_it(self, ada, ben, payee, sell, bought, later, eli, fay):
        bought(ben, sell(amount=700000))
        later()
        payout = operations.approve_payout(payout=asked(ada, 500001), by=eli)
        with pytest.raises(NeedsAnother):
            operations.mark_paid(payout=payout, by=eli, number="T-1")
        assert operations.mark_paid(payout=payout, by=fay, number="T-1").paid_by == fay

    def test_history_stays(self, ada, earned):
        asked(ada)
        for change in (lambda rows: rows.update(after="paid"), lambda rows: rows._raw_delete("default")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change(PayoutMove.objects.all())


class TestRefunds:
    def paid(self, ada, eli, amount=15920):
        payout = operations.approve_payout(payout=asked(ada, amount), by=eli)
        return operations.mark_paid(payout=payout, by=eli, number="T-1")

    def test_one_after_a_payout_leaves_less_than_nothing_and_the_next_sale_makes_it_good(
        self, ada, cleo, earned, eli, sell, bought, later
    ):
        self.paid(ada, eli)
        operations.refund_as_staff(order=earned, amount=19900, by=eli, reason="kindness")
        assert held(ada).cleared == -15920
        bought(cleo, sell("course:43", 30000))
        assert (held(ada).total, held(ada).cleared) == (8080, -15920)
        later()
        assert held(ada).cleared == 8080
        with pytest.raises(NotCleared):
            asked(ada, 10000)

    def test_one_before_it_is_paid_stops_it(self, ada, earned, eli):
        payout = operations.approve_payout(payout=asked(ada, 15920), by=eli)
        operations.refund_as_staff(order=earned, amount=19900, by=eli, reason="kindness")
        with pytest.raises(NoLongerCovered):
            operations.mark_paid(payout=payout, by=eli, number="T-1")
        payout = operations.hold_payout(payout=payout, by=eli, reason="It was given back.")
        operations.cancel_payout(payout=payout, by=eli, reason="It was given back.")
        assert held(ada) == Balance(currency="CNY", total=0, clearing=[], due=0, paid=0)


class TestStatements:
    def test_it_is_the_ledger_to_the_cent(self, ada, ben, cleo, earned, eli, sell, bought, later, balance):
        operations.mark_paid(
            payout=operations.approve_payout(payout=asked(ada, 10000), by=eli), by=eli, number="T-1"
        )  # fmt: skip
        for number in range(4):
            order, _ = bought(cleo, sell(f"course:{60 + number}", 3333 + number, title=f"Bread {number}"))
            operations.refund_as_staff(order=order, amount=1111, by=eli, reason="a third")
            later(13)
        months = queries.earnings_page(creator=ada).months
        pages = [one for month in reversed(months) for one in self.of(ada, month)]
        assert len(pages) >= 2
        assert [page.opening for page in pages] == [0, *(page.closing for page in pages[:-1])]
        assert pages[-1].closing == balance("creator", f"user:{ada.pk}")
        assert sum(row.amount for page in pages for row in page.rows) == pages[-1].closing
        kinds = [(row.kind, row.title) for page in pages for row in page.rows]
        assert kinds[:3] == [("sale", "Coffee from nothing"), ("payout", ""), ("sale", "Bread 0")]
        assert all(page.earned + page.taken_back + page.paid_out == page.closing - page.opening for page in pages)

    def of(self, creator, month):
        return queries.statements(creator=creator, year=month.year, month=month.month)

    def test_a_month_begins_where_its_creator_lives(self, ada, ben, sell, bought, clock):
        ada.time_zone = "Asia/Shanghai"
        ada.save()
        clock.move_to("2026-01-31T16:30:00+00:00", tick=False)
        bought(ben, sell())
        assert [(month.year, month.month) for month in queries.earnings_page(creator=ada).months] == [(2026, 2)]
        january, february = (queries.statements(creator=ada, year=2026, month=month) for month in (1, 2))
        assert (january, [one.closing for one in february]) == ([], [15920])

    def test_its_page_names_the_place_by_whose_clocks_the_days_begin(self, ada, ben, enter, sell, bought):
        ada.time_zone = "America/New_York"
        ada.save()
        bought(ben, sell())
        month = queries.earnings_page(creator=ada).months[0]
        client, page = enter(ada), f"/studio/earnings/{month:%Y-}{month.month}/"
        for language, words in (("en", "midnight in New York."), ("zh-hans", "按纽约时间计算")):
            assert words in client.get(page, {"lang": language}).content.decode()

    def test_the_file_says_the_same_and_runs_nothing(self, ada, ben, enter, sell, bought, clock):
        clock.move_to("2026-02-10T08:00:00+00:00", tick=False)
        order, _ = bought(ben, sell(title="=HYPERLINK(1)"))
        answer = enter(ada).get("/studio/earnings/2026-2.csv")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[1:] == [
            ["", "Balance before", "", "", "CNY", "", "0.00"],
            ["2026-02-10", "Sale", "'=HYPERLINK(1)", order.reference, "CNY", "159.20", "159.20"],
            ["", "Balance after", "", "", "CNY", "", "159.20"],
        ]

    def test_the_name_of_what_was_sold_is_in_its_own_language(self, ada, ben, enter, sell, bought, clock):
        clock.move_to("2026-02-10T08:00:00+00:00", tick=False)
        order, _ = bought(ben, sell(title="用 Python 读懂自己的账本"))
        page = enter(ada).get("/studio/earnings/2026-2/").content.decode()
        line = f'<span lang="zh-hans">用 Python 读懂自己的账本</span> · <span class="num">{order.reference}</span>'
        assert line in page

    def test_a_column_of_amounts_is_even(self, ada, ben, enter, sell, bought, clock):
        clock.move_to("2026-02-10T08:00:00+00:00", tick=False)
        bought(ben, sell())
        bought(ben, sell("course:43", 12500))
        page = enter(ada).get("/studio/earnings/2026-2/").content.decode()
        cells = re.findall(
            r'<td class="num">([^<]+)<span class="soft small under tight">([^<]+)</span></td><td class="num roomy">([^<]+)</td>',
            page,
        )
        # Where there is no room the balance stands under the amount.
        assert cells == [("¥159.20", "then ¥159.20", "¥159.20"), ("¥100.00", "then ¥259.20", "¥259.20")]


class TestPages:
    def test_a_creator_asks_and_takes_back(self, ada, enter, earned):
        client = enter(ada)
        page = client.get("/studio/earnings/").content.decode()
        assert ("¥159.20" in page, "…1234" in page, "6222020000001234" in page) == (True, True, False)
        answer = client.post("/studio/earnings/payout/", {"currency": "CNY", "amount": "120.00"})
        payout = Payout.objects.get()
        assert (answer.status_code, payout.amount_minor, payout.state) == (302, 12000, "asked")
        client.post(f"/studio/earnings/payouts/{payout.pk}/take-back/")
        payout.refresh_from_db()
        assert payout.state == "cancelled"

    def test_what_is_too_much_is_refused_and_what_was_typed_stays(self, ada, enter, earned):
        answer = enter(ada).post("/studio/earnings/payout/", {"currency": "CNY", "amount": "500"})
        page = answer.content.decode()
        assert (answer.status_code, "more than has cleared" in page, 'value="500"' in page) == (409, True, True)

    def test_the_page_says_when_the_money_comes(self, ada, ben, cleo, enter, sell, bought, till, told, clock):
        bought(ben, sell())
        first = localtime(timezone=ZoneInfo(ada.time_zone)) + timedelta(days=14)
        assert f"¥159.20 clears on {date_format(first, 'DATE_FORMAT')}." in words(enter(ada).get("/studio/earnings/"))
        clock.shift(timedelta(days=3))
        last = localtime(timezone=ZoneInfo(ada.time_zone)) + timedelta(days=14)
        bought(cleo, sell())
        _, gift = operations.check_out(
            buyer=ben, product_ids=[sell("course:7", 9900).pk], provider="till", gift=operations.GiftWish()
        )
        told(gift, Status.PAID)
        page = words(enter(ada).get("/studio/earnings/"))
        assert (
            f"Next, ¥159.20 clears on {date_format(first, 'DATE_FORMAT')}; all that was sold so far by "
            f"{date_format(last, 'DATE_FORMAT')}, unless a buyer asks it back. ¥79.20 is for gifts and clears when they are claimed."
        ) in page
        ada.language = "zh-hans"
        ada.save(update_fields=["language"])
        assert "买家退款的除外。另有 ¥79.20" in words(enter(ada).get("/studio/earnings/"))
        clock.shift(timedelta(days=20))
        assert "clears on" not in words(enter(ada).get("/studio/earnings/"))

    def test_the_page_says_what_of_each_price_is_its_creators(self, ada, cleo, enter, sell):
        sell("course:1", 12900, title="Bread")
        sell("course:2", 9999, title="Tea", share_percent=65)
        sell("course:3", 0, title="A gift to all")
        sell("course:4", 8000, title="Of another", creator=cleo)
        operations.withdraw(subject=sell("course:5", 5000, title="Not sold any more").subject, by=ada)
        page = words(enter(ada).get("/studio/earnings/"))
        found = re.findall(
            r"<b lang=\"en\">([^<]+)</b>.*?(\d+% of what a buyer pays is yours: [^<]+ at this price)", page
        )
        assert found == [
            ("Bread", "80% of what a buyer pays is yours: ¥103.20 at this price"),
            ("Tea", "65% of what a buyer pays is yours: ¥64.99 at this price"),
        ]

    def test_it_asks_for_a_fresh_login(self, ada, enter, earned, clock):
        client = enter(ada)
        clock.shift(timedelta(hours=3))
        answer = client.post("/studio/earnings/payout/", {"currency": "CNY", "amount": "120.00"})
        assert (answer.status_code, Payout.objects.count()) == (302, 0)
        assert answer.url.startswith("/account/reauthenticate/")

    def test_where_it_goes_is_kept_locked(self, ada, enter):
        client = enter(ada)
        wrong = client.post("/studio/earnings/payee/", {"way": "bank", "name": "Ada", "number": "123"})
        assert (wrong.status_code, Payee.objects.count()) == (422, 0)
        client.post("/studio/earnings/payee/", {"way": "alipay", "name": "Ada", "number": "138 0000 0000"})
        payee = Payee.objects.get()
        assert (payee.way, payee.hint, sealing.unlock(payee.sealed)["number"]) == ("alipay", "0000", "13800000000")

    @pytest.mark.leak
    def test_nobody_sees_anothers(self, ada, cleo, enter, earned):
        month = queries.earnings_page(creator=ada).months[0]
        payout = asked(ada)
        other = enter(cleo)
        assert "159" not in other.get("/studio/earnings/").content.decode()
        answers = [
            other.get(f"/studio/earnings/{month.year}-{month.month}/"),
            other.get(f"/studio/earnings/{month.year}-{month.month}.csv"),
            other.post(f"/studio/earnings/payouts/{payout.pk}/take-back/"),
        ]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
        own = enter(ada).get(f"/studio/earnings/{month.year}-{month.month}/").content.decode()
        csv_link = f'href="/studio/earnings/{month.year}-{month.month}.csv"'
        heading = f"Statement for {month:%B %Y}"
        assert ["Coffee from nothing" in own, csv_link in own, heading in own] == [True, True, True]


class TestDesk:
    @pytest.fixture
    def desk(self, rf):
        def at(by, payout, **posted):
            request = rf.post("/desk/", posted) if posted else rf.get("/desk/")
            request.user, request.session = by, {}
            request._messages = CookieStorage(request)
            return PayoutAdmin(Payout, site).decision_page(request, payout.pk)

        return at

    def test_staff_approve_and_pay(self, ada, earned, eli, desk):
        payout = asked(ada)
        shown = desk(eli, payout).render().content.decode()
        assert ("6222020000001234" in shown, "Approve" in shown, "It was transferred" in shown) == (True, True, False)
        desk(eli, payout, act="approve")
        assert desk(eli, payout, act="pay", number="").status_code == 200
        desk(eli, payout, act="pay", number="T-9")
        payout.refresh_from_db()
        assert (payout.state, payout.number) == ("paid", "T-9")

    def test_holding_needs_a_reason(self, ada, earned, eli, desk):
        payout = asked(ada)
        assert desk(eli, payout, act="hold", reason="").status_code == 200
        desk(eli, payout, act="hold", reason="Wait for Monday.")
        payout.refresh_from_db()
        assert (payout.state, payout.reason) == ("held", "Wait for Monday.")

    def test_what_is_not_open_any_more_changes_nothing(self, ada, earned, eli, desk):
        payout = asked(ada)
        desk(eli, payout, act="pay", number="T-1")
        payout.refresh_from_db()
        assert payout.state == "asked"

    @pytest.mark.leak
    def test_a_moderator_sees_none_of_it(self, ada, earned, member, desk, rf):
        dora = member("Dora", is_staff=True)
        dora.user_permissions.set(Permission.objects.exclude(content_type__app_label__in=["payments", "ledger"]))
        request = rf.get("/desk/")
        request.user = dora
        assert not PayoutAdmin(Payout, site).has_view_permission(request)
        with pytest.raises(PermissionDenied):
            desk(dora, asked(ada))
