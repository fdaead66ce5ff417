"""Recommendations for programs."""

import pytest
from django.utils import translation

from accounts.operations import follow_topics
from core.web.api_tokens import UnknownScope, issue
from forum import operations as forum
from recsys import operations, queries
from recsys.api import OF_ANYBODY, OF_ONESELF
from recsys.models import TopicWish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def ask(client):
    def ask(user_id, *, secret, count=3):
        return client.post(
            "/api/recommend",
            {"user_id": user_id, "num_recommendations": count},
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )

    return ask


@pytest.fixture
def secret(cleo):
    return issue(user=cleo, name="mine", may=[OF_ONESELF])[1]


def test_the_document_s_endpoint_gives_names_of_items(ask, shelf, cleo, secret):
    answer = ask(cleo.pk, secret=secret)
    assert (answer.status_code, answer.json()) == (200, {"content_ids": queries.content_ids(viewer=cleo, limit=3)})
    assert all(name.startswith("course:") for name in answer.json()["content_ids"])


def test_nobody_asks_for_somebody_else(ask, shelf, ben, secret):
    assert ask(ben.pk, secret=secret).status_code == 403


def test_the_staff_may_ask_for_anybody_and_lose_it_with_the_office(ask, shelf, ben, member):
    eli = member("Eli", is_staff=True)
    secret = issue(user=eli, name="mailing", may=[OF_ONESELF, OF_ANYBODY])[1]
    allowed = ask(ben.pk, secret=secret)
    assert allowed.json() == {"content_ids": queries.content_ids(viewer=ben, limit=3)}
    eli.is_staff = False
    eli.save()
    assert ask(ben.pk, secret=secret).status_code == 403


def test_a_member_is_not_given_the_scope_of_the_staff(cleo):
    with pytest.raises(UnknownScope):
        issue(user=cleo, name="mine", may=[OF_ANYBODY])


@pytest.mark.parametrize("count", [0, -1, 101, "many"])
def test_a_senseless_number_is_refused_with_a_sentence(ask, cleo, secret, count):
    answer = ask(cleo.pk, secret=secret, count=count)
    assert (answer.status_code, "num_recommendations" in answer.content.decode()) == (422, True)


def test_without_a_token_nothing_is_said(ask, shelf, cleo):
    refused = ask(cleo.pk, secret="wrong")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")
    assert "under “For programs”" in refused.json()["detail"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_richer_one_says_why_in_the_language_of_who_asks(client, shelf, cleo, secret, language):
    type(cleo).objects.filter(pk=cleo.pk).update(language=language, languages_read=["en"])
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    answer = client.get("/api/v1/recommendations?limit=1", headers=headers).json()
    cleo.refresh_from_db()
    with translation.override(language):
        [card] = queries.feed(viewer=cleo, limit=1)
    [found] = answer["recommendations"]
    assert (found["title"], found["because"], found["url"]) == (
        card["title"],
        card["why"],
        f"http://localhost:8000{card['url']}",
    )


def test_less_of_a_topic_halves_it_in_both_and_can_be_taken_back(client, ask, trained, shelf, cleo, secret, topics):
    bread = {course.key for course in shelf[:3]}

    def of_bread():
        headers = {"authorization": f"Bearer {secret}"}
        richer = client.get("/api/v1/recommendations?limit=10", headers=headers).json()["recommendations"]
        plain = ask(cleo.pk, secret=secret, count=10).json()["content_ids"]
        return len(bread & set(plain)), len(bread & {one["content_id"] for one in richer})

    before = of_bread()
    operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
    less = of_bread()
    operations.take_back_wish(user=cleo, topic=topics[0])
    assert (before, less, of_bread()) == ((3, 3), (1, 1), (3, 3))


class TestBeside:
    @pytest.fixture
    def get(self, client, secret):
        return lambda path: client.get(path, headers={"authorization": f"Bearer {secret}"})

    def names(self, answer):
        return [one["content_id"] for one in answer.json()["recommendations"]]

    def test_what_stands_beside_a_course_is_what_its_page_shows(self, get, trained, shelf, cleo):
        answer = get(f"/api/v1/related/{shelf[0].key}")
        on_the_page = queries.related(viewer=cleo, name=shelf[0].key)
        assert self.names(answer) == [pick.item.name for pick in on_the_page] != []
        assert answer.json()["recommendations"][0]["because"] == "Learners of “Course number 0” also study it"

    def test_less_of_a_topic_holds_here_too(self, get, trained, shelf, cleo, topics):
        before = self.names(get(f"/api/v1/related/{shelf[0].key}"))
        operations.wish(user=cleo, topic=topics[0], wish=TopicWish.Wish.LESS)
        after = self.names(get(f"/api/v1/related/{shelf[0].key}"))
        assert (set(before), len(after)) == ({shelf[1].key, shelf[2].key}, 1)

    @pytest.mark.parametrize("name", ["course:0", "course:x", "person:1", "nothing"])
    def test_beside_nothing_there_is_nothing(self, get, shelf, name):
        assert get(f"/api/v1/related/{name}").status_code == 404

    @pytest.mark.leak
    def test_nothing_is_said_of_what_its_owner_may_not_see(self, get, ada, topics, shelf):
        inside = forum.start_thread(by=ada, title="Inside", source="Words.", audience=["course:7"])
        assert get(f"/api/v1/related/thread:{inside.pk}").status_code == 404

    def test_questions_that_one_could_answer(self, get, ada, cleo, topics):
        follow_topics(user_id=cleo.pk, topic_ids=[topics[1].pk])
        asked = forum.ask(
            by=ada,
            title="Which knot holds?",
            source="Well.",
            audience=["public"],
            topic_ids=[topics[1].pk],
            language="en",
        )
        [found] = get("/api/v1/answerable").json()["recommendations"]
        assert (found["content_id"], found["because"]) == (f"thread:{asked.pk}", "You follow Knots")


def test_the_description_is_public(client):
    described = client.get("/api/openapi.json").json()
    assert {"/api/recommend", "/api/v1/recommendations", "/api/v1/answerable"} <= set(described["paths"])
