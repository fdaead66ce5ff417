"""Two clicks, two devices, six reviewers at once: completed once, counted right; without the locks neither."""

import time

import pytest

from accounts.models import User
from core.events.testing import published
from courses import operations
from courses.events import CourseCompleted, LessonCompleted
from courses.models import Course, LessonProgress
from courses.operations import learning, reviewing

pytestmark = [pytest.mark.race, pytest.mark.commits]

REVIEWERS = 6


def somebody(name):
    return User.objects.create_user(f"{name}@example.test", username=name, name=name.title(), language="en")


@pytest.fixture
def course(own_database):
    ada = somebody("ada")
    made = operations.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
    for title in ("Beans", "Prices"):
        operations.add_lesson(course=made, section="One", title=title, source="Read.", is_preview=True)
    return made


@pytest.fixture
def ben(course):
    user = somebody("ben")
    operations.enroll(course=course, user=user)
    return user


@pytest.fixture
def lessons(course):
    return list(course.lessons.in_order())


@pytest.fixture
def dawdle(monkeypatch):
    """Whoever has done ``name`` waits before they commit, so that the others do not see it: then only a lock helps."""

    def after(module, name):
        done = getattr(module, name)

        def do_and_wait(*given, **named):
            done(*given, **named)
            time.sleep(0.3)

        monkeypatch.setattr(module, name, do_and_wait)

    return after


class TestTwoClicks:
    @pytest.fixture
    def click(self, lessons, ben, slow_saves):
        operations.note_lesson_view(lesson=lessons[0], by=ben)
        return lambda: operations.complete_lesson(lesson=lessons[0], by=ben)

    def test_complete_a_lesson_once(self, click, at_once):
        assert at_once(*[click] * 4) == {"done": 4}
        assert len(published(LessonCompleted)) == 1

    def test_control_without_the_lock_each_of_them_completes_it(self, click, at_once, without_row_locks, meet):
        meet(LessonProgress, "save", threads=4)
        at_once(*[click] * 4)
        assert len(published(LessonCompleted)) > 1


class TestTheLastTwoLessonsOnTwoDevices:
    @pytest.fixture
    def finish(self, lessons, ben, at_once, dawdle):
        dawdle(learning, "_complete_course")
        return lambda: at_once(*[lambda one=one: operations.complete_lesson(lesson=one, by=ben) for one in lessons])

    def test_complete_the_course(self, finish):
        assert finish() == {"done": 2}
        assert len(published(CourseCompleted)) == 1

    def test_control_without_the_lock_neither_is_the_last(self, finish, without_row_locks, meet):
        meet(learning, "_complete_course", threads=2)
        assert finish() == {"done": 2}
        assert published(CourseCompleted) == []


class TestReviewing:
    @pytest.fixture
    def review_at_once(self, course, lessons, at_once, dawdle):
        people = [somebody(f"reader{n}") for n in range(REVIEWERS)]
        for one in people:
            operations.complete_lesson(lesson=lessons[0], by=one)
        course.refresh_from_db()
        dawdle(reviewing, "recount")

        def race():
            acts = [lambda one=one: operations.review_course(course=course, by=one, rating=5) for one in people]
            assert at_once(*acts) == {"done": REVIEWERS}
            return Course.objects.values_list("rating_count", "rating_sum").get()

        return race

    def test_every_rating_counts(self, review_at_once):
        assert review_at_once() == (REVIEWERS, 5 * REVIEWERS)

    def test_control_without_the_lock_some_are_forgotten(self, review_at_once, without_row_locks, meet):
        meet(reviewing, "recount", threads=REVIEWERS)
        count, _ = review_at_once()
        assert count < REVIEWERS
