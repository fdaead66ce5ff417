"""What is searched for is counted without telling who; figures need five people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import operations as people
from accounts.enums import Purpose
from core.events import operations as events
from core.events.listening import Listener
from core.events.testing import published
from courses import operations as teaching
from forum import operations as talking
from insights import queries, rules
from insights.events import Searched
from insights.models import Phrase, PhraseSearch, SearchDay, TopicSearch
from insights.operations import forget_old_searches, note_search
from topics.models import Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def bread():
    return Topic.objects.create(slug="bread", name_en="Bread", name_zh="面包", synonyms=["sourdough"])


@pytest.fixture
def crowd(member):
    """Makes members who allow usage statistics."""

    def make(count, name="Reader", *, allows=True):
        made = [member(f"{name}{n}") for n in range(count)]
        for one in made:
            people.record_consent(user=one, purpose=Purpose.ANALYTICS, is_given=allows)
        return made

    return make


def search(viewers, text="sourdough starter", hits=0):
    for viewer in viewers:
        note_search(viewer=viewer, text=text, hits=hits)


def need_of(topic):
    return next(one for one in queries.needs().needs if one.topic == topic)


class TestWhatIsTold:
    def test_of_whoever_allows_it_the_person_and_a_seal_and_never_the_words(self, bread, crowd):
        [reader] = crowd(1)
        search([reader], "Sourdough  Starter", hits=3)
        [fact] = published(Searched)
        assert (fact.actor_id, fact.phrase, fact.topic_ids, fact.hits) == (
            reader.pk, rules.seal("sourdough starter"), [bread.pk], 3,
        )  # fmt: skip

    def test_of_others_neither_person_nor_phrase(self, bread, crowd, ben):
        search([*crowd(1, allows=False), ben])
        found = [(fact.actor_id, fact.phrase, fact.topic_ids) for fact in published(Searched)]
        assert found == [(None, "", [bread.pk])] * 2

    @pytest.mark.parametrize("text", ["", "x", "w " * 40])
    def test_what_is_no_search_is_not_told(self, text, crowd):
        search(crowd(1), text)
        assert published(Searched) == []

    def test_the_page_of_search_tells_it_once(self, bread, crowd, page_of):
        [reader] = crowd(1)
        browser = page_of(reader)
        for address in ("/search/?q=sourdough", "/search/?q=sourdough&page=2", "/search/?q=sourdough&kind=course"):
            assert browser.get(address).status_code == 200
        assert [(fact.topic_ids, fact.hits) for fact in published(Searched)] == [([bread.pk], 0)]


class TestWords:
    def test_are_kept_once_five_have_typed_them(self, crowd, worker):
        readers = crowd(5)
        search(readers[:4])
        worker()
        assert not Phrase.objects.exists()
        search(readers[3:4])
        worker()
        assert not Phrase.objects.exists()
        search(readers[4:])
        worker()
        assert [(one.text, one.people.count) for one in queries.needs().missing] == [("sourdough starter", 5)]

    def test_do_not_stand_there_once_somebody_of_the_five_withdraws(self, crowd, worker):
        readers = crowd(5)
        for reader in readers:
            search([reader])
            worker()
        assert len(queries.needs().missing) == 1
        people.record_consent(user=readers[0], purpose=Purpose.ANALYTICS, is_given=False)
        worker()
        assert queries.needs().missing == []

    def test_that_find_something_are_not_missing(self, crowd, worker):
        for reader in crowd(5):
            search([reader], hits=2)
            worker()
        assert queries.needs().missing == []

    def test_are_forgotten_with_the_last_who_typed_them(self, crowd, worker):
        for reader in crowd(5):
            search([reader])
            worker()
        forget_old_searches(as_of=timezone.now() + timedelta(days=rules.KEPT_DAYS + 1))
        assert [kind.objects.count() for kind in (Phrase, PhraseSearch, TopicSearch, SearchDay)] == [0] * 4


class TestFigures:
    def test_four_people_are_not_shown_and_five_are(self, bread, crowd, worker):
        readers = crowd(5)
        search(readers[:4])
        worker()
        assert need_of(bread).searched.shown is None
        search(readers[4:])
        worker()
        found = need_of(bread)
        assert (found.searched.shown, found.people.shown, found.this_week.shown) == (5, 5, 5)

    def test_somebody_who_wants_a_topic_in_many_ways_is_one_person(self, bread, crowd, worker):
        readers = crowd(6)
        search(readers)
        search(readers)
        worker()
        talking.ask(
            by=readers[0], title="Why does it rise?", source="It rose.", audience=["public"], topic_ids=[bread.pk]
        )
        people.follow_topics(user_id=readers[1].pk, topic_ids=[bread.pk])
        found = need_of(bread)
        assert [found.people.count, found.searched.count, found.asked.count, found.wanted.count] == [6, 6, 1, 1]
        assert found.unanswered == 1

    def test_supply_is_what_is_published(self, bread, ada):
        course = teaching.create_course(by=ada, title="Bread", language="en", summary="Flour.", topic_ids=[bread.pk])
        teaching.add_lesson(course=course, section="One", title="Flour", source="Flour.", is_preview=True)
        assert queries.needs().needs == []
        teaching.publish_course(course=course, by=ada)
        found = need_of(bread)
        assert (found.courses, found.lessons, found.gap) == (1, 1, 0.0)

    def test_more_than_usual_is_rising(self, bread, crowd, worker):
        readers = crowd(12)
        search(readers[:6])
        worker()
        TopicSearch.objects.update(day=timezone.localdate() - timedelta(days=10))
        assert queries.needs().rising == []
        search(readers[6:10])
        worker()
        assert queries.needs().rising == [], "four are too few to say so"
        search(readers[6:])
        worker()
        assert [(one.topic, one.this_week.count, one.usual) for one in queries.needs().rising] == [(bread, 6, 2.0)]
        assert queries.rising_topics() == [bread]

    def test_searches_without_a_person_are_counted_as_searches(self, bread, crowd, ben, worker):
        search([*crowd(2), ben], hits=1)
        search([ben])
        worker()
        found = queries.needs()
        assert (found.searches, found.uncounted, found.without_result) == (4, 2, 1)

    def test_a_replay_gives_the_same_and_brings_nobody_back(self, bread, crowd, worker):
        readers = crowd(6)
        search(readers)
        worker()
        people.record_consent(user=readers[0], purpose=Purpose.ANALYTICS, is_given=False)
        worker()
        before = queries.needs()
        events.replay(listener=Listener.known["insights.searches"])
        worker()
        assert queries.needs() == before
        assert need_of(bread).searched.count == 5


class TestThePage:
    def test_is_the_owners(self, eli, member, ben, page_of):
        dora = member("Dora", is_staff=True)
        for address in ("/needs/", "/needs/file/"):
            assert [page_of(who).get(address).status_code for who in (eli, dora, ben, None)] == [200, 404, 404, 302]

    @pytest.mark.parametrize("count", [1, 3])
    def test_asks_as_often_for_three_as_for_one(self, count, eli, crowd, worker, page_of, django_assert_num_queries):
        readers = crowd(5)
        for n in range(count):
            topic = Topic.objects.create(slug=f"t{n}", name_en=f"Topic{n}", name_zh=f"题{n}")
            for reader in readers:
                search([reader], f"topic{n}")
                worker(sends=False)
            talking.ask(by=readers[n], title=f"What is {n}?", source="Well.", audience=["public"], topic_ids=[topic.pk])
        browser = page_of(eli)
        browser.get("/needs/")
        with django_assert_num_queries(14):
            page = browser.get("/needs/")
        assert page.content.count(b"Ask on a board who would teach it") == count

    def test_names_whoever_answered_most_as_the_one_to_ask(self, bread, eli, ada, crowd, worker, page_of):
        readers = crowd(5)
        search(readers)
        worker()
        question = talking.ask(
            by=readers[0], title="Why does it rise?", source="It rose.", audience=["public"], topic_ids=[bread.pk]
        )
        answer = talking.answer(question=question, by=ada, source="Yeast.")
        talking.accept_answer(answer=answer, by=readers[0])
        assert b'<a class="step" href="/members/ada/">Ask Ada to teach it</a>' in page_of(eli).get("/needs/").content

    def test_the_file_hides_what_the_page_hides(self, bread, eli, crowd, worker, page_of):
        search(crowd(4))
        worker()
        lines = page_of(eli).get("/needs/file/").content.decode("utf-8-sig").splitlines()
        assert lines == [
            "Topic,People,This week,Searched,Asked,Said so,Open questions,Lessons there are,Courses there are,Next step",
            "Bread,< 5,< 5,< 5,0,0,0,0,0,Wait and see",
        ]

    def test_stands_on_the_front_of_the_desk_and_in_the_owners_menu(self, eli, member, page_of):
        assert page_of(eli).get("/me/").content.count(b'href="/needs/"') >= 1
        assert page_of(member("Dora", is_staff=True)).get("/me/").content.count(b'href="/needs/"') == 0
