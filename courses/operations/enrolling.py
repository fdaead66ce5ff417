"""Beginning a course, and losing it."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core import events
from courses.events import Enrolled
from courses.models import Course, Enrollment


@transaction.atomic
def enroll(*, course: Course, user: User, at: datetime | None = None) -> Enrollment:
    """
    Note that ``user`` studies ``course``; again changes nothing, and coming back keeps the progress there was.

    Access itself comes from entitlements; this is called by payments in the transaction that grants one.
    """
    now = at or timezone.now()
    enrollment, is_new = Enrollment.objects.get_or_create(course=course, user=user, defaults={"enrolled_at": now})
    if is_new or enrollment.ended_at is not None:
        Enrollment.objects.filter(pk=enrollment.pk).update(ended_at=None)
        Course.objects.filter(pk=course.pk).update(enrollment_count=F("enrollment_count") + 1)
        events.publish(Enrolled(course_id=course.pk, user_id=user.pk), by=user, subject=course.key, happened_at=at)
    return enrollment


@transaction.atomic
def end_enrollment(*, course: Course, user: User) -> None:
    """Note that ``user`` no longer studies ``course``, as after a refund; what they completed stays on record."""
    ended = Enrollment.objects.filter(course=course, user=user, ended_at__isnull=True).update(ended_at=timezone.now())
    if ended:
        Course.objects.filter(pk=course.pk).update(enrollment_count=F("enrollment_count") - 1)
