"""The number at the bell, in the bar under one's thumb, rises while one looks at something else; an open list offers what is new."""

import pytest
from playwright.sync_api import expect

from forum import operations as talking

from . import story

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_rises_on_a_phone_with_each_answer_that_somebody_writes_elsewhere(world, visitor, language):
    robin, course = story.Robin(), world.courses[language][0]
    user = story.somebody_with(robin, course)
    title, body = story.QUESTION[language]
    question = talking.ask(by=user, title=title, source=body, language=language, audience=["public", "members"])
    phone, teacher = visitor(language=language, width=390), visitor(language=language)
    phone.becomes(user)
    phone.opens("/")
    story.member_reads_what_there_is(phone)
    phone.presses_home()
    bell = phone.page.locator("nav.thumbs .bell-count")
    expect(bell).to_be_hidden()
    phone.page.evaluate("window.isStill = true")

    teacher.becomes(course.teacher)
    for number in (1, 2):
        somebody_answers(teacher, question, f"{story.ANSWER[language]} {number}")
        expect(bell).to_have_text(str(number))
    assert bell.is_visible()
    assert phone.page.evaluate("window.isStill"), "the page was loaded again, and did not change by itself"
    phone.opens_inbox()
    expect(phone.page.locator(".note-unread")).to_have_count(2)

    phone.page.evaluate("window.isStill = true")
    somebody_answers(teacher, question, f"{story.ANSWER[language]} 3")
    expect(
        phone.page.get_by_role("status").get_by_role("link", name=phone.say("Something new has come. Show it"))
    ).to_be_visible()
    expect(phone.page.locator(".note-unread")).to_have_count(2)
    assert phone.page.evaluate("window.isStill"), "the list was loaded again under the reader's eyes"
    phone.presses("Something new has come. Show it")
    expect(phone.page.locator(".note-unread")).to_have_count(3)


def somebody_answers(visitor, question, words):
    visitor.opens(question.get_absolute_url())
    visitor.writes("Your answer", words)
    visitor.presses("Post the answer")
