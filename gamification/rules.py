"""The rules that a school begins with; staff changes them in the admin, where every change is on record."""

from typing import NamedTuple

from ledger.rules import AccountName

POINTS = "PTS"
ISSUED = AccountName("points_issued", "school", POINTS)


def account_of(user_id: int) -> AccountName:
    """The ledger account that holds a member's points."""
    return AccountName("points", f"user:{user_id}", POINTS)


class FirstRule(NamedTuple):
    """One way to earn points: its code, its points, and how many times a day it counts."""

    code: str
    points: int
    times_a_day: int
    name_zh: str
    name_en: str


FIRST_RULES = (
    FirstRule("lesson_completed", 10, 10, "学完一课", "Completed a lesson"),
    FirstRule("course_completed", 50, 3, "学完一门课", "Completed a course"),
    FirstRule("question_asked", 2, 5, "提了一个问题", "Asked a question"),
    FirstRule("answer_posted", 3, 10, "回答了一个问题", "Answered a question"),
    FirstRule("answer_accepted", 25, 10, "回答被采纳", "An answer was accepted"),
    FirstRule("vote_received", 2, 20, "有人觉得有用", "Somebody found a post useful"),
    FirstRule("course_reviewed", 5, 2, "写了一条评价", "Reviewed a course"),
)


class FirstBadge(NamedTuple):
    """A badge: granted when ``rule`` has counted ``times`` times."""

    code: str
    rule: str
    times: int
    name_zh: str
    name_en: str
    why_zh: str
    why_en: str


FIRST_BADGES = (
    FirstBadge(
        "first_lesson", "lesson_completed", 1, "第一课", "First lesson", "学完了第一节课", "Completed a first lesson"
    ),
    FirstBadge("ten_lessons", "lesson_completed", 10, "十课", "Ten lessons", "学完了十节课", "Completed ten lessons"),
    FirstBadge(
        "first_course",
        "course_completed",
        1,
        "学完一门",
        "A whole course",
        "把一门课从头学到尾",
        "Studied a course to its end",
    ),
    FirstBadge("first_question", "question_asked", 1, "好奇", "Curious", "提出了第一个问题", "Asked a first question"),
    FirstBadge(
        "first_accepted_answer",
        "answer_accepted",
        1,
        "首次被采纳",
        "First accepted answer",
        "第一次有回答被采纳",
        "Had an answer accepted",
    ),
    FirstBadge(
        "ten_accepted_answers",
        "answer_accepted",
        10,
        "解惑者",
        "Lantern bearer",
        "有十个回答被采纳",
        "Had ten answers accepted",
    ),
    FirstBadge(
        "useful", "vote_received", 25, "有用的人", "Useful", "二十五次被觉得有用", "Was found useful twenty-five times"
    ),
)


class FirstLevel(NamedTuple):
    """A level and the points from which on one has it."""

    number: int
    points: int
    name_zh: str
    name_en: str


FIRST_LEVELS = (
    FirstLevel(1, 0, "入门", "Arrived"),
    FirstLevel(2, 50, "点灯", "Lamp lit"),
    FirstLevel(3, 200, "同行", "Companion"),
    FirstLevel(4, 600, "掌灯", "Lamp keeper"),
    FirstLevel(5, 1_500, "引路", "Pathfinder"),
)
