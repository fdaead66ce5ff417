"""Recommendations for programs."""

import pytest

from core.web.api_tokens import UnknownScope, issue
from recsys import queries
from recsys.api import OF_ANYBODY, OF_ONESELF

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
    assert ask(cleo.pk, secret="wrong").status_code == 401


def test_the_richer_one_says_why(client, shelf, cleo, secret):
    answer = client.get("/api/v1/recommendations?limit=1", headers={"authorization": f"Bearer {secret}"}).json()
    [card] = queries.feed(viewer=cleo, limit=1)
    [found] = answer["recommendations"]
    assert (found["title"], found["because"], found["url"]) == (
        card["title"],
        card["why"],
        f"http://localhost:8000{card['url']}",
    )


def test_the_description_is_public(client):
    described = client.get("/api/openapi.json").json()
    assert {"/api/recommend", "/api/v1/recommendations"} <= set(described["paths"])
