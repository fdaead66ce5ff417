"""
Nobody sees what they have not paid for, wherever one may look; and who has, finds it there.

Each surface is asked by every persona for a canary that stands only in what is paid for. A surface that shows nothing to
the buyer tests nothing, so the buyer must find it.
"""

import json
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser

from core import audience
from core.events.models import OutboxMessage
from core.realtime import guarding
from core.web import api_tokens
from forum import operations as forum
from forum.models import Post
from notifications.models import Kind
from notifications.operations import notify

from .asking import CANARY, EXPECTED, asks, found, seen_by

pytestmark = [pytest.mark.django_db, pytest.mark.leak]


@asks("page courses:lesson")
def test_the_lesson(personas, paid, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get(paid.get_absolute_url()))) == EXPECTED


def fetched(browser, asset, **headers):
    """What a browser gets of a file: the question who asks, then the link."""
    answer = browser.get(urlsplit(asset.url).path, headers=headers)
    link = answer.headers.get("Location", "")
    if answer.status_code != 302 or "login" in link:
        return answer.status_code, b""
    found = browser.get(urlsplit(link).path, headers=headers)
    return found.status_code, b"".join(found.streaming_content) if found.streaming else found.content


@asks("page media:of", "page media:open", "page media:signed", "file lesson")
def test_the_film_and_a_part_of_it(personas, played, page_of):
    for headers, status in (({}, 200), ({"range": "bytes=4-11"}, 206)):
        seen = seen_by(personas, lambda who, headers=headers: fetched(page_of(who), played.file, **headers)[0])
        assert {who: found == status for who, found in seen.items()} == EXPECTED
        assert set(seen.values()) == {status, 404}


@asks("file lesson-captions")
def test_its_captions(personas, played, page_of):
    file = played.captions.get().file
    assert seen_by(personas, lambda who: CANARY.encode() in fetched(page_of(who), file)[1]) == EXPECTED


def test_its_transcript(personas, played, page_of):
    def look(who):
        return f"The {CANARY} is heard." in page_of(who).get(played.get_absolute_url()).content.decode()

    assert seen_by(personas, look) == EXPECTED


@asks("page courses:complete")
def test_completing_it(personas, paid, page_of):
    def completes(who):
        answer = page_of(who).post(f"{paid.get_absolute_url()}complete/")
        return answer.status_code == 302 and "login" not in answer.url

    assert seen_by(personas, completes) == EXPECTED


@asks("page search", "hit lesson")
def test_the_search(personas, indexed, page_of):
    assert seen_by(personas, lambda who: paid_hit(page_of(who).get(f"/search/?q={CANARY}"))) == EXPECTED


def paid_hit(response):
    """The word that was asked for stands in the box: only an address of a hit proves a find."""
    return "/courses/" in response.content.decode().split("<main", 1)[1].replace('href="/courses/"', "")


@asks("page forum:thread", "page forum:short")
def test_the_thread_under_it(personas, thread, page_of):
    """By its short address: the long one holds the title, which only its readers know."""

    def look(who):
        answer = page_of(who).get(f"/t/{thread.pk}/", follow=True)
        return found(answer) or any(CANARY in address for address, _ in answer.redirect_chain)

    assert seen_by(personas, look) == EXPECTED


@asks("page forum:list")
def test_the_community_page(personas, thread, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get("/community/"))) == EXPECTED


@asks("page courses:detail")
def test_the_course_page_with_its_threads(personas, course, thread, page_of):
    assert seen_by(personas, lambda who: found(page_of(who).get(course.get_absolute_url()))) == EXPECTED


@asks("page feed")
def test_the_feed(personas, talk, page_of):
    """A part of it, where nothing else stands, and the page that begins with it."""
    part = {"hx-request": "true"}
    assert seen_by(personas, lambda who: found(page_of(who).get("/feed/", headers=part))) == EXPECTED
    assert seen_by(personas, lambda who: found(page_of(who).get("/"))) == EXPECTED


@asks("program GET /api/v1/recommendations")
def test_the_interface_for_programs(personas, talk, page_of):
    """A token reads what its owner reads; whoever has none is told nothing."""

    def look(who):
        secret = api_tokens.issue(user=who, name="phone", may=["recommendations:read"])[1] if who else "nobody"
        answer = page_of(None).get("/api/v1/recommendations", headers={"authorization": f"Bearer {secret}"})
        assert answer.status_code == (200 if who else 401)
        return found(answer)

    assert seen_by(personas, look) == EXPECTED


def answered_each(personas, paid, course, ada):
    """Everybody had asked while the door was open; the teacher answers now, and some of them have lost the key."""
    for name, who in personas.items():
        if who is not None:
            asked = forum.ask(
                by=who, title=f"{name}: does the {CANARY} sing?", source="?", about=f"lesson:{paid.pk}", audience=[course.key, "staff"]
            )  # fmt: skip
            forum.answer(question=asked, by=ada, source=f"The {CANARY} does.")


def test_mails(personas, paid, course, ada, worker):
    answered_each(personas, paid, course, ada)
    worker(sends=False)
    mails = OutboxMessage.objects.filter(kind="mail")

    def gets(who):
        letters = mails.filter(payload__to=who.email) if who else mails.none()
        return any(CANARY in json.dumps(letter.payload) for letter in letters)

    assert seen_by(personas, gets) == EXPECTED


def test_notifications(personas, paid, course, ada, page_of):
    """Told while they were in, shown as long as they are: what was told before the door closed is not read after it."""
    answered_each(personas, paid, course, ada)
    for post in Post.objects.filter(author=ada).select_related("thread__author"):
        notify(user=post.thread.author, kind=Kind.ANSWER, subject_id=post.pk, key=f"test:{post.pk}", actor=ada)

    def look(who):
        return found(page_of(who).get("/notifications/", follow=True))

    assert seen_by(personas, look) == EXPECTED


def test_the_socket(personas, paid):
    def hears(who):
        return guarding.may_listen(who or AnonymousUser(), f"lesson:{paid.pk}")

    assert seen_by(personas, hears) == EXPECTED


@asks("keys")
def test_the_keys(personas, course):
    assert seen_by(personas, lambda who: course.key in audience.keys_of(who or AnonymousUser())) == EXPECTED
