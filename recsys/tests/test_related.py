"""What stands beside a thing, for whom, and why."""

import pytest

from accounts import operations as people
from accounts.enums import Purpose
from courses import operations as courses
from forum import operations as forum
from recsys import operations, queries
from recsys.models import TopicWish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


def beside(viewer, course, limit=4):
    return [
        (pick.item.name, pick.source, pick.because)
        for pick in queries.related(viewer=viewer, name=course.key, limit=limit)
    ]


def names(found):
    return [name for name, _, _ in found]


class TestBeside:
    def test_what_its_learners_also_study_comes_first_with_that_reason(self, trained, shelf, cleo):
        found = beside(cleo, shelf[0], limit=2)
        assert set(names(found)) == {shelf[1].key, shelf[2].key}
        assert {(source, because) for _, source, because in found} == {
            ("also", "Learners of “Course number 0” also study it")
        }

    def test_fewer_than_five_learners_are_not_spoken_of(self, shelf, member, worker, cleo):
        for n in range(4):
            for course in (shelf[0], shelf[3]):
                courses.enroll(course=course, user=member(f"Few{n}"[:4] + str(n) + course.slug[-1]))
        learners = [member(f"Both{n}") for n in range(4)]
        for one in learners:
            for course in (shelf[0], shelf[3]):
                courses.enroll(course=course, user=one)
        worker()
        assert [source for _, source, _ in beside(cleo, shelf[0])] == ["alike", "alike"]
        fifth = member("Fifth")
        for course in (shelf[0], shelf[3]):
            courses.enroll(course=course, user=fifth)
        worker()
        assert beside(cleo, shelf[0])[0][:2] == (shelf[3].key, "also")

    def test_without_a_model_and_learners_it_is_about_the_same(self, shelf, cleo):
        assert beside(cleo, shelf[0]) == [
            (shelf[2].key, "alike", "Also about Bread"), (shelf[1].key, "alike", "Also about Bread"),
        ]  # fmt: skip

    def test_a_guest_sees_it_too_and_reads_once_why_all_of_it_is_there(self, trained, shelf, page_of):
        page = page_of().get(f"/related/{shelf[0].key}/").content.decode()
        assert page.count("Learners of “Course number 0” also study it") == 1
        assert (f'href="{shelf[1].get_absolute_url()}"' in page, "<span>1 lesson</span>" in page) == (True, True)

    def test_what_stands_on_the_page_already_is_not_there(self, shelf, cleo, ada, page_of):
        topics = [topic.pk for topic in shelf[0].topics.all()]
        asked = [
            forum.ask(
                by=ada,
                title=f"Where is crumb {n}?",
                source="I look.",
                audience=["public"],
                topic_ids=topics,
                about=about,
            )
            for n, about in enumerate(["", shelf[0].key])
        ]
        beside_it = f"/related/{shelf[0].key}/"
        page = page_of(cleo)
        both = page.get(beside_it).content.decode()
        assert [thread.title in both for thread in asked] == [True, True]
        one = page.get(f"{beside_it}?listed={asked[1].pk}&listed=nothing").content.decode()
        assert [thread.title in one for thread in asked] == [True, False]
        whole = page.get(shelf[0].get_absolute_url()).content.decode()
        assert f'hx-get="{beside_it}?listed={asked[1].pk}"' in whole

    def test_what_is_owned_or_dismissed_is_not_there(self, trained, shelf, cleo, worker):
        courses.enroll(course=shelf[1], user=cleo)
        operations.dismiss(user=cleo, item=shelf[2].key, reason="not_interested")
        worker()
        assert {shelf[1].key, shelf[2].key} & set(names(beside(cleo, shelf[0]))) == set()

    def test_less_of_a_topic_halves_it_here_too_and_can_be_taken_back(self, trained, shelf, cleo, topics):
        before = names(beside(cleo, shelf[0]))
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
        breads = {course.key for course in shelf[:3]}
        assert len(breads & set(names(beside(cleo, shelf[0])))) == len(breads & set(before)) // 2 == 1
        operations.take_back_wish(user=cleo, topic=topics[0])
        assert names(beside(cleo, shelf[0])) == before

    def test_beside_a_lesson_stands_what_stands_beside_its_course(self, trained, shelf, cleo):
        lesson = shelf[0].lessons.get()
        found = queries.related(viewer=cleo, name=f"lesson:{lesson.pk}")
        assert [one.item.name for one in found] == names(beside(cleo, shelf[0]))

    @pytest.mark.parametrize("name", ["course:0", "lesson:0", "person:1", "course:x", "thread:99999999999"])
    def test_beside_nothing_there_is_nothing(self, name, shelf, page_of, cleo):
        assert page_of(cleo).get(f"/related/{name}/").status_code == 404

    def test_what_one_may_not_see_is_neither_asked_about_nor_shown(self, shelf, ada, cleo, ben, topics):
        inside = forum.start_thread(
            by=ada, title="Inside", source="Words.", audience=["course:7"], topic_ids=[topics[0].pk]
        )
        assert queries.related(viewer=cleo, name=f"thread:{inside.pk}") is None
        assert f"thread:{inside.pk}" not in names(beside(cleo, shelf[0], limit=40))


class TestAnswerable:
    def ask(self, by, topic, title):
        return forum.ask(by=by, title=title, source="Well.", audience=["public"], topic_ids=[topic.pk], language="en")

    def titles(self, viewer):
        return [(pick.item.title, pick.because) for pick in queries.answerable(viewer=viewer)]

    def test_are_about_what_one_has_answered(self, ada, ben, cleo, topics):
        bread, knots = topics
        done = self.ask(ada, bread, "Why does it rise?")
        forum.answer(question=done, by=ben, source="Yeast.")
        self.ask(ada, bread, "Why does it fall?")
        self.ask(ada, knots, "Which knot holds?")
        self.ask(ben, bread, "My own question")
        assert self.titles(ben) == [("Why does it fall?", "You have answered about Bread")]
        assert self.titles(cleo) == []

    def test_or_about_what_one_follows_until_one_wants_none_of_it(self, ada, cleo, topics):
        self.ask(ada, topics[1], "Which knot holds?")
        people.follow_topics(user_id=cleo.pk, topic_ids=[topics[1].pk])
        assert self.titles(cleo) == [("Which knot holds?", "You follow Knots")]
        operations.wish(user=cleo, topic=topics[1], wish=TopicWish.Wish.LESS)
        assert self.titles(cleo) == []

    def test_are_not_guessed_with_personalization_off(self, ada, cleo, topics):
        self.ask(ada, topics[1], "Which knot holds?")
        people.follow_topics(user_id=cleo.pk, topic_ids=[topics[1].pk])
        people.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        assert self.titles(cleo) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_fragments_ask_as_often_for_three_as_for_one(
    trained, shelf, ada, cleo, topics, page_of, count, django_assert_num_queries
):
    people.follow_topics(user_id=cleo.pk, topic_ids=[topics[1].pk])
    for n in range(count):
        forum.ask(
            by=ada, title=f"Which {n}?", source="Well.", audience=["public"], topic_ids=[topics[1].pk], language="en"
        )
        forum.start_thread(
            by=ada, title=f"T{n}", source="Words.", audience=["public"], topic_ids=[topics[0].pk], language="en"
        )
    browser = page_of(cleo)
    for path, cost in ((f"/related/{shelf[0].key}/", 12), ("/answerable/", 9)):
        browser.get(path, headers={"hx-request": "true"})
        with django_assert_num_queries(cost):
            page = browser.get(path, headers={"hx-request": "true"})
        assert page.content.count(b"<li>") >= 1
        assert b"<html" not in page.content
