"""The feed: true reasons, at once, and nothing that is not the member's to see."""

import statistics
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import operations as people
from accounts.enums import Purpose
from core.audience import grants, keys
from courses import operations as courses
from forum import operations as forum
from forum.models import Thread
from recsys import kinds, operations, queries, serving
from recsys.handlers import listens
from recsys.models import Interaction, TopicWish
from recsys.queries import knowing
from recsys.queries.by_acts import aspects_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


def titles(user, limit=10):
    return [card["title"] for card in queries.feed(viewer=user, limit=limit)]


class TestWithoutAModel:
    def test_a_newcomer_gets_what_is_popular_and_is_told_so(self, shelf, cleo):
        cards = queries.feed(viewer=cleo, limit=4)
        assert ({card["source"] for card in cards}, len(cards)) == ({"popular"}, 4)

    def test_of_a_course_it_says_how_many_took_it_once_that_tells_nobody_apart(self, shelf, cleo, member):
        for n in range(5):
            courses.enroll(course=shelf[0], user=member(f"Learner{n}"))
            if n < 4:
                courses.enroll(course=shelf[1], user=member(f"Other{n}"))
        said = {card["title"]: card["why"] for card in queries.feed(viewer=cleo)}
        assert [said[course.title] for course in shelf[:2]] == ["Taken by 5 members", "From the catalog"]

    def test_of_a_talk_it_says_no_more_life_than_there_is(self, ada, ben, cleo):
        _new, answered, old = (
            forum.start_thread(by=ada, title=title, source="Of cups.", audience=["public"]) for title in "abc"
        )
        forum.reply(thread=answered, by=ben, source="Warm them first.")
        Thread.objects.filter(pk=old.pk).update(last_post_at=timezone.now() - timedelta(days=8))
        said = {card["title"]: card["why"] for card in queries.feed(viewer=cleo)}
        assert said == {
            "a": "Begun in the past week", "b": "Talked about in the past week", "c": "From the community",
        }  # fmt: skip

    def test_too_few_members_are_not_learned_from(self, shelf):
        with pytest.raises(operations.TooLittleToLearn):
            operations.retrain()


class TestWithAModel:
    def test_a_training_leaves_a_report_and_serves(self, trained):
        assert trained.is_in_service, trained.model.refused_because
        assert trained.model.report["members"] == 24

    def test_what_one_has_just_finished_names_itself_on_the_next_page(self, trained, shelf, cleo, worker):
        before = titles(cleo)
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        cards = queries.feed(viewer=cleo, limit=10)
        assert [card["title"] for card in cards] != before
        assert "Because you finished “Lesson of 0”" in [card["why"] for card in cards]

    def test_it_does_so_before_a_worker_has_read_of_it_and_no_differently_after(self, trained, shelf, cleo, worker):
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        at_once = queries.feed(viewer=cleo, limit=10)
        worker()
        assert "Because you finished “Lesson of 0”" in [card["why"] for card in at_once]
        assert queries.feed(viewer=cleo, limit=10) == at_once

    def test_what_others_have_just_done_is_nobody_elses(self, trained, shelf, cleo, ben):
        before = titles(cleo)
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=ben)
        assert titles(cleo) == before

    def test_with_personalization_off_it_is_not_looked_at(self, trained, shelf, cleo):
        people.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        assert {card["source"] for card in queries.feed(viewer=cleo, limit=4)} == {"popular"}

    def test_a_twin_who_did_nothing_keeps_the_same_feed(self, trained, shelf, cleo, member, worker):
        twin = member("Twin")
        before = titles(twin)
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        assert titles(twin) == before

    def test_what_is_dismissed_is_gone_in_the_next_request_and_comes_back_when_undone(self, trained, cleo, page_of):
        first = queries.picks(viewer=cleo, limit=1)[0].item
        browser = page_of(cleo)
        browser.post(f"/feed/dismiss/{first.name}/not_interested/")
        gone = first.title not in titles(cleo)
        browser.post(f"/feed/undo/{first.name}/")
        assert (gone, first.title in titles(cleo)) == (True, True)

    def test_what_one_studies_already_is_not_recommended(self, trained, shelf, cleo, worker):
        courses.enroll(course=shelf[1], user=cleo)
        worker()
        assert shelf[1].title not in titles(cleo)

    def test_a_damaged_model_falls_back_to_what_is_popular(self, trained, cleo, settings):
        for path in (settings.MODELS_ROOT / trained.model.folder).glob("*.npy"):
            path.write_bytes(b"nonsense")
        serving.forget()
        assert {card["source"] for card in queries.feed(viewer=cleo, limit=3)} == {"popular"}


