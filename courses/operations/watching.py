"""Watching a recording: what was played, on any device, and when it is enough."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from courses import rules
from courses.events import LessonWatched
from courses.models import Lesson, LessonProgress

from .learning import complete_lesson


class FasterThanTime(Exception):
    """More was claimed than can have been played since the lesson was opened."""


@transaction.atomic
def note_watched(
    *, lesson: Lesson, by: User, spans: Sequence[Sequence[int]], position: int, at: datetime | None = None
) -> LessonProgress:
    """
    Add ``spans`` of seconds to what ``by`` has watched of ``lesson``, and remember where they stopped.

    Enough of it completes the lesson. Spans may come twice, late, or from two devices: together they count once. Watching
    again, or less, never takes back what was completed.

    :raises FasterThanTime: if more is claimed than can have been played since the lesson was opened; nothing is noted then.
    """
    now = at or timezone.now()
    length = lesson.file.seconds if lesson.file is not None else 0
    LessonProgress.objects.get_or_create(lesson=lesson, user=by, defaults={"started_at": now})
    # Two devices report at once: without the lock the later one would forget what the other has just added.
    progress = LessonProgress.objects.select_for_update().get(lesson=lesson, user=by)
    before = rules.seconds_of(progress.watched)
    progress.watched = rules.merged([*progress.watched, *spans], length=length)
    watched = rules.seconds_of(progress.watched)
    if not rules.can_have_watched(watched, within=(now - progress.started_at).total_seconds()):
        raise FasterThanTime
    progress.position = min(max(0, position), length)
    progress.save(update_fields=["watched", "position"])
    if watched > before:
        fact = LessonWatched(lesson_id=lesson.pk, course_id=lesson.course_id, user_id=by.pk, seconds=watched - before)
        events.publish(fact, by=by, subject=f"lesson:{lesson.pk}", happened_at=at)
    if length and watched >= rules.ENOUGH * length:
        return complete_lesson(lesson=lesson, by=by, at=at)
    return progress
