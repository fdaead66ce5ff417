"""The threads that nobody wrote: older, under lessons, among those who take the course."""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from courses.models import Lesson

from .catalogue import Shelf
from .composing import Composer
from .enrolling import Learner
from .plan import Plan
from .talking import Draft, Line, times
from .written import RECENT_DAYS

FEWEST_LEARNERS = 3
REPLIES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
SOLVED = 0.6
TRIES = 40


def drafts(
    plan: Plan,
    shelves: Mapping[str, Shelf],
    learners: Mapping[str, Sequence[Learner]],
    composer: Composer,
    *,
    posts: int,
) -> list[Draft]:
    """Threads with ``posts`` posts in all, under lessons of courses that were out long enough, in turns."""
    dice = plan.dice("chatter")
    until = plan.ago(days=RECENT_DAYS)
    old = [one for slug, one in shelves.items() if len(_there(learners.get(slug, ()), until)) >= FEWEST_LEARNERS]
    found: list[Draft] = []
    left, tries = posts, TRIES
    while left > 0 and old and tries:
        shelf = dice.choice(old)
        draft = _draft(plan, dice, shelf, _there(learners[shelf.course.slug], until), composer, most=left - 1)
        if draft is None:
            tries -= 1
            continue
        found.append(draft)
        left -= len(draft.lines)
        tries = TRIES
    return found


def _there(learners: Sequence[Learner], until: datetime) -> list[Learner]:
    return [one for one in learners if one.since < until - timedelta(days=3)]


def _draft(
    plan: Plan, dice: random.Random, shelf: Shelf, learners: Sequence[Learner], composer: Composer, *, most: int
) -> Draft | None:
    lesson: Lesson = dice.choice(shelf.lessons)
    is_question = dice.random() < 0.5  # noqa: PLR2004 - as often as not
    bodies = composer.replies(dice, lesson=lesson, is_question=is_question, count=min(most, dice.choice(REPLIES)))
    opening = composer.opening(dice, lesson=lesson, is_question=is_question)
    if opening is None:
        return None
    author = composer.speaker(dice, learners, opening.body)
    last = plan.moment(dice, author.since + timedelta(days=1), plan.ago(days=RECENT_DAYS))
    moments = times(plan, dice, count=len(bodies) + 1, first=author.since + timedelta(hours=1), last=last)
    lines = [Line(author.user, moments[0], opening.body, dice.choice((0, 0, 1, 2)))]
    for body, at in zip(bodies, moments[1:], strict=True):
        present = [one for one in learners if one.since < at] or [author]
        lines.append(Line(composer.speaker(dice, present, body).user, at, body, dice.choice((0, 0, 0, 1, 1, 2, 4))))
    return Draft(
        is_question=is_question, title=opening.title, language=lesson.language, topics=sorted(shelf.topics), lines=lines, shelf=shelf,
        lesson=lesson, accepted=_accepted(dice, lines) if is_question else 0,
    )  # fmt: skip


def _accepted(dice: random.Random, lines: Sequence[Line]) -> int:
    """Which answer the asker accepted, counted from 1; never their own."""
    by_others = [n for n, line in enumerate(lines) if n and line.author.pk != lines[0].author.pk]
    return dice.choice(by_others) if by_others and dice.random() < SOLVED else 0
