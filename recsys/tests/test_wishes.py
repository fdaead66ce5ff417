"""What a member says about topics and cards holds in their next request, and in nobody else's."""

import pytest

from accounts.enums import Purpose
from accounts.operations import follow_topics, record_consent
from courses import operations as courses
from recsys import operations, queries
from recsys.models import Impression, Interaction, TopicWish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


def about(user, topic, limit=40):
    return sum(topic.pk in pick.item.topic_ids for pick in queries.picks(viewer=user, limit=limit))


def interests(user):
    return {one.topic.slug: one for one in queries.interests_of(viewer=user)}


class TestWhatWeThink:
    def test_every_interest_says_where_it_comes_from(self, shelf, topics, cleo, worker):
        follow_topics(user_id=cleo.pk, topic_ids=[topics[1].pk])
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        found = interests(cleo)
        assert (found["bread"].done, found["bread"].followed, found["knots"].done, found["knots"].followed) == (
            0.6,
            0,
            0,
            0.7,
        )

    def test_the_page_costs_the_same_for_one_interest_and_for_many(
        self, shelf, topics, cleo, page_of, worker, django_assert_num_queries
    ):
        page = page_of(cleo)
        operations.wish(user=cleo, topic=topics[0], wish="more")
        page.get("/settings/interests/")
        with django_assert_num_queries(QUERIES := 14):
            page.get("/settings/interests/")
        operations.wish(user=cleo, topic=topics[1], wish="less")
        with django_assert_num_queries(QUERIES):
            page.get("/settings/interests/")

    def test_an_interest_that_is_refused_no_longer_speaks_for_anything(
        self, trained, shelf, topics, cleo, page_of, worker
    ):
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        before = [card["why"] for card in queries.feed(viewer=cleo)]
        page_of(cleo).post("/settings/interests/bread/not_mine/")
        after = [card["why"] for card in queries.feed(viewer=cleo)]
        assert (any("Lesson of 0" in why for why in before), any("Lesson of 0" in why for why in after)) == (
            True,
            False,
        )

    def test_a_topic_that_is_added_is_named_as_the_reason(self, shelf, topics, cleo, page_of):
        page_of(cleo).post("/settings/interests/add/", {"topic": "knots"})
        first = queries.feed(viewer=cleo)[0]
        assert (first["why"], first["source"]) == ("You wanted more about Knots", "interests")

    def test_what_was_said_can_be_taken_back(self, shelf, topics, cleo, page_of):
        page_of(cleo).post("/settings/interests/knots/more/")
        page_of(cleo).post("/settings/interests/knots/forget/")
        assert (list(TopicWish.objects.all()), {card["source"] for card in queries.feed(viewer=cleo)}) == (
            [],
            {"popular"},
        )

    def test_nobody_else_is_asked(self, shelf, topics, cleo, ben, page_of):
        before = queries.content_ids(viewer=ben, limit=10)
        page_of(cleo).post("/settings/interests/knots/more/")
        assert queries.content_ids(viewer=ben, limit=10) == before


