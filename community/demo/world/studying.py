"""What learners did with their courses: lesson by lesson, until they had enough of it or reached the end."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import User
from courses.events import CourseCompleted, CourseReviewed, Enrolled, LessonCompleted, LessonViewed
from courses.models import Enrollment, Lesson, LessonProgress, Review
from courses.operations import recount
from courses.operations.reviewing import ENOUGH

from .catalogue import Shelf
from .composing import Composer
from .copying import copy
from .diary import Diary
from .enrolling import Learner
from .people import NEWCOMER, People
from .plan import Plan
from .tastes import Taste, choose

STOPS = 0.05
STOPS_UNLIKED = 0.2
SKIPS = 0.06
REVIEWS = 0.45
WITH_WORDS = 0.6
SHOWN = 60
"""No member looks at more courses than this before trying one."""
STARS = {True: (5, 5, 5, 4, 4, 3), False: (5, 4, 4, 3, 3, 2)}


@dataclass
class Studied:
    """The rows of everybody's studying."""

    progress: list[LessonProgress] = field(default_factory=list)
    enrollments: list[Enrollment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


def study(
    plan: Plan, people: People, shelves: Mapping[str, Shelf], learners: Mapping[str, Sequence[Learner]], tastes: Mapping[int, Taste],
    diary: Diary, composer: Composer,
) -> None:  # fmt: skip
    """Write enrollments, progress and reviews, and bring each course's figures up to date."""
    done = Studied()
    for row in learners.values():
        for learner in row:
            _walk(plan, learner, done, diary, composer)
    _try_previews(plan, people, shelves, tastes, done, diary)
    copy(done.progress)
    copy(done.enrollments)
    copy(done.reviews)
    for shelf in shelves.values():
        recount(course=shelf.course)


def _walk(plan: Plan, learner: Learner, done: Studied, diary: Diary, composer: Composer) -> None:
    course, user = learner.shelf.course, learner.user
    dice = plan.dice(f"studies:{user.username}:{course.slug}")
    enrollment = Enrollment(course=course, user=user, enrolled_at=learner.since)
    diary.note(Enrolled(course_id=course.pk, user_id=user.pk), at=learner.since, by=user.pk, subject=course.key)
    completed = []
    for lesson, begun in _sittings(plan, dice, learner):
        enrollment.last_lesson, enrollment.studied_at = lesson, begun
        row = _read(lesson, user, begun, diary)
        ended = begun + timedelta(seconds=round(lesson.minutes * 60 * dice.uniform(0.7, 1.6)))
        if ended < plan.now and dice.random() >= SKIPS:
            _complete(lesson, row, user, ended, diary)
            completed.append(ended)
        done.progress.append(row)
    if len(completed) == len(learner.shelf.lessons):
        enrollment.completed_at = completed[-1]
        diary.note(
            CourseCompleted(course_id=course.pk, user_id=user.pk), at=completed[-1], by=user.pk, subject=course.key
        )
    done.enrollments.append(enrollment)
    _review(plan, dice, learner, completed, done, diary, composer)


def _sittings(plan: Plan, dice: random.Random, learner: Learner) -> list[tuple[Lesson, datetime]]:
    """When each lesson was opened, as far as the learner came."""
    found: list[tuple[Lesson, datetime]] = []
    at = learner.since + timedelta(minutes=2 + 20 * dice.random())
    stops = STOPS if learner.is_liked else STOPS_UNLIKED
    for lesson in learner.shelf.lessons:
        at = at.replace(microsecond=0)
        if at >= plan.now or (found and dice.random() < stops):
            break
        found.append((lesson, at))
        at += timedelta(minutes=lesson.minutes * 1.7) + timedelta(days=_pause(dice))
    return found


def _pause(dice: random.Random) -> float:
    """Days until the next lesson: the same evening, the next day or two, or some week."""
    least, most = dice.choices(((0.003, 0.05), (0.7, 2.2), (3.0, 9.0)), (0.35, 0.45, 0.2))[0]
    return dice.uniform(least, most)


def _read(lesson: Lesson, user: User, at: datetime, diary: Diary) -> LessonProgress:
    fact = LessonViewed(lesson_id=lesson.pk, course_id=lesson.course_id, user_id=user.pk)
    diary.note(fact, at=at, by=user.pk, subject=f"lesson:{lesson.pk}")
    return LessonProgress(lesson=lesson, user=user, started_at=at)


def _complete(lesson: Lesson, row: LessonProgress, user: User, at: datetime, diary: Diary) -> None:
    row.completed_at = at
    fact = LessonCompleted(lesson_id=lesson.pk, course_id=lesson.course_id, user_id=user.pk)
    diary.note(fact, at=at, by=user.pk, subject=f"lesson:{lesson.pk}")


def _review(
    plan: Plan,
    dice: random.Random,
    learner: Learner,
    completed: list[datetime],
    done: Studied,
    diary: Diary,
    composer: Composer,
) -> None:
    course, user = learner.shelf.course, learner.user
    enough = max(1, math.ceil(ENOUGH * len(learner.shelf.lessons)))
    if len(completed) < enough or dice.random() >= REVIEWS:
        return
    at = (completed[-1] + timedelta(minutes=3 + 600 * dice.random() ** 3)).replace(microsecond=0)
    if at >= plan.now:
        return
    rating = dice.choice(STARS[learner.is_liked])
    lesson = learner.shelf.lessons[len(completed) - 1]
    body = composer.review(dice, lesson=lesson, rating=rating) if dice.random() < WITH_WORDS else ""
    done.reviews.append(
        Review(course=course, user=user, rating=rating, body=body, lessons_done=len(completed), created_at=at)
    )
    fact = CourseReviewed(course_id=course.pk, user_id=user.pk, rating=rating)
    diary.note(fact, at=at, by=user.pk, subject=course.key)


def _try_previews(
    plan: Plan, people: People, shelves: Mapping[str, Shelf], tastes: Mapping[int, Taste], done: Studied, diary: Diary
) -> None:
    """Let people open first lessons of courses that they did not take."""
    taken = {(row.user_id, row.course_id) for row in done.enrollments}
    for member in people.members:
        dice = plan.dice(f"tries:{member.username}")
        shown = list(shelves.values())
        free = [
            one
            for one in (shown if len(shown) <= SHOWN else dice.sample(shown, k=SHOWN))
            if (member.pk, one.course.pk) not in taken and one.course.language in member.reads
        ]
        for _ in range(min(len(free), dice.choice((0, 1, 1, 2, 3)) if member.username != NEWCOMER else 0)):
            shelf = choose(dice, tastes[member.pk], free, lambda one: one.topics)
            free.remove(shelf)
            at = plan.moment(dice, max(member.joined_at, shelf.out_at), plan.now)
            done.progress.append(_read(shelf.lessons[0], member, at.replace(microsecond=0), diary))
