"""Memberships: joined, renewed, tried, run out; what they include, and at which price."""

from datetime import UTC, datetime, timedelta

import pytest

from core import audience
from core.audit.models import AuditEntry
from core.events.testing import published
from payments import events, operations, queries, rules
from payments.models import Entitlement, Tier

pytestmark = pytest.mark.django_db
DAY = 86400


@pytest.fixture
def plan(ada, tier):
    def made(period="month", amount=3900, **terms):
        usual = {"tier": tier, "period": period, "amount": amount, "currency": "CNY", "by": ada}
        return operations.set_plan(**usual | terms)

    return made


def keys(user):
    return {key for key in audience.keys_of(type(user).objects.get(pk=user.pk)) if ":" in key and "user" not in key}


def spans(user):
    rows = Entitlement.objects.filter(user=user).order_by("pk")
    return [(row.starts_at, row.runs_until, row.ends_at) for row in rows]


class TestMonths:
    @pytest.mark.parametrize(
        ("begins", "period", "ends"),
        [
            ((2025, 1, 31), "month", (2025, 2, 28)), ((2024, 1, 31), "month", (2024, 2, 29)),
            ((2025, 11, 30), "quarter", (2026, 2, 28)), ((2024, 2, 29), "year", (2025, 2, 28)),
            ((2025, 12, 31), "month", (2026, 1, 31)), ((2025, 5, 5), "month", (2025, 6, 5)),
        ],
    )  # fmt: skip
    def test_a_period_ends_on_the_same_day_or_the_last_one(self, begins, period, ends):
        assert rules.period_end(begins=datetime(*begins, tzinfo=UTC), period=period) == datetime(*ends, tzinfo=UTC)

    def test_a_life_has_no_end(self):
        assert rules.period_end(begins=datetime.now(UTC), period="lifetime") is None


class TestJoining:
    def test_it_opens_the_tier_and_what_is_included(self, ada, ben, sell, plan, tier, bought):
        operations.include(tier=tier, product=sell("course:7"), by=ada)
        sell("course:8")
        bought(ben, plan())
        assert keys(ben) == {"tier:reader", "course:7"}
        assert AuditEntry.objects.filter(act="payments.include", subject="course:7").count() == 1

    def test_what_is_taken_out_is_closed_at_once(self, ada, ben, sell, plan, tier, bought):
        product = sell("course:7")
        operations.include(tier=tier, product=product, by=ada)
        bought(ben, plan())
        operations.exclude(tier=tier, product=product, by=ada)
        assert keys(ben) == {"tier:reader"}

    def test_it_runs_its_period_and_some_days_of_grace(self, ben, plan, bought, clock):
        now = datetime.now(UTC)
        bought(ben, plan("year", 39000))
        until = rules.period_end(begins=now, period="year")
        assert spans(ben) == [(now, until, until + rules.GRACE)]

    def test_for_life_never_ends_and_is_not_sold_twice(self, ben, plan, bought):
        for_life = plan("lifetime", 99900)
        bought(ben, for_life)
        [(_, runs_until, ends_at)] = spans(ben)
        assert (runs_until, ends_at) == (None, None)
        for product in (for_life, plan("month")):
            with pytest.raises(operations.AlreadyOwned):
                operations.place_order(buyer=ben, product_ids=[product.pk])

    def test_a_refund_closes_it(self, ada, ben, sell, plan, tier, bought):
        operations.include(tier=tier, product=sell("course:7"), by=ada)
        order, _ = bought(ben, plan())
        operations.request_refund(order=order, by=ben)
        assert keys(ben) == set()

    def test_what_members_pay_is_the_schools(self, ada, ben, plan, bought, balance):
        bought(ben, plan())
        assert (balance("creator", f"user:{ada.pk}"), balance("platform", "house")) == (0, 3900 - 23)


