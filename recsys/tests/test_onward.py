"""The next lesson of what one studies has a place of its own, and says where it belongs."""

import pytest

from accounts.enums import Purpose
from accounts.operations import record_consent
from courses import operations as courses
from recsys import kinds, operations, queries
from recsys.models import TopicWish
from surveys import operations as surveys
from surveys.models import Choice, Question, Survey

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


class TestThePath:
    """What one answered at the beginning leads to courses, one after the other; the next of them has a place."""

    @pytest.fixture
    def path(self, shelf, topics, cleo):
        survey = Survey.objects.create(
            slug="onboarding", title_zh="你想学什么？", title_en="What?", audience=["members"]
        )
        first, second = (
            Question.objects.create(survey=survey, kind="single", text_zh="？", text_en="?", place=place)
            for place in (2, 1)
        )
        late = Choice.objects.create(question=first, text_zh="甲", text_en="A", leads_to=[shelf[5].key, shelf[3].key])
        early = Choice.objects.create(question=second, text_zh="乙", text_en="B", leads_to=[shelf[4].key])
        Choice.objects.create(question=second, text_zh="丙", text_en="C", leads_to=[shelf[0].key])
        surveys.open_version(survey=survey)
        surveys.submit(survey=survey, by=cleo, answers={first.pk: late.pk, second.pk: early.pk})
        return [shelf[4], shelf[5], shelf[3]]

    def steps(self, user, limit=30):
        found = queries.picks(viewer=user, limit=limit)
        return [(pick.item.title, pick.because) for pick in found if pick.source == "path"]

    def test_the_first_step_stands_fourth_and_says_where_it_is_from(self, path, cleo):
        because = "The next step of your first path, from what you answered"
        assert self.steps(cleo, limit=10) == [(path[0].title, because)]

    def test_what_is_begun_gives_way_to_the_next_in_the_order_of_the_questions(self, path, cleo, worker):
        seen = []
        for course in path:
            seen.append([title for title, _ in self.steps(cleo, limit=10)])
            courses.enroll(course=course, user=cleo)
            worker()
        assert seen == [[course.title] for course in path]
        assert self.steps(cleo) == []

    @pytest.mark.leak
    def test_a_step_that_one_may_not_see_is_left_out(self, path, cleo):
        type(path[0]).objects.filter(pk=path[0].pk).update(published_at=None)
        assert [title for title, _ in self.steps(cleo, limit=10)] == [path[1].title]

    def test_with_personalization_off_there_is_none(self, path, cleo):
        record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        assert self.steps(cleo) == []

    def test_nobody_else_has_it(self, path, ben):
        assert self.steps(ben) == []

    def test_the_page_that_says_why_says_it_too(self, path, cleo, page_of):
        page = page_of(cleo).get(f"/feed/why/{path[0].key}/").content.decode()
        assert "The next step of your first path" in page
