"""Demo life: members act by themselves, through the operations that everybody uses."""

import random

import pytest

from community.demo import life
from community.demo.making import making
from community.tasks import demo_life
from core.events.testing import published
from courses.events import LessonCompleted, LessonViewed
from courses.models import LessonProgress
from courses.operations import add_lesson, create_course, enroll, publish_course
from forum.events import PostVoted, ReplyPosted, ThreadViewed
from forum.models import Post
from forum.operations import start_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(member, ada):
    """A teacher, a course with two free lessons, a member who studies it, a discussion under its first lesson."""
    mei = member("Mei")
    course = create_course(by=ada, title="Bread", language="en", summary="Flour and time")
    lessons = [
        add_lesson(course=course, section="One", title=title, source="Flour is patient.", is_preview=True)
        for title in ("Flour", "Water")
    ]
    publish_course(course=course, by=ada)
    enroll(course=course, user=mei)
    thread = start_thread(
        by=ada, title="How was it?", source="Tell me.", audience=["public", "members"], about=f"lesson:{lessons[0].pk}"
    )
    return mei, lessons, thread


class TestActs:
    def test_studying_opens_and_completes_the_next_lesson(self, school):
        mei, lessons, _thread = school
        assert life.study(mei, random.Random(1))
        assert [(fact.lesson_id, fact.user_id) for fact in published(LessonViewed)] == [(lessons[0].pk, mei.pk)]
        assert [(fact.lesson_id, fact.user_id) for fact in published(LessonCompleted)] == [(lessons[0].pk, mei.pk)]

    def test_reading_counts_and_finds_something_useful(self, school):
        mei, _lessons, thread = school
        assert life.read_a_thread(mei, random.Random(1))
        assert [fact.thread_id for fact in published(ThreadViewed)] == [thread.pk]
        assert [(fact.voter_id, fact.value) for fact in published(PostVoted)] == [(mei.pk, 1)]

    def test_replying_waits_for_the_lesson_and_never_says_the_same_twice(self, school):
        mei, _lessons, _thread = school
        assert not life.reply_under_a_lesson(mei, random.Random(1))
        life.study(mei, random.Random(1))
        assert life.reply_under_a_lesson(mei, random.Random(1))
        assert life.reply_under_a_lesson(mei, random.Random(1))
        said = list(Post.objects.filter(author=mei).values_list("source", flat=True))
        assert len(set(said)) == len(said) == len(published(ReplyPosted)) == 2
        assert all("Flour" in words or "Bread" in words for words in said)


class TestTheJob:
    def test_it_lives_only_where_life_was_asked_for(self, school, settings):
        settings.DEMO_LIFE = False
        demo_life()
        assert published(LessonViewed, ThreadViewed) == []

    def test_it_lets_somebody_do_something(self, school, settings):
        settings.DEMO_LIFE = True
        demo_life()
        assert len(published(LessonViewed, ThreadViewed, ReplyPosted)) >= 1

    def test_it_waits_while_the_world_is_being_made(self, school, settings, tmp_path):
        settings.VAR = tmp_path
        with making():
            assert life.live_a_little(dice=random.Random(1)) == ""
        assert life.live_a_little(dice=random.Random(1)) != ""

    def test_nobody_is_moved_whom_a_visitor_may_be(self, school, ben):
        mei, lessons, _thread = school
        enroll(course=lessons[0].course, user=ben)
        assert {life._somebody(random.Random(n)).pk for n in range(30)} == {mei.pk}
        assert not LessonProgress.objects.exists()

    def test_who_has_ever_logged_in_acts_for_themselves(self, school, member, page_of):
        mei, lessons, _thread = school
        robin = member("Robin")
        enroll(course=lessons[0].course, user=robin)
        assert {life._somebody(random.Random(n)).pk for n in range(30)} == {mei.pk, robin.pk}
        page_of(robin)
        assert {life._somebody(random.Random(n)).pk for n in range(30)} == {mei.pk}

    def test_beat_knows_it_only_when_it_is_on(self):
        from community.celery import app

        assert "community.demo.life" in app.tasks
        assert "demo life" not in app.conf.beat_schedule
