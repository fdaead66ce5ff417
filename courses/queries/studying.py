"""How far somebody is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from courses.models import Course, Enrollment, Lesson, LessonProgress
from topics.queries import first_name

from .reading import outline

AT_ONCE = 20
"""So many of the courses that somebody studies, the latest, are looked into for the lesson that comes next."""


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Where somebody stopped."""

    course: Course
    lesson: Lesson
    number: int
    total: int
    done: int


def enrollment_of(*, viewer: Any, course: Course) -> Enrollment | None:
    """The enrollment of ``viewer`` that is in force, if there is one."""
    if not viewer.is_authenticated:
        return None
    return Enrollment.objects.filter(course=course, user_id=viewer.pk, ended_at__isnull=True).first()


def completed_lessons(*, viewer: Any, course: Course) -> set[int]:
    """The ids of the lessons of ``course`` that ``viewer`` has completed."""
    if not viewer.is_authenticated:
        return set()
    done = LessonProgress.objects.filter(user_id=viewer.pk, lesson__course=course, completed_at__isnull=False)
    return set(done.values_list("lesson_id", flat=True))


def progress_in(*, lesson: Lesson, viewer: Any) -> LessonProgress | None:
    """How far ``viewer`` is in ``lesson``; None for guests and before it was opened."""
    if not viewer.is_authenticated:
        return None
    return LessonProgress.objects.filter(lesson=lesson, user_id=viewer.pk).first()


def paid_lessons_completed(*, user: Any, course_id: int, since: datetime) -> list[int]:
    """The ids of the lessons of a course that are not free and that ``user`` has completed since then."""
    done = LessonProgress.objects.filter(user=user, lesson__course_id=course_id, completed_at__gte=since)
    return list(done.filter(lesson__is_preview=False).order_by("pk").values_list("lesson_id", flat=True))


def paid_lessons_opened(*, user: Any, course_id: int) -> int:
    """How many lessons of a course that are not free ``user`` has opened."""
    return LessonProgress.objects.filter(user=user, lesson__course_id=course_id, lesson__is_preview=False).count()


def continue_learning(*, user: Any) -> Resume | None:
    """
    The course that ``user`` studied last and has not completed, with the lesson to go on with.

    Where there is none, the course whose free lessons they began last and have not read to the end.
    """
    course = _studied_last(user) or _tried_last(user)
    plan = outline(course=course, viewer=user) if course else None
    lesson = plan.first_open() if plan else None
    if plan is None or lesson is None:
        return None
    return Resume(
        course=plan.course, lesson=lesson, number=plan.number_of(lesson), total=len(plan.lessons), done=plan.done
    )


def _studied_last(user: Any) -> Course | None:
    current = Enrollment.objects.filter(user=user, ended_at__isnull=True, completed_at__isnull=True)
    latest = current.select_related("course").order_by(F("studied_at").desc(nulls_last=True), "-enrolled_at").first()
    return latest.course if latest else None


def _tried_last(user: Any) -> Course | None:
    """A course of others that ``user`` never had, and of whose free lessons they opened one and have one to read."""
    begun = LessonProgress.objects.filter(user=user, lesson__is_preview=True)
    done = begun.filter(lesson=OuterRef("pk"), completed_at__isnull=False)
    ahead = Lesson.objects.visible_to(user).filter(~Exists(done), course=OuterRef("pk"), is_preview=True)
    had = Enrollment.objects.filter(user=user, course=OuterRef("pk"))
    courses = Course.objects.open_to(user).exclude(teacher=user).filter(pk__in=begun.values("lesson__course"))
    begun_at = begun.filter(lesson__course=OuterRef("pk")).order_by("-started_at").values("started_at")[:1]
    return courses.filter(Exists(ahead), ~Exists(had)).order_by(Subquery(begun_at).desc()).first()


def next_lessons(*, user: Any) -> QuerySet[Enrollment]:
    """
    What ``user`` studied last and has not completed, with the lesson that comes next (``ahead``), to be asked for together with other things.

    ``place`` counts them from 1, what was studied last first. Whoever has begun a hundred courses goes on with one of the latest.
    """
    done = LessonProgress.objects.filter(user=user, lesson=OuterRef("pk"), completed_at__isnull=False)
    ahead = Lesson.objects.filter(~Exists(done), course=OuterRef("course")).in_order()
    latest = [F("studied_at").desc(nulls_last=True), F("enrolled_at").desc()]
    begun = Enrollment.objects.filter(user=user, ended_at__isnull=True, completed_at__isnull=True)
    current = Enrollment.objects.filter(pk__in=begun.order_by(*latest).values("pk")[:AT_ONCE])
    rows = current.annotate(ahead=Subquery(ahead.values("pk")[:1])).filter(ahead__isnull=False)
    return rows.annotate(place=Window(RowNumber(), order_by=latest))


def learning(*, user: Any) -> QuerySet[Enrollment]:
    """What ``user`` studies and has studied, with how many lessons are done, the latest first."""
    enrollments = Enrollment.objects.filter(user=user, ended_at__isnull=True).select_related("course__teacher")
    enrollments = enrollments.annotate(topic_name=first_name(Course.topics.through, owner="course", of="course_id"))
    return enrollments.annotate(done=done_by(user)).order_by(F("studied_at").desc(nulls_last=True), "-enrolled_at")


def done_by(user: Any) -> Coalesce:
    """How many lessons of an enrollment's course ``user`` has completed, looked up among theirs and not among everybody's."""
    completed = LessonProgress.objects.filter(
        user=user, completed_at__isnull=False, lesson__course=OuterRef("course_id")
    )
    counted = completed.order_by().values("lesson__course").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)