class TestLess:
    @pytest.fixture
    def wide_shelf(self, topics, member, ada):
        """Sixteen more courses, each of a teacher of their own, half of them about bread."""
        for n in range(16):
            teacher = member(f"Teacher{n}")
            course = courses.create_course(by=teacher, title=f"More of {n}", language="en", summary="One more.")
            course.topics.add(topics[n % 2])
            courses.add_lesson(course=course, section="One", title="Only lesson", source="Read.", is_preview=True)
            courses.publish_course(course=course, by=teacher)

    def test_less_halves_what_a_topic_would_have_had(self, wide_shelf, topics, cleo, page_of):
        before = about(cleo, topics[0])
        page_of(cleo).post("/settings/interests/bread/less/")
        assert (before, about(cleo, topics[0]), about(cleo, topics[1])) == (8, 4, 8)

    @pytest.mark.parametrize("limit", [4, 6, 10, 40])
    def test_it_halves_the_first_few_cards_too(self, wide_shelf, topics, cleo, limit):
        before = about(cleo, topics[0], limit)
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
        assert (about(cleo, topics[0], limit), len(queries.picks(viewer=cleo, limit=limit)) > 0) == (before // 2, True)

    def test_a_longer_list_still_begins_with_the_shorter_one(self, wide_shelf, topics, cleo):
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
        names = queries.content_ids(viewer=cleo, limit=12)
        assert [queries.content_ids(viewer=cleo, limit=n) for n in (3, 7)] == [names[:3], names[:7]]

    def test_less_about_a_topic_holds_for_those_under_it(self, wide_shelf, topics, cleo, page_of):
        page_of(cleo).post("/settings/interests/crafts/less/")
        assert (about(cleo, topics[0]), about(cleo, topics[1])) == (4, 4)

    def test_undone_it_is_as_before(self, wide_shelf, topics, cleo, page_of):
        before = queries.content_ids(viewer=cleo, limit=40)
        page_of(cleo).post("/settings/interests/bread/less/")
        page_of(cleo).post("/settings/interests/bread/forget/")
        assert queries.content_ids(viewer=cleo, limit=40) == before


@pytest.mark.parametrize("name", ["course:x", "course:", "nothing", "person:1", "course:99999999999999"])
def test_what_is_no_item_is_not_found(name, shelf, cleo, page_of):
    page = page_of(cleo)
    assert [page.post(f"/feed/dismiss/{name}/known/").status_code, page.get(f"/feed/why/{name}/").status_code] == [
        404
    ] * 2


def test_what_is_called_back_from_the_page_of_interests_leads_back_there(shelf, cleo, page_of):
    page = page_of(cleo)
    page.post(f"/feed/dismiss/{shelf[0].key}/known/")
    answer = page.post(f"/feed/undo/{shelf[0].key}/", {"next": "/settings/interests/"})
    elsewhere = page.post(f"/feed/undo/{shelf[0].key}/", {"next": "https://evil.test/"})
    assert (answer.url, elsewhere.url) == ("/settings/interests/", "/")


class TestSwitchedOff:
    def test_what_was_learned_is_deleted_and_nothing_new_is_learned(self, trained, shelf, cleo, worker):
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        operations.note_shown(user=cleo, cards=queries.feed(viewer=cleo))
        kept = Interaction.objects.filter(user=cleo).exists() and Impression.objects.filter(user=cleo).exists()
        record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        courses.complete_lesson(lesson=shelf[1].lessons.get(), by=cleo)
        worker()
        operations.note_shown(user=cleo, cards=queries.feed(viewer=cleo))
        left = Interaction.objects.filter(user=cleo).exists() or Impression.objects.filter(user=cleo).exists()
        assert (kept, left) == (True, False)

    def test_the_feed_claims_nothing_personal(self, trained, shelf, topics, cleo, worker):
        follow_topics(user_id=cleo.pk, topic_ids=[topics[0].pk])
        courses.complete_lesson(lesson=shelf[0].lessons.get(), by=cleo)
        worker()
        record_consent(user=cleo, purpose=Purpose.PERSONALIZATION, is_given=False)
        assert {card["source"] for card in queries.feed(viewer=cleo, limit=4)} == {"popular"}

    def test_no_vector_of_a_member_lies_on_the_disk(self, trained, settings):
        from recsys.engine import load

        assert load(settings.MODELS_ROOT / trained.model.folder).known_members == 0


class TestWhy:
    def test_the_page_names_what_speaks_for_a_card_and_how_much(self, trained, shelf, cleo, page_of, worker):
        for course in shelf[:2]:
            courses.complete_lesson(lesson=course.lessons.get(), by=cleo)
        worker()
        found = queries.why(viewer=cleo, name=f"course:{shelf[2].pk}")
        assert (sum(cause.share for cause in found.causes), found.causes[0].share >= found.causes[-1].share) == (
            100,
            True,
        )
        page = page_of(cleo).get(f"/feed/why/course:{shelf[2].pk}/").content.decode()
        assert found.causes[0].words in page

    def test_without_a_reason_it_says_so(self, shelf, cleo, page_of):
        page = page_of(cleo).get(f"/feed/why/course:{shelf[2].pk}/").content.decode()
        assert "Nothing that we know of you speaks for it" in page

    @pytest.mark.leak
    def test_nobody_is_told_about_what_they_may_not_see(self, ada, cleo, page_of):
        draft = courses.create_course(by=ada, title="A draft", language="en", summary="Not yet.")
        assert page_of(cleo).get(f"/feed/why/course:{draft.pk}/").status_code == 404
