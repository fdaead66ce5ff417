"""Points come by themselves, soon after the click that earned them, and they come from the worker."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from . import story

pytestmark = pytest.mark.journey

SOON = 2.0
"""Seconds from the click to the note, promised to members."""


@pytest.fixture
def lessons(world):
    return story.lessons_of(world.courses["en"][0])


@pytest.fixture
def learner(visitor, lessons):
    """A member who has the course, in a browser, before its first lesson."""
    robin = story.Robin()
    member = visitor()
    member.becomes(story.somebody_with(robin, lessons[0].course))
    member.opens("/")
    return member


def completes(member, lesson, following):
    """Complete ``lesson``; return the seconds from the click to the note on the page that follows."""
    expect(member.page.locator("h1")).to_have_text(lesson.title)
    with member.timing() as took:
        member.presses("Done, next lesson")
        # The note of the lesson before may still stand on the page that is being left.
        expect(member.page.locator("h1")).to_have_text(following.title)
        member.sees_points(10)
    return took()


def test_they_arrive_within_two_seconds_and_move_the_board(learner, lessons):
    learner.opens_board()
    assert learner.page.locator(".board-me").count() == 0
    learner.opens(lessons[0].get_absolute_url())
    took = [completes(learner, lesson, following) for lesson, following in pairwise(lessons)]
    assert sorted(took)[1] <= SOON, f"seconds from click to note, of three lessons: {took}"
    learner.opens_board()
    expect(learner.page.locator(".board-me").first).to_contain_text("30")


def test_control_with_the_worker_stopped_none_come_until_it_goes_on(site, learner, lessons):
    learner.opens(lessons[0].get_absolute_url())
    with site.without("worker"):
        learner.presses("Done, next lesson")
        expect(learner.page.locator("h1")).to_have_text(lessons[1].title)
        # That nothing comes can only be seen by waiting for as long as it would have taken, and longer.
        learner.page.wait_for_timeout(2 * SOON * 1_000)
        assert learner.page.locator("toast-list .toast").count() == 0
        learner.opens_board()
        assert learner.page.locator(".board-me").count() == 0
    learner.sees_points(10)
    learner.opens_board()
    expect(learner.page.locator(".board-me").first).to_contain_text("10")
