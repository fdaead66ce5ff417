"""The threads that people wrote: when they were begun, and where they stand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from courses.models import Lesson

from . import content
from .catalogue import Shelf
from .content import WrittenThread
from .people import NEWCOMER, People
from .plan import Plan
from .talking import Draft, Line, times

RECENT_DAYS = 16
"""Written threads had their last post within so many days, generated ones before: so the written ones stand first."""
NEWEST_MINUTES = 4
SLOW_EVERY = 4
_BOARDS = {"hello": "hello", "critique": "workshop", "journal": "journal", "reading": "journal", "thirty": "journal"}


def chosen(plan: Plan) -> tuple[WrittenThread, ...]:
    """As many written threads as the plan has room for."""
    found, posts = [], 0
    for thread in content.threads():
        posts += len(thread.posts)
        if posts > plan.posts:
            break
        found.append(thread)
    return tuple(found)


def drafts(plan: Plan, people: People, shelves: Mapping[str, Shelf], threads: Sequence[WrittenThread]) -> list[Draft]:
    """The written threads with their times: the newest post minutes old, many begun weeks ago."""
    dice = plan.dice("written")
    ages = sorted(plan.long_ago(dice, least=NEWEST_MINUTES * 2, most=RECENT_DAYS * 1440) for _ in threads)
    ages[:1] = [timedelta(minutes=NEWEST_MINUTES)]
    order = dice.sample(range(len(threads)), k=len(threads))
    return [
        _draft(plan, people, shelves.get(thread.course), thread, place, ages[order[place]])
        for place, thread in enumerate(threads)
    ]


def _draft(plan: Plan, people: People, shelf: Shelf | None, thread: WrittenThread, place: int, age: timedelta) -> Draft:
    dice = plan.dice(f"thread:{thread.name}")
    lesson = _lesson(people, shelf, thread, place)
    first = _earliest(plan, people, shelf, thread)
    last = max(plan.now - age, first + timedelta(minutes=len(thread.posts) * 11))
    is_slow = not thread.is_question and place % SLOW_EVERY == 1
    moments = times(plan, dice, count=len(thread.posts), first=first, last=min(last, plan.now), is_slow=is_slow)
    lines = [
        Line(people.by_name[one.author], at, one.body, one.votes) for one, at in zip(thread.posts, moments, strict=True)
    ]
    return Draft(
        is_question=thread.is_question, title=thread.title, language=thread.language, topics=[thread.topic], lines=lines, shelf=shelf,
        lesson=lesson, board="" if thread.is_question else _BOARDS.get(thread.name.split("-")[1], "square"), accepted=thread.accepted,
    )  # fmt: skip


def _lesson(people: People, shelf: Shelf | None, thread: WrittenThread, place: int) -> Lesson | None:
    """
    The lesson that it stands under, or None for the course as a whole, where everybody may read it.

    Under a paid lesson only those may write who have it; every other such question, and no discussion, stays there.
    """
    lesson = shelf.lesson(thread.lesson) if shelf and thread.lesson else None
    if shelf is None or lesson is None or lesson.is_preview:
        return lesson
    is_open = not thread.is_question or place % SLOW_EVERY == 0
    outside = {NEWCOMER, *(one.username for one in people.teachers if one.pk != shelf.course.teacher_id)}
    return None if is_open or outside.intersection(one.author for one in thread.posts) else lesson


def _earliest(plan: Plan, people: People, shelf: Shelf | None, thread: WrittenThread) -> datetime:
    joined = [people.by_name[one.author].joined_at for one in thread.posts]
    after = [plan.ago(days=88), *joined, *([shelf.out_at + timedelta(days=1)] if shelf else [])]
    return max(after)
