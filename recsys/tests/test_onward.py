"""The next lesson of what one studies has a place of its own, and says where it belongs."""

import pytest

from accounts.enums import Purpose
from accounts.operations import record_consent
from courses import operations as courses
from recsys import kinds, operations, queries
from recsys.models import TopicWish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def studied(shelf, cleo, worker):
    """Cleo studies two courses of three lessons each."""
    for course in shelf[:2]:
        for n in range(2):
            courses.add_lesson(course=course, section="Two", title=f"More of {course.title} {n}", source="Read.")
        courses.enroll(course=course, user=cleo)
    worker()
    return shelf[:2]


def onward(user, limit=10):
    return [pick.item.title for pick in queries.picks(viewer=user, limit=limit) if pick.source == "onward"]


def test_it_stands_second_and_says_in_which_course(studied, cleo):
    pick = queries.picks(viewer=cleo, limit=10)[1]
    assert (pick.item.title, pick.source, pick.because) == (
        "Lesson of 1", "onward", "It comes next in “Course number 1”",
    )  # fmt: skip


def test_one_place_in_twenty(studied, cleo):
    assert len(onward(cleo, limit=20)) == 1


def test_what_is_completed_gives_way_to_the_next(studied, cleo, worker):
    courses.complete_lesson(lesson=studied[1].lessons.in_order()[0], by=cleo)
    worker()
    assert onward(cleo) == ["More of Course number 1 0"]


def test_on_the_home_page_it_is_not_the_one_that_stands_above_already(studied, cleo, page_of, worker):
    courses.note_lesson_view(lesson=studied[1].lessons.in_order()[0], by=cleo)
    worker()
    context = page_of(cleo).get("/").context
    cards = [card["title"] for card in context["feed"] if card["source"] == "onward"]
    assert (context["resume"]["title"], cards) == ("Lesson of 1", ["Lesson of 0"])


def test_it_can_be_sent_away_like_any_card(studied, cleo):
    name = next(pick.item.name for pick in queries.picks(viewer=cleo, limit=10) if pick.source == "onward")
    operations.dismiss(user=cleo, item=name, reason="not_interested")
    assert onward(cleo) == ["Lesson of 0"]


def test_what_one_wants_less_of_gets_no_place_of_its_own(studied, cleo, topics):
    operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
    assert onward(cleo) == []


def test_with_personalization_off_there_is_none(studied, cleo):
    record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
    assert onward(cleo) == []


def test_a_course_that_is_given_back_has_no_next_lesson(studied, cleo):
    cleo.enrollments.update(ended_at="2026-01-01T00:00Z")
    assert onward(cleo) == []


def test_the_page_that_says_why_says_it_too(studied, cleo, page_of):
    name = next(pick.item.name for pick in queries.picks(viewer=cleo, limit=10) if pick.source == "onward")
    assert "It comes next in “Course number 1”" in page_of(cleo).get(f"/feed/why/{name}/").content.decode()


@pytest.mark.leak
def test_a_lesson_of_a_draft_is_nobodys_to_ask_about(ada, cleo, page_of):
    draft = courses.create_course(by=ada, title="A draft", language="en", summary="Not yet.")
    lesson = courses.add_lesson(course=draft, section="One", title="The canary", source="Sings.", is_preview=True)
    name = f"lesson:{lesson.pk}"
    page = page_of(cleo)
    answers = [page.get(f"/feed/why/{name}/").status_code, page.post(f"/feed/dismiss/{name}/known/").status_code]
    assert (answers, kinds.load([name], viewer=cleo)) == ([404, 404], {})
