"""Points: once for each act, never for oneself, capped by the day, and gone with their cause."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from core.events.testing import published
from courses import operations as courses
from forum import operations as forum
from gamification import operations, queries, shapes
from gamification.events import BadgeGranted, PointsGiven
from gamification.models import BoardPreference, Tally
from gamification.rules import FIRST_RULES, account_of
from gamification.templatetags.gamification import MEDALS
from ledger.queries import balance
from payments import operations as payments

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(ben, ada):
    question = forum.ask(by=ben, title="Why is a refund booked twice?", source="Why?", audience=["public"])
    return forum.answer(question=question, by=ada, source="Give both rows one number.")


def points(user):
    return balance(account_of(user.pk))


def test_what_earns_points_has_a_medal_of_its_own():
    assert set(MEDALS) == {rule.code for rule in FIRST_RULES}
    assert len(set(MEDALS.values())) == len(MEDALS)


class TestEarning:
    def test_an_accepted_answer_earns_points_and_the_first_badge(self, answer, ada, ben, worker):
        forum.accept_answer(answer=answer, by=ben)
        worker()
        assert (points(ada), points(ben)) == (3 + 25, 2)
        assert [grant.badge.code for grant in queries.badges(user=ada)] == ["first_accepted_answer"]

    def test_the_same_fact_twice_earns_once(self, ada):
        for _ in range(2):
            operations.give_points(user_id=ada.pk, rule="answer_accepted", source="thread:1")
        assert (points(ada), len(published(PointsGiven)), len(published(BadgeGranted))) == (25, 1, 1)

    def test_answering_oneself_earns_nothing(self, ben, worker):
        question = forum.ask(by=ben, title="Talking to myself", source="Hello?", audience=["public"])
        forum.accept_answer(answer=forum.answer(question=question, by=ben, source="Hello."), by=ben)
        worker()
        assert points(ben) == 2

    def test_beyond_the_daily_count_an_act_counts_but_earns_nothing(self, ada):
        for n in range(8):
            operations.give_points(user_id=ada.pk, rule="question_asked", source=f"thread:{n}")
        assert points(ada) == 5 * 2

    def test_the_day_is_the_member_s_own(self, member):
        far = member("Far", time_zone="Pacific/Auckland")
        at = timezone.now().replace(hour=10, minute=30)
        for n, moment in enumerate([at] * 5 + [at + timedelta(hours=2)]):
            operations.give_points(user_id=far.pk, rule="question_asked", source=f"thread:{n}", at=moment)
        assert points(far) == 6 * 2

    def test_many_at_once_equal_one_by_one(self, ada, ben):
        merits = [
            operations.Merit(user_id=user.pk, rule="lesson_completed", source=f"lesson:{n}", at=timezone.now())
            for n in range(12)
            for user in (ada, ben)
        ]
        operations.give_many([one for one in merits if one.user_id == ada.pk])
        for one in merits:
            if one.user_id == ben.pk:
                operations.give_many([one])
        assert points(ada) == points(ben) == 100
        assert {grant.badge.code for grant in queries.badges(user=ada)} == {
            grant.badge.code for grant in queries.badges(user=ben)
        }


class TestTakingBack:
    def test_a_vote_taken_back_takes_its_points_along(self, answer, cleo, ada, worker):
        forum.vote(post=answer, by=cleo, is_useful=True)
        worker()
        with_vote = points(ada)
        forum.vote(post=answer, by=cleo, is_useful=False)
        worker()
        assert (with_vote, points(ada)) == (3 + 2, 3)
        assert Tally.objects.filter(user=ada).aggregate(sum=Sum("points"))["sum"] == 3

    def test_hiding_takes_back_and_restoring_gives_again(self, answer, ada, dora, worker):
        worker()
        forum.hide_post(post=answer, by=dora, reason="Rule 3")
        worker()
        hidden = points(ada)
        forum.restore_post(post=answer, by=dora)
        worker()
        assert (hidden, points(ada)) == (0, 3)

    def test_with_an_answer_goes_all_that_it_earned_and_comes_again(self, answer, ada, ben, cleo, dora, worker):
        forum.vote(post=answer, by=cleo, is_useful=True)
        forum.accept_answer(answer=answer, by=ben)
        worker()
        held = [points(ada)]
        forum.hide_post(post=answer, by=dora, reason="Rule 3")
        worker()
        held.append(points(ada))
        forum.restore_post(post=answer, by=dora)
        worker()
        assert [*held, points(ada)] == [3 + 2 + 25, 0, 3 + 2 + 25]

    def test_a_vote_that_came_again_with_its_post_can_still_be_taken_back(self, answer, ada, cleo, dora, worker):
        forum.vote(post=answer, by=cleo, is_useful=True)
        forum.hide_post(post=answer, by=dora, reason="Rule 3")
        forum.restore_post(post=answer, by=dora)
        worker()
        forum.vote(post=answer, by=cleo, is_useful=False)
        worker()
        assert points(ada) == 3

    def test_hidden_once_more_they_are_taken_back_once_more(self, answer, ada, dora, worker):
        worker()
        held = []
        for act in (forum.hide_post, forum.restore_post) * 3:
            act(post=answer, by=dora, **({"reason": "Rule 3"} if act is forum.hide_post else {}))
            worker()
            held.append(points(ada))
        assert held == [0, 3] * 3


class TestRefunds:
    @pytest.fixture
    def course(self, ada):
        made = courses.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
        courses.add_lesson(course=made, section="One", title="Free", source="Read.", is_preview=True)
        courses.add_lesson(course=made, section="One", title="Paid", source="Read on.")
        return courses.publish_course(course=made, by=ada)

    @pytest.fixture
    def studied(self, course, ben, worker):
        def study(**given):
            entitlement = payments.grant(user=ben, key=course.key, cause="purchase", **given)
            for lesson in course.lessons.order_by("pk"):
                courses.complete_lesson(lesson=lesson, by=ben)
            worker()
            return entitlement

        return study

    def end(self, entitlement, cause, worker):
        payments.end_entitlement(entitlement=entitlement, cause=cause)
        for _ in range(2):
            worker()

    def test_a_refund_takes_back_what_the_purchase_brought_and_leaves_the_free_lesson(self, studied, ben, worker):
        entitlement = studied()
        assert points(ben) == 2 * 10 + 50
        self.end(entitlement, "refund", worker)
        assert points(ben) == 10

    def test_the_points_go_in_one_transaction_with_the_money(self, studied, ben):
        entitlement = studied()
        with transaction.atomic():
            payments.end_entitlement(entitlement=entitlement, cause="refund")
            assert points(ben) == 10
            transaction.set_rollback(True)
        assert points(ben) == 70
        payments.end_entitlement(entitlement=entitlement, cause="refund")
        assert points(ben) == 10

    def test_points_that_come_after_the_refund_do_not_stay(self, course, ben, worker):
        entitlement = payments.grant(user=ben, key=course.key, cause="purchase")
        for lesson in course.lessons.order_by("pk"):
            courses.complete_lesson(lesson=lesson, by=ben)
        payments.end_entitlement(entitlement=entitlement, cause="refund")
        for _ in range(2):
            worker()
        assert points(ben) == 10

    def test_time_that_runs_out_takes_nothing_back(self, studied, ben, worker):
        self.end(studied(), "expired", worker)
        assert points(ben) == 70

    def test_who_holds_it_for_another_reason_keeps_them(self, studied, course, ben, ada, worker):
        entitlement = studied()
        payments.grant(user=ben, key=course.key, cause="staff", by=ada, reason="a guest")
        self.end(entitlement, "refund", worker)
        assert points(ben) == 70


class TestBoards:
    @pytest.fixture
    def board(self, ada, ben, cleo):
        for user, times in ((ada, 3), (ben, 2), (cleo, 1)):
            for n in range(times):
                operations.give_points(user_id=user.pk, rule="lesson_completed", source=f"lesson:{n}")
        old = timezone.now() - timedelta(days=20)
        operations.give_points(user_id=cleo.pk, rule="course_completed", source="course:1", at=old)

    @pytest.mark.parametrize(("window", "names"), [("7d", ["Ada", "Ben", "Cleo"]), ("30d", ["Cleo", "Ada", "Ben"])])
    def test_a_window_counts_what_lies_in_it(self, board, ben, window, names):
        assert [str(place.user) for place in queries.leaderboard(window=window, viewer=ben)] == names

    def test_who_left_the_boards_is_on_none(self, board, ada, ben):
        BoardPreference.objects.create(user=ada)
        assert [str(place.user) for place in queries.leaderboard(window="7d", viewer=ben)] == ["Ben", "Cleo"]

    def test_near_me_is_me_with_my_neighbors(self, board, cleo):
        assert [(place.place, place.is_me) for place in queries.near_me(window="7d", viewer=cleo)] == [
            (1, False),
            (2, False),
            (3, True),
        ]

    def test_near_me_is_a_part_of_the_board_whoever_looks_and_whoever_is_level(self, member):
        people = [member(f"Number {n}") for n in range(9)]
        for n, user in enumerate(people):
            for time in range(n // 3):
                operations.give_points(user_id=user.pk, rule="lesson_completed", source=f"lesson:{time}")
        people[4].is_active = False
        people[4].save()
        whole = [(one.place, one.user.pk, one.points) for one in queries.leaderboard(window="7d", viewer=people[0])]
        assert len(whole) == 5
        for n, (_, pk, _) in enumerate(whole):
            near = queries.near_me(window="7d", viewer=User.objects.get(pk=pk))
            assert [(one.place, one.user.pk, one.points) for one in near] == whole[max(n - 2, 0) : n + 3]
            assert [one.user.pk for one in near if one.is_me] == [pk]
        assert queries.near_me(window="7d", viewer=people[0]) == queries.near_me(window="7d", viewer=people[4]) == []


def test_a_completed_lesson_reaches_the_member_s_pages(ada, ben, worker, page_of):
    course = courses.create_course(by=ada, title="Reading your own books", language="en", summary="From till to table.")
    lesson = courses.add_lesson(
        course=course, section="One", title="A ledger is a table", source="Read.", is_preview=True
    )
    courses.complete_lesson(lesson=lesson, by=ben)
    worker()
    browser = page_of(ben)
    assert b"Completed a lesson" in browser.get("/points/").content
    assert b"You" in browser.get("/leaderboard/").content.split(b"<h1>Leaderboard</h1>")[1]


def test_what_came_for_one_reason_on_one_day_is_told_as_one(ada, page_of):
    noon = timezone.now().replace(hour=12)
    for n, (rule, at) in enumerate(
        [
            ("answer_accepted", noon - timedelta(days=2)),
            ("lesson_completed", noon - timedelta(days=1, minutes=3)),
            ("answer_accepted", noon - timedelta(days=1, minutes=2)),
            ("answer_accepted", noon - timedelta(days=1, minutes=1)),
            ("lesson_completed", noon - timedelta(days=1)),
        ]
    ):
        operations.give_points(user_id=ada.pk, rule=rule, source=f"thing:{n}", at=at)
    names = {"answer_accepted": "accepted", "lesson_completed": "completed"}
    told = shapes.lines(queries.points_lines(user=ada), names=names, viewer=ada)
    assert [(one["why"], one["times"], one["points"]) for one in told] == [
        ("completed", 2, 20), ("accepted", 2, 50), ("accepted", 1, 25),
    ]  # fmt: skip
    assert b"2 times" in page_of(ada).get("/points/").content


class TestWhatEarnedThem:
    @pytest.fixture
    def lines(self, page_of):
        def read(user):
            return page_of(user).get("/points/").context["lines"]

        return read

    def test_a_line_leads_to_what_somebody_found_useful(self, answer, ada, cleo, worker, lines):
        forum.vote(post=answer, by=cleo, is_useful=True)
        worker()
        assert [(line["points"], line["thing"].url) for line in lines(ada)] == [
            (2, answer.get_absolute_url()),
            (3, answer.get_absolute_url()),
        ]

    def test_what_was_taken_back_still_says_what_it_was(self, answer, ada, cleo, worker, lines):
        forum.vote(post=answer, by=cleo, is_useful=True)
        worker()
        forum.vote(post=answer, by=cleo, is_useful=False)
        worker()
        assert [line["thing"].name for line in lines(ada)] == ["Why is a refund booked twice?"] * 3

    def test_a_lesson_and_its_course_are_named(self, ada, ben, worker, lines):
        course = courses.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
        lesson = courses.add_lesson(course=course, section="One", title="Beans", source="Read.", is_preview=True)
        courses.publish_course(course=course, by=ada)
        courses.enroll(course=course, user=ben)
        courses.complete_lesson(lesson=lesson, by=ben)
        worker()
        assert {line["thing"].name for line in lines(ben)} == {"Beans", "Coffee"}

    def test_what_one_may_not_see_any_more_is_not_named(self, ada, ben, cleo, worker, lines):
        audience = ["public"]
        thread = forum.start_thread(by=cleo, title="For a few", source="Hush.", audience=audience)
        reply = forum.reply(thread=thread, by=ben, source="Yes.")
        forum.vote(post=reply, by=ada, is_useful=True)
        worker()
        [open_line] = lines(ben)
        type(thread).objects.filter(pk=thread.pk).update(audience=["course:99"])
        [closed_line] = lines(ben)
        assert (open_line["thing"].name, closed_line["thing"]) == ("For a few", None)


class TestToday:
    def test_only_what_was_earned_since_midnight_counts(self, ada):
        operations.give_points(user_id=ada.pk, rule="answer_accepted", source="thread:1")
        operations.give_points(
            user_id=ada.pk, rule="lesson_completed", source="lesson:1", at=timezone.now() - timedelta(days=1, hours=1)
        )
        assert queries.points_today(user=ada) == 25

    def test_the_studio_says_so(self, ada, page_of):
        operations.give_points(user_id=ada.pk, rule="answer_accepted", source="thread:1")
        page = page_of(ada).get("/studio/").content.decode()
        assert "Points today" in page and queries.points_today(user=ada) == 25
