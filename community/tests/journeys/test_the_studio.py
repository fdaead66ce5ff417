"""The teacher's studio on a working day: opened once in the morning, true until the evening."""

import pytest
from playwright.sync_api import expect

import forum.operations
from courses.models import Course

from . import story

pytestmark = pytest.mark.journey


@pytest.fixture
def ada(world):
    """Who teaches, and speaks English again afterwards."""
    yield (ada := world.people["ada"])
    ada.language = "en"
    ada.save(update_fields=["language"])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_what_happens_elsewhere_shows_itself(world, visitor, ada, language):
    teacher, member, robin = visitor(language=language), visitor(), story.Robin()
    course = world.courses["en"][0]
    lessons = story.lessons_of(course)
    teacher.opens("/")
    teacher.enters_as("Teacher")
    teacher.opens_menu("Your menu")
    teacher.presses("Studio")
    for mine in Course.objects.filter(teacher=ada):
        teacher.sees_text(mine.title)
    teacher.page.evaluate("window.isStillTheSame = true")
    sold, points, waiting = (
        figure(teacher, name) for name in ("Sold today", "Points today", "Waiting for your answer")
    )

    member.opens(f"/account/signup/?next={course.get_absolute_url()}")
    story.guest_signs_up(member, robin)
    story.member_buys(member, robin, course, lessons)
    shows(teacher, "Sold today", sold + 1)
    expect(stat(teacher, "Taken today")).to_contain_text("¥")

    question = story.member_asks(member, lessons[0], "en")
    row = teacher.page.locator(f"#waiting-{question.pk}")
    expect(teacher.page.locator("#waiting > li").first).to_have_id(f"waiting-{question.pk}")
    expect(row).to_be_visible()
    shows(teacher, "Waiting for your answer", waiting + 1)
    expect(said(teacher, "waiting")).to_have_text(teacher.say("A new question waits for your answer."))

    forum.operations.answer(question=question, by=ada, source=story.ANSWER["en"])
    shows(teacher, "Points today", points + 3)
    member.sees_arrive(lambda: member.page.locator("#posts .post").filter(has_text=story.ANSWER["en"]))
    expect(said(member, "posts")).to_have_text(member.say("A new answer stands on this page."))
    member.presses("This solved it")
    member.sees("Accepted. Whoever answered gets the points.")
    expect(row).to_have_count(0)
    shows(teacher, "Waiting for your answer", waiting)
    shows(teacher, "Points today", points + 28)
    assert teacher.page.evaluate("window.isStillTheSame"), "the studio was loaded anew, so it proved nothing"
    shown = {name: stat(teacher, name).inner_text() for name in ("Sold today", "Taken today", "Points today")}
    teacher.page.reload()
    assert {name: stat(teacher, name).inner_text() for name in shown} == shown


def stat(teacher, name):
    return teacher.page.locator(".stat").filter(has_text=teacher.say(name)).locator(".stat-value")


def figure(teacher, name):
    return int(stat(teacher, name).inner_text())


def said(visitor, target):
    """What a reader of screens is told of a list that has changed."""
    return visitor.page.locator(f"[data-said-of={target}][role=status]")


def shows(teacher, name, number):
    expect(stat(teacher, name)).to_have_text(str(number))