class TestRenewing:
    def test_the_new_period_begins_where_the_old_one_ends(self, ben, plan, bought, clock):
        now = datetime.now(UTC)
        bought(ben, plan())
        clock.shift(10 * DAY)
        bought(ben, plan())
        first = rules.period_end(begins=now, period="month")
        second = rules.period_end(begins=first, period="month")
        assert spans(ben) == [(now, first, first + rules.GRACE), (first, second, second + rules.GRACE)]

    def test_no_more_than_one_period_ahead(self, ben, plan, bought):
        bought(ben, plan())
        bought(ben, plan())
        with pytest.raises(operations.AlreadyOwned):
            operations.place_order(buyer=ben, product_ids=[plan().pk])

    def test_in_grace_the_time_counts_from_the_end(self, ben, plan, bought, clock):
        bought(ben, plan())
        first = Entitlement.objects.get().runs_until
        clock.move_to(first + timedelta(days=3))
        assert queries.memberships(user=ben)["tier:reader"].is_in_grace
        bought(ben, plan())
        assert Entitlement.objects.latest("pk").starts_at == first
        assert not queries.memberships(user=ben)["tier:reader"].is_in_grace

    def test_the_old_price_is_kept_from_renewal_to_renewal(self, ben, cleo, plan, bought, clock):
        bought(ben, plan(amount=3900))
        for _ in range(2):
            plan(amount=5900)
            clock.move_to(Entitlement.objects.filter(user=ben).latest("pk").runs_until - timedelta(days=1))
            order, _ = bought(ben, plan(amount=5900))
            [line] = order.lines.all()
            assert (line.price_minor, line.discount_minor, line.amount_minor) == (5900, 2000, 3900)
            assert [(one.kind, one.amount_minor) for one in line.reductions.all()] == [("kept", 2000)]
        order, _ = bought(cleo, plan(amount=5900))
        assert order.total_minor == 5900

    def test_a_lower_price_is_everybodys(self, ben, plan, bought):
        bought(ben, plan(amount=3900))
        order, _ = bought(ben, plan(amount=2900))
        assert order.total_minor == 2900

    def test_who_has_lapsed_pays_todays_price(self, ben, plan, bought, clock):
        bought(ben, plan(amount=3900))
        clock.move_to(Entitlement.objects.get().ends_at + timedelta(seconds=1))
        order, _ = bought(ben, plan(amount=5900))
        assert order.total_minor == 5900

    def test_when_the_running_period_is_refunded_the_next_one_moves_up(self, ben, plan, bought, clock):
        order, _ = bought(ben, plan())
        bought(ben, plan("quarter", 9900))
        ahead = Entitlement.objects.latest("pk")
        length = ahead.runs_until - ahead.starts_at
        clock.shift(DAY)
        now = datetime.now(UTC)
        operations.request_refund(order=order, by=ben)
        ahead.refresh_from_db()
        assert (ahead.starts_at, ahead.runs_until, ahead.ends_at) == (now, now + length, now + length + rules.GRACE)
        assert keys(ben) == {"tier:reader"}


class TestTrying:
    def test_it_opens_for_its_days_and_closes_without_grace(self, ben, tier, clock):
        operations.start_trial(tier=tier, user=ben)
        assert keys(ben) == {"tier:reader"}
        clock.shift(7 * DAY)
        assert keys(ben) == set()

    def test_once_per_person_whatever_the_tier(self, ben, tier, clock):
        other = Tier.objects.create(slug="patron", name_zh="同行", name_en="Patron", trial_days=7)
        operations.start_trial(tier=tier, user=ben)
        clock.shift(30 * DAY)
        for one in (tier, other):
            with pytest.raises(operations.AlreadyTried):
                operations.start_trial(tier=one, user=ben)

    def test_not_by_a_member_and_not_where_there_is_none(self, ben, cleo, tier, plan, bought):
        bought(ben, plan())
        with pytest.raises(operations.NoTrial):
            operations.start_trial(tier=tier, user=ben)
        Tier.objects.update(trial_days=0)
        with pytest.raises(operations.NoTrial):
            operations.start_trial(tier=Tier.objects.get(), user=cleo)

    def test_not_upon_paid_time_that_a_clock_gone_back_has_not_reached(self, ben, tier, plan, bought, clock):
        bought(ben, plan())
        clock.shift(-3600)
        with pytest.raises(operations.NoTrial):
            operations.start_trial(tier=tier, user=ben)

    def test_not_where_all_of_it_is_open_already_by_another(self, ada, ben, cleo, tier, plan, sell, bought, enter):
        whole = Tier.objects.create(slug="whole", name_zh="全部", name_en="Whole", trial_days=7)
        coffee, tea = sell("course:7"), sell("course:8")
        for one, product in ((tier, coffee), (whole, coffee), (whole, tea)):
            operations.include(tier=one, product=product, by=ada)
        bought(ben, plan(tier=whole)), bought(cleo, plan(tier=tier))
        with pytest.raises(operations.NothingNew):
            operations.start_trial(tier=tier, user=ben)
        page = text(enter(ben).post("/membership/reader/trial/", follow=True))
        assert "Your membership opens all of this already, so there is nothing to try." in page
        assert operations.start_trial(tier=whole, user=cleo).key == "tier:whole"

    def test_what_is_bought_meanwhile_begins_after_it(self, ben, tier, plan, bought):
        trial = operations.start_trial(tier=tier, user=ben)
        bought(ben, plan())
        assert Entitlement.objects.latest("pk").starts_at == trial.runs_until


