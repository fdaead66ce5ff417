"""Reading lessons and completing them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from courses.events import CourseCompleted, LessonCompleted, LessonViewed
from courses.models import Enrollment, Lesson, LessonProgress


@transaction.atomic
def note_lesson_view(*, lesson: Lesson, by: User, at: datetime | None = None) -> None:
    """Note that ``by`` opened ``lesson``, so that they can go on there from any device."""
    now = at or timezone.now()
    LessonProgress.objects.get_or_create(lesson=lesson, user=by, defaults={"started_at": now})
    Enrollment.objects.filter(course_id=lesson.course_id, user=by).update(last_lesson=lesson, studied_at=now)
    fact = LessonViewed(lesson_id=lesson.pk, course_id=lesson.course_id, user_id=by.pk)
    events.publish(fact, by=by, subject=f"lesson:{lesson.pk}", happened_at=at)


@transaction.atomic
def complete_lesson(*, lesson: Lesson, by: User, at: datetime | None = None) -> LessonProgress:
    """Mark ``lesson`` as completed; again changes nothing, and the last lesson completes the course."""
    now = at or timezone.now()
    LessonProgress.objects.get_or_create(lesson=lesson, user=by, defaults={"started_at": now})
    # Two clicks at once: the lock lets only one of them be the one that completed it.
    progress = LessonProgress.objects.select_for_update().get(lesson=lesson, user=by)
    if progress.completed_at is None:
        progress.completed_at = now
        progress.save(update_fields=["completed_at"])
        fact = LessonCompleted(lesson_id=lesson.pk, course_id=lesson.course_id, user_id=by.pk)
        events.publish(fact, by=by, subject=f"lesson:{lesson.pk}", happened_at=at)
        _complete_course(lesson, by, now)
    return progress


def _complete_course(lesson: Lesson, by: User, at: datetime) -> None:
    enrollment = Enrollment.objects.select_for_update().filter(course_id=lesson.course_id, user=by).first()
    if enrollment is None or enrollment.completed_at is not None:
        return
    done = LessonProgress.objects.filter(lesson__course_id=lesson.course_id, user=by, completed_at__isnull=False)
    if done.count() == Lesson.objects.filter(course_id=lesson.course_id).count():
        enrollment.completed_at = at
        enrollment.save(update_fields=["completed_at"])
        fact = CourseCompleted(course_id=lesson.course_id, user_id=by.pk)
        events.publish(fact, by=by, subject=f"course:{lesson.course_id}", happened_at=at)
