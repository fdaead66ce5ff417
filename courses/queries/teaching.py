"""What a teacher has made, and how it goes."""

import zoneinfo
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from courses.models import Course, Lesson, Section
from payments.models import OrderLine


def taught_by(*, teacher: Any) -> QuerySet[Course]:
    """The courses of ``teacher``, published or not, the newest first."""
    return Course.objects.filter(teacher=teacher).order_by("-created_at", "-pk")


def arranged(*, course: Course) -> list[tuple[Section, list[Lesson]]]:
    """The sections of ``course`` that hold lessons, with these, in order; one query."""
    sections: dict[int, tuple[Section, list[Lesson]]] = {}
    for lesson in Lesson.objects.filter(course=course).select_related("section").defer("source", "html").in_order():
        sections.setdefault(lesson.section_id, (lesson.section, []))[1].append(lesson)
    return list(sections.values())


def drop_off(*, course: Course) -> list[dict[str, Any]]:
    """For each lesson in order: how many opened it and how many completed it; one query."""
    lessons = Lesson.objects.filter(course=course).annotate(
        began=Count("progress"), finished=Count("progress", filter=Q(progress__completed_at__isnull=False))
    )
    return list(lessons.in_order().values("pk", "title", "language", "began", "finished"))


def sales_today(*, teacher: Any) -> dict[str, Any]:
    """How many orders with something of ``teacher`` were paid today in their time zone, and what was taken, by currency."""
    midnight = (
        timezone.now()
        .astimezone(zoneinfo.ZoneInfo(teacher.time_zone))
        .replace(hour=0, minute=0, second=0, microsecond=0)
    )
    lines = OrderLine.objects.filter(product__creator=teacher, order__paid_at__gte=midnight)
    taken = lines.values("order__currency").annotate(sum=Sum("amount_minor")).order_by("order__currency")
    return {
        "count": lines.values("order_id").distinct().count(),
        "amounts": [(row["sum"], row["order__currency"]) for row in taken.values("order__currency", "sum")],
    }


def sellers_in(*, order_id: int) -> QuerySet[User]:
    """Whose work was sold in the order."""
    return User.objects.filter(
        pk__in=OrderLine.objects.filter(order_id=order_id).values("product__creator_id")
    ).order_by("pk")


def teachers_among(*, user_ids: Collection[int]) -> QuerySet[User]:
    """Those of the members who have a course."""
    return User.objects.filter(pk__in=Course.objects.filter(teacher_id__in=user_ids).values("teacher_id")).order_by(
        "pk"
    )


def references_of(*, teacher: Any) -> list[str]:
    """How the forum names what ``teacher`` teaches: every course and lesson."""
    courses = Course.objects.filter(teacher=teacher).values_list("pk", flat=True)
    lessons = Lesson.objects.filter(course__teacher=teacher).values_list("pk", flat=True)
    return [*(f"course:{pk}" for pk in courses), *(f"lesson:{pk}" for pk in lessons)]