class TestTheSweep:
    def told(self):
        return [fact.days for fact in published(events.MembershipRunsOut)]

    def test_it_reminds_three_times_and_then_ends(self, ben, plan, bought, clock):
        bought(ben, plan())
        until = Entitlement.objects.get().runs_until
        seen = []
        for days in range(-10, 9):
            clock.move_to(until + timedelta(days=days, seconds=1))
            for _ in range(2):
                operations.look_after_entitlements()
            seen.append((days, len(self.told()), Entitlement.objects.get().end_cause))
        assert self.told() == [7, 3, 0]
        assert [one for one in seen if one[0] in {-8, -7, -3, 0, 6, 7}] == [
            (-8, 0, ""), (-7, 1, ""), (-3, 2, ""), (0, 3, ""), (6, 3, ""), (7, 3, "expired"),
        ]  # fmt: skip

    def test_after_a_long_stop_it_reminds_once(self, ben, plan, bought, clock):
        bought(ben, plan())
        clock.move_to(Entitlement.objects.get().runs_until - timedelta(days=1))
        assert operations.look_after_entitlements() == 1
        assert self.told() == [3]

    def test_a_clock_that_goes_back_revives_nothing(self, ben, plan, bought, clock):
        bought(ben, plan())
        ends_at = Entitlement.objects.get().ends_at
        clock.move_to(ends_at)
        operations.look_after_entitlements()
        clock.move_to(ends_at - timedelta(days=20))
        assert (operations.look_after_entitlements(), keys(ben)) == (0, set())
        assert len(published(events.EntitlementEnded)) == 1

    def test_who_has_renewed_hears_nothing(self, ben, plan, bought, clock):
        bought(ben, plan())
        bought(ben, plan())
        clock.move_to(Entitlement.objects.earliest("pk").ends_at)
        operations.look_after_entitlements()
        assert (self.told(), keys(ben)) == ([], {"tier:reader"})

    def test_what_staff_gave_for_a_while_ends_too(self, ada, ben, clock):
        operations.grant(
            user=ben,
            key="book:9",
            cause="staff",
            by=ada,
            reason="a guest",
            ends_at=datetime.now(UTC) + timedelta(days=1),
        )
        clock.shift(DAY)
        assert (operations.look_after_entitlements(), Entitlement.objects.get().end_cause) == (1, "expired")


def text(answer):
    return " ".join(answer.content.decode().split())


class TestThePage:
    def test_a_guest_sees_what_it_costs_and_gives(self, ada, client, tier, plan, sell):
        plan("month", 3900), plan("year", 39000)
        operations.include(tier=tier, product=sell("course:7", title="Coffee from nothing"), by=ada)
        page = text(client.get("/membership/", headers={"accept-language": "en"}))
        for words in (
            "Reader",
            "¥39",
            "¥390",
            "1 course included",
            "Ask anything",
            "Coffee from nothing",
            "Try it for 7 days",
        ):
            assert words in page

    def test_trying_by_one_button(self, ben, enter, tier, plan):
        plan()
        client = enter(ben)
        page = text(client.post("/membership/reader/trial/", follow=True))
        assert ("You are trying it until" in page, "Try it for 7 days" in page) == (True, False)
        assert "each person can do that once" not in page
        now = datetime.now(UTC)
        Entitlement.objects.update(ends_at=now, runs_until=now)
        assert "each person can do that once" in text(client.post("/membership/reader/trial/", follow=True))

    def test_a_member_sees_until_when_and_the_old_price(self, ben, enter, plan, bought):
        bought(ben, plan(amount=3900))
        plan(amount=5900)
        page = text(enter(ben).get("/membership/"))
        assert ("Yours until" in page, "Your old price, kept" in page, "¥39" in page, "¥59" in page) == (True,) * 4

    def test_a_closed_tier_is_shown_to_its_members_alone(self, ada, ben, cleo, enter, tier, plan, bought):
        bought(ben, plan())
        operations.close_tier(tier=tier, by=ada)
        assert [("Reader" in text(enter(who).get("/membership/"))) for who in (ben, cleo)] == [True, False]

    def test_ones_own_stands_first_and_what_it_holds_already_is_not_to_be_tried(
        self, ada, ben, cleo, tier, plan, sell, bought
    ):
        whole = Tier.objects.create(slug="whole", name_zh="全部", name_en="Whole", trial_days=7, place=2)
        coffee, tea = sell("course:7"), sell("course:8")
        for one, product in ((tier, coffee), (whole, coffee), (whole, tea)):
            operations.include(tier=one, product=product, by=ada)
        bought(ben, plan(tier=whole)), bought(cleo, plan(tier=tier))
        seen = {
            who: [(one.tier.slug, one.may_try) for one in queries.tier_offers(viewer=who)] for who in (ada, ben, cleo)
        }
        assert seen == {
            ada: [("reader", True), ("whole", True)],
            ben: [("whole", False), ("reader", False)],
            cleo: [("reader", False), ("whole", True)],
        }

    def test_a_plan_is_bought_at_the_checkout(self, ben, enter, plan):
        product = plan()
        page = text(enter(ben).get(product.get_absolute_url()))
        assert ("Reader · a month" in page, "Pay ¥39" in page, "ends by itself" in page) == (True, True, True)

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_however_many(self, ben, enter, plan, count, django_assert_num_queries):
        for number in range(count):
            tier = Tier.objects.create(slug=f"tier-{number}", name_zh="会员", name_en="Member")
            plan("month", tier=tier), plan("year", tier=tier)
        client = enter(ben)
        client.get("/membership/")
        with django_assert_num_queries(PAGE):
            client.get("/membership/")


PAGE = 13
