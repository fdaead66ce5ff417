"""What a member has in all is kept, not added up at each visit; and it is the sum of their days, as the ledger has it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from gamification import operations, queries
from gamification.models import Rule, Tally, Total
from gamification.verification import totals_equal_days, totals_equal_entries

pytestmark = pytest.mark.django_db
DAYS = 400


def earn(user, *, days=1, rule="lesson_completed", name="lesson"):
    now = timezone.now()
    operations.give_many([
        operations.Merit(user_id=user.pk, rule=rule, source=f"{name}:{n}", at=now - timedelta(days=n)) for n in range(days)
    ])  # fmt: skip


class TestALongHistory:
    @pytest.fixture
    def ada(self, ada):
        earn(ada, days=DAYS)
        return ada

    def test_is_one_row_a_rule(self, ada):
        earn(ada, rule="question_asked", name="thread")
        assert Tally.objects.filter(user=ada).count() == DAYS + 1
        totals = Total.objects.filter(user=ada).order_by("rule__code").values_list("rule__code", "points", "times")
        assert list(totals) == [("lesson_completed", 10 * DAYS, DAYS), ("question_asked", 2, 1)]

    @pytest.mark.parametrize(
        "ask",
        [
            lambda user: queries.standing(user=user).points,
            lambda user: queries.leaderboard(window="all", viewer=user)[0].points,
            lambda user: queries.near_me(window="all", viewer=user)[0].points,
        ],
        ids=["standing", "board", "near me"],
    )
    def test_is_not_read_to_say_what_there_is_in_all(self, ada, ask):
        with CaptureQueriesContext(connection) as asked:
            assert ask(ada) == 10 * DAYS
        assert [query["sql"] for query in asked if "gamification_tally" in query["sql"]] == []

    def test_is_not_read_to_give_more(self, ada):
        with CaptureQueriesContext(connection) as asked:
            earn(ada, name="another")
        [days] = [query["sql"] for query in asked if 'FROM "gamification_tally"' in query["sql"]]
        assert '"date" IN (' in days
        assert queries.standing(user=ada).points == 10 * (DAYS + 1)


class TestTakingBack:
    def test_goes_off_the_day_and_the_whole(self, ada):
        earn(ada, days=3)
        operations.take_back(user_id=ada.pk, rule="lesson_completed", source="lesson:1")
        assert (queries.standing(user=ada).points, Tally.objects.filter(user=ada, points=0, times=0).count()) == (20, 1)

    def test_of_one_who_has_moved_to_another_time_zone(self, ada):
        ada.time_zone = "Pacific/Auckland"
        ada.save()
        at = timezone.now().replace(hour=12, minute=30)
        operations.give_points(user_id=ada.pk, rule="lesson_completed", source="lesson:1", at=at)
        User.objects.filter(pk=ada.pk).update(time_zone="America/Los_Angeles")
        operations.take_back(user_id=ada.pk, rule="lesson_completed", source="lesson:1")
        assert (queries.standing(user=ada).points, queries.leaderboard(window="30d", viewer=ada)) == (0, [])


class TestTheNight:
    @pytest.fixture(autouse=True)
    def _earned(self, ada, ben):
        earn(ada, days=3)
        earn(ben, days=12)
        operations.take_back(user_id=ben.pk, rule="lesson_completed", source="lesson:7")

    def found(self):
        return totals_equal_days().violations, totals_equal_entries().violations

    def test_finds_nothing_where_all_is_well(self):
        assert self.found() == ([], [])

    def test_finds_a_total_that_was_touched(self, ada):
        rule = Rule.objects.get(code="lesson_completed").pk
        Total.objects.filter(user=ada).update(points=F("points") + 5)
        assert self.found() == (
            [f"user {ada.pk} has 35 by rule {rule}, their days 30"],
            [f"user {ada.pk} has 35 by rule {rule}, the ledger 30"],
        )

    def test_finds_a_total_that_is_gone_and_one_that_counts_too_often(self, ada, ben):
        Total.objects.filter(user=ada).delete()
        Total.objects.filter(user=ben).update(times=99)
        days, books = self.found()
        assert (len(days), len(books)) == (2, 1)

    def test_does_not_look_for_what_was_erased_with_its_member(self, ada):
        User.objects.filter(pk=ada.pk).update(erased_at=timezone.now())
        Total.objects.filter(user=ada).delete()
        Tally.objects.filter(user=ada).delete()
        assert self.found() == ([], [])

    def test_they_are_made_anew(self, ada):
        Total.objects.filter(user=ada).update(points=1)
        said = StringIO()
        call_command("rebuild_points", stdout=said)
        assert (said.getvalue(), *self.found()) == ("2 totals were made anew.\n", [], [])
