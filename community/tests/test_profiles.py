"""What a profile shows of somebody: what they teach, what they say, what they were given; each to whom it is open."""

import re

import pytest

from accounts.models import Profile
from core.audience import grants, keys
from courses import operations as teaching
from courses.models import Course
from forum import operations as talking
from forum.models import Post
from gamification.models import Badge, Grant

pytestmark = [pytest.mark.django_db, pytest.mark.leak]


@pytest.fixture
def course(ada):
    made = teaching.create_course(by=ada, title="Bread", language="en", summary="Flour and time.")
    teaching.add_lesson(course=made, section="One", title="Flour", source="Flour.", is_preview=True)
    teaching.create_course(by=ada, title="A draft of cakes", language="en", summary="Not yet.")
    return teaching.publish_course(course=made, by=ada)


def asked_and_answered(asker, answerer, title, *, audience, **said):
    question = talking.ask(by=asker, title=title, source="Who knows?", audience=audience, **said)
    return talking.answer(question=question, by=answerer, source=f"Somebody knows: {title}")


def sections(client, user=None, *, of="ada"):
    """The headings of the parts that ``user`` sees, each with the titles in it."""
    if user:
        client.force_login(user)
    page = client.get(f"/members/{of}/", headers={"Accept-Language": "en"}).content.decode()
    found = re.findall(r'<section class="stack"><h2>(.*?)</h2>(.*?)</section>', page, re.DOTALL)
    return {name: re.findall(r"<h3[^>]*><a[^>]*>(.*?)</a>|<b>(.*?)</b>", words) for name, words in found}


def test_whoever_has_done_nothing_yet_has_no_empty_headings(ben, client, cleo):
    assert sections(client, cleo, of="ben") == {}


def test_a_guest_sees_what_is_taught_and_no_draft(course, client):
    assert sections(client) == {"Teaches": [("Bread", "")]}


def test_a_course_that_is_not_for_all_is_shown_to_those_who_hold_its_key(course, ben, cleo, client, monkeypatch):
    Course.objects.filter(pk=course.pk).update(audience=["group:7"])
    monkeypatch.setattr(keys, "_grants", list(keys._grants))
    grants(lambda viewer: ["group:7"] if viewer.pk == ben.pk else [])
    assert "Teaches" in sections(client, ben)
    assert "Teaches" not in sections(client, cleo)


def test_answers_are_shown_where_the_viewer_may_read_them_the_youngest_first(ada, ben, cleo, client, monkeypatch):
    monkeypatch.setattr(keys, "_grants", list(keys._grants))
    grants(lambda viewer: ["course:7"] if viewer.pk == ben.pk else [])
    for title, audience in (("Why?", ["members"]), ("How?", ["course:7"]), ("When?", ["public"])):
        answer = asked_and_answered(ben, ada, title, audience=audience)
    talking.accept_answer(answer=answer, by=ben)
    seen = {who: sections(client, who).get("Answers and replies") for who in (ben, cleo)}
    assert seen == {ben: [("When?", ""), ("How?", ""), ("Why?", "")], cleo: [("When?", ""), ("Why?", "")]}
    client.logout()
    assert "Answers and replies" not in sections(client)


def test_what_was_hidden_is_not_on_a_profile_even_for_its_author(ada, ben, dora, client):
    answer = asked_and_answered(ben, ada, "Why?", audience=["public"])
    Post.objects.filter(pk=answer.pk).update(hidden_at="2026-01-01T00:00Z")
    assert [sections(client, who).get("Answers and replies") for who in (ben, ada)] == [None, None]


def test_badges_are_shown_to_whom_their_owner_chose(ada, ben, client):
    Grant.objects.create(badge=Badge.objects.order_by("pk")[0], user=ada)
    assert "Badges" not in sections(client)
    assert len(sections(client, ben)["Badges"]) == 1
    Profile.objects.create(user=ada, visibility={"badges": "private"})
    assert "Badges" not in sections(client, ben)
    assert "Badges" in sections(client, ada)


def test_a_muted_author_is_not_quoted(ada, ben, cleo, client):
    from accounts.operations import mute

    asked_and_answered(ben, ada, "Why?", audience=["members"])
    assert "Answers and replies" in sections(client, cleo)
    mute(member=ada, by=cleo)
    assert "Answers and replies" not in sections(client, cleo)


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_as_much_for_three_of_each_as_for_one(ada, ben, client, number, django_assert_num_queries):
    for n in range(number):
        made = teaching.create_course(by=ada, title=f"Bread {n}", language="en", summary="Flour.")
        teaching.add_lesson(course=made, section="One", title="Flour", source="Flour.", is_preview=True)
        teaching.publish_course(course=made, by=ada)
        asked_and_answered(ben, ada, f"Why {n}?", audience=["public"])
        Grant.objects.create(badge=Badge.objects.order_by("pk")[n], user=ada)
    client.force_login(ben)
    client.get("/members/ada/")
    with django_assert_num_queries(23):
        client.get("/members/ada/")
