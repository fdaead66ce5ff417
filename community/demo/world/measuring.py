"""What a world for measuring has beyond life: one very long thread, and as much reading as makes the number of facts."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from forum.events import ThreadViewed

from .catalogue import Shelf
from .diary import Diary
from .people import People
from .plan import Plan
from .talking import EVERYBODY, Draft, Line

LONG_ENOUGH = 40
LONG_TITLE = "Every lesson, one sentence each"


def long_thread(plan: Plan, people: People, shelves: Mapping[str, Shelf]) -> list[Draft]:
    """One discussion of ``plan.longest`` posts that everybody may read, each about another lesson."""
    if not plan.longest:
        return []
    dice = plan.dice("longest")
    lessons = [lesson for shelf in shelves.values() for lesson in shelf.lessons if lesson.language == "en"]
    writers = [one for one in people.described if "en" in one.reads] or people.members
    first = plan.ago(days=30)
    lines = [
        Line(dice.choice(writers), first + timedelta(minutes=90 * n), f"{n + 1}. *{lesson.title}*: {_sentence(lesson.source)}", n % 3)
        for n, lesson in enumerate(lessons[n % len(lessons)] for n in range(plan.longest))
    ]  # fmt: skip
    return [Draft(is_question=False, title=LONG_TITLE, language="en", topics=[], lines=lines, board="square")]


def read_more(plan: Plan, people: People, drafts: Sequence[Draft], diary: Diary) -> None:
    """Let members open public threads until ``plan.facts`` are told."""
    dice = plan.dice("reads more")
    public = [one for one in drafts if one.audience == EVERYBODY]
    for _ in range(plan.facts - len(diary.facts)):
        draft, reader = dice.choice(public), dice.choice(people.members)
        at = plan.moment(dice, max(reader.joined_at, draft.lines[0].at), plan.now).replace(microsecond=0)
        draft.thread.view_count += 1
        diary.note(
            ThreadViewed(thread_id=draft.thread.pk, user_id=reader.pk),
            at=at,
            by=reader.pk,
            subject=f"thread:{draft.thread.pk}",
        )


def _sentence(source: str) -> str:
    return next((line for line in source.splitlines() if len(line) > LONG_ENOUGH and line[0].isalpha()), "")[:400]