class TestWithinASecond:
    """From the click to a page that goes by it: measured over whole requests, while no worker reads anything."""

    @pytest.fixture
    def lived(self, trained, shelf, member, page_of):
        """Five members complete a lesson and ask for their feed: the median of the seconds, and on how many feeds it is the reason."""
        pages = [page_of(member(f"Quick{n}")) for n in range(5)]
        lesson = shelf[0].lessons.get()

        def live(page):
            page.get("/")
            began = time.perf_counter()
            page.post(f"/courses/{shelf[0].slug}/{lesson.pk}/complete/")
            shown = page.get("/").content.decode()
            return time.perf_counter() - began, "Because you finished “Lesson of 0”" in shown

        def lived():
            seconds, named = zip(*map(live, pages), strict=True)
            return statistics.median(seconds), sum(named)

        return lived

    def test_what_one_has_just_done_is_on_the_next_page(self, lived):
        seconds, named = lived()
        assert (seconds < 1, named) == (True, 5), seconds

    def test_control_without_what_no_worker_has_read_the_page_stays_as_it_was(self, lived, monkeypatch):
        monkeypatch.setattr(knowing, "facts_ahead", lambda rows: [])
        assert lived()[1] == 0


@pytest.mark.leak
def test_a_paid_thread_is_recommended_to_who_holds_its_key_only(ada, ben, cleo, monkeypatch):
    monkeypatch.setattr(keys, "_grants", list(keys._grants))
    grants(lambda viewer: ["course:7"] if viewer.pk == ben.pk else [])
    forum.ask(by=ada, title="A secret of lesson seven", source="The canary sings.", audience=["course:7"])
    assert [("A secret of lesson seven" in titles(user)) for user in (cleo, ben)] == [False, True]


def test_what_one_has_written_is_recommended_to_others_alone(ben, cleo):
    forum.ask(by=cleo, title="Why is it bitter?", source="Every cup.", audience=["public"])
    assert [("Why is it bitter?" in titles(user)) for user in (cleo, ben)] == [False, True]


def test_nor_is_it_to_who_keeps_no_history(ben, cleo):
    """What one has done leaves the list by one's history; where nothing is looked at, what one wrote must know by itself."""
    people.record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
    forum.ask(by=cleo, title="Why is it bitter?", source="Every cup.", audience=["public"])
    assert [("Why is it bitter?" in titles(user)) for user in (cleo, ben)] == [False, True]


def test_reading_the_stream_again_rebuilds_the_same_interactions(crowd):
    from core.events.operations import replay

    def rows():
        return list(
            Interaction.objects.order_by("user_id", "item").values_list("user_id", "item", "weight", "happened_at")
        )

    before = rows()
    replay(listener=listens)
    assert rows() == before


class TestVariety:
    def test_cards_resemble_each_other_by_topic_and_kind(self, shelf, topics, ada, cleo):
        talk = forum.start_thread(
            by=ada, title="Sourdough", source="A night.", audience=["public"], topic_ids=[topics[0].pk]
        )
        names = [f"course:{shelf[0].pk}", f"course:{shelf[1].pk}", f"course:{shelf[4].pk}", f"thread:{talk.pk}"]
        items = kinds.load(names, viewer=cleo)
        aspects = aspects_of([items[name] for name in names])
        # Bread and bread, bread and knots, a course and a talk about bread; shared aspects, of two each.
        assert (aspects @ aspects.T)[0].tolist() == [2, 2, 1, 1]


class TestLanguages:
    @pytest.fixture
    def elsewhere(self, shelf):
        """Three of the six are in a language that few here read."""
        for course in shelf[:3]:
            course.language = "zh-hans"
            course.save(update_fields=["language"])
        return {course.title for course in shelf[:3]}

    def test_what_one_does_not_read_stands_behind_and_is_not_left_out(self, elsewhere, cleo):
        found = titles(cleo)
        assert (set(found[-3:]), len(found)) == (elsewhere, 6)

    def test_also_when_one_has_a_history(self, trained, elsewhere, shelf, cleo, worker):
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        found = [title for title in titles(cleo) if title.startswith("Course")]
        assert (set(found[:3]) & elsewhere, elsewhere <= set(found)) == (set(), True)

    def test_what_is_taught_in_another_language_alone_begins_the_page_of_who_asked_for_it(
        self, elsewhere, topics, cleo
    ):
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.MORE)
        first, *others = queries.feed(viewer=cleo, limit=10)
        assert (first["title"] in elsewhere, first["why"]) == (True, "You wanted more about Bread")
        assert [card["title"] in elsewhere for card in others] == [False] * 3 + [True] * 2

    def test_but_not_when_there_is_something_that_they_can_read(self, elsewhere, shelf, topics, cleo):
        shelf[3].topics.add(topics[0])
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.MORE)
        assert [title in elsewhere for title in titles(cleo)] == [False] * 3 + [True] * 3

    def test_nor_does_it_stand_before_something_else_that_they_asked_for(self, elsewhere, shelf, topics, ben, cleo):
        courses.enroll(course=shelf[0], user=ben)
        for topic in topics:
            operations.wish(user=cleo, topic=topic, wish=TopicWish.Wish.MORE)
        first, second, *_ = queries.feed(viewer=cleo, limit=10)
        assert (first["title"] in elsewhere, first["why"]) == (False, "You wanted more about Knots")
        assert second["title"] == shelf[0].title

    def test_whoever_reads_both_gets_both_by_worth(self, trained, elsewhere, shelf, cleo, worker):
        cleo.languages_read = ["en", "zh-hans"]
        cleo.save(update_fields=["languages_read"])
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        assert titles(cleo)[0] in elsewhere
