"""The number at the bell, in the bar under one's thumb: it rises while one looks at something else."""

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
        teacher.opens(question.get_absolute_url())
        teacher.writes("Your answer", f"{story.ANSWER[language]} {number}")
        teacher.presses("Post the answer")
        expect(bell).to_have_text(str(number))
    assert bell.is_visible()
    assert phone.page.evaluate("window.isStill"), "the page was loaded again, and did not change by itself"
    phone.opens_inbox()
    expect(phone.page.locator(".note-unread")).to_have_count(2)
