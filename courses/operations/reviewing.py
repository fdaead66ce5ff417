"""Ratings by people who studied enough to have an opinion."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from courses.events import CourseReviewed
from courses.models import Course, LessonProgress, Review

from .authoring import recount

ENOUGH = 0.25
"""The share of the lessons that must be completed before one may review."""


class NotStudiedEnough(Exception):
    """Whoever has not completed a quarter of a course cannot rate it yet."""


@transaction.atomic
def review_course(*, course: Course, by: User, rating: int, body: str = "", at: datetime | None = None) -> Review:
    """
    Rate ``course``; a second time changes the first review.

    :raises NotStudiedEnough: if ``by`` has completed less than a quarter of the lessons.
    """
    done = LessonProgress.objects.filter(lesson__course=course, user=by, completed_at__isnull=False).count()
    if done < course.lesson_count * ENOUGH or done == 0:
        raise NotStudiedEnough
    now = at or timezone.now()
    # The course's row first: its sum of ratings must equal the rows when two people rate at once.
    Course.objects.select_for_update().get(pk=course.pk)
    review, is_new = Review.objects.get_or_create(
        course=course, user=by, defaults={"rating": rating, "body": body, "lessons_done": done, "created_at": now}
    )
    if not is_new:
        review.rating, review.body, review.lessons_done, review.edited_at = rating, body, done, now
        review.save()
    recount(course=course)
    fact = CourseReviewed(course_id=course.pk, user_id=by.pk, rating=rating)
    events.publish(fact, by=by, subject=course.key, happened_at=at)
    return review
