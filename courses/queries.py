"""What people see of courses."""

import zoneinfo
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from accounts.models import User
from core.audience import keys_of
from payments.models import OrderLine
from topics.queries import first_name

from .models import Captions, Course, Enrollment, Figure, Lesson, LessonProgress, Review, Section

COURSES_PER_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class LessonState:
    """A lesson as one viewer sees it in an outline: ``done``, ``open``, ``free`` or ``locked``."""

    lesson: Lesson
    state: str


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A course's sections and lessons with the viewer's progress."""

    course: Course
    sections: list[tuple[str, list[LessonState]]]

    @property
    def lessons(self) -> list[LessonState]:
        """All lessons in order."""
        return [one for _, lessons in self.sections for one in lessons]

    @property
    def done(self) -> int:
        """How many lessons the viewer has completed."""
        return sum(one.state == "done" for one in self.lessons)

    def first_open(self) -> Lesson | None:
        """The first lesson that the viewer may read and has not completed; else the first that they may read."""
        readable = [one for one in self.lessons if one.state != "locked"]
        waiting = [one for one in readable if one.state != "done"]
        return (waiting or readable)[0].lesson if readable else None

    def around(self, lesson: Lesson) -> tuple[LessonState | None, LessonState | None]:
        """The lessons before and after ``lesson``."""
        ids = [one.lesson.pk for one in self.lessons]
        at = ids.index(lesson.pk)
        return self.lessons[at - 1] if at else None, self.lessons[at + 1] if at + 1 < len(ids) else None


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A page of courses, and how many there are in the languages that were not asked for."""

    page: Page[Course]
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Resume:
    """Where somebody stopped."""

    enrollment: Enrollment
    lesson: Lesson
    number: int
    total: int
    done: int


@dataclass(frozen=True, kw_only=True)
class CourseFigures:
    """A course in its teacher's studio."""

    course: Course
    learners: int
    lessons: list[dict[str, Any]] = field(default_factory=list)


def catalogue(
    *, viewer: Any, topic: str = "", level: str = "", languages: Sequence[str] = (), page: int | str = 1
) -> Catalogue:
    """
    Published courses that ``viewer`` may see, the most studied first, those in ``languages`` before all others.

    ``counts`` says how many there are in each language: what is in others stands behind, and the page says so.
    """
    courses = Course.objects.visible_to(viewer).published().select_related("teacher")
    if topic:
        courses = courses.filter(Q(topics__slug=topic) | Q(topics__parent__slug=topic)).distinct()
    if level:
        courses = courses.filter(level=level)
    read = Case(When(language__in=list(languages), then=Value(0)), default=Value(1), output_field=IntegerField())
    ordered = courses.annotate(foreign=read, topic_name=first_name(Course.topics.through, owner="course")).order_by(
        "foreign", "-enrollment_count", "-pk"
    )
    rows = courses.order_by().values("language").annotate(count=Count("pk", distinct=bool(topic)))
    counts = {row["language"]: row["count"] for row in rows}
    paginator = Paginator(ordered, COURSES_PER_PAGE)
    # Counted already, language by language.
    paginator.count = sum(counts.values())
    return Catalogue(page=paginator.get_page(page), counts=counts)


def done_in(*, viewer: Any, courses: Iterable[Course]) -> dict[int, int]:
    """For each of ``courses`` that ``viewer`` studies, by its id, how many lessons they have completed; one query for members."""
    if not viewer.is_authenticated:
        return {}
    ids = [course.pk for course in courses]
    studied = Enrollment.objects.filter(user=viewer, course__in=ids, ended_at__isnull=True)
    return dict(studied.annotate(done=_done_by(viewer)).values_list("course_id", "done"))


def count_by_language(*, viewer: Any, but: Iterable[str] = ()) -> dict[str, int]:
    """How many published courses there are in each language, ``but`` those, that ``viewer`` may see."""
    courses = Course.objects.visible_to(viewer).published().exclude(language__in=list(but)).order_by()
    return dict(courses.values_list("language").annotate(count=Count("pk", distinct=True)))


def outline(*, course: Course, viewer: Any) -> Outline:
    """The sections and lessons of ``course`` with what ``viewer`` may read and has completed; one query."""
    completed = LessonProgress.objects.filter(lesson=OuterRef("pk"), user_id=viewer.pk, completed_at__isnull=False)
    found = Lesson.objects.filter(course=course).annotate(is_done=Exists(completed))
    lessons = list(found.select_related("section").defer("source", "html").in_order())
    done = {lesson.pk for lesson in lessons if lesson.is_done}
    held = keys_of(viewer)
    is_teacher = viewer.is_authenticated and viewer.pk == course.teacher_id
    sections: dict[str, list[LessonState]] = {}
    for lesson in lessons:
        lesson.course = course
        may_read = is_teacher or not held.isdisjoint(lesson.audience)
        state = "locked" if not may_read else "done" if lesson.pk in done else "free" if lesson.is_preview else "open"
        sections.setdefault(lesson.section.title, []).append(LessonState(lesson=lesson, state=state))
    return Outline(course=course, sections=list(sections.items()))


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


def captions_of(*, lesson: Lesson) -> list[Captions]:
    """The captions of ``lesson`` with their files, those in its own language first."""
    found = Captions.objects.filter(lesson=lesson).select_related("file").order_by("language")
    return sorted(found, key=lambda one: one.language != lesson.language)


def paid_lessons_completed(*, user: Any, course_id: int, since: datetime) -> list[int]:
    """The ids of the lessons of a course that are not free and that ``user`` has completed since then."""
    done = LessonProgress.objects.filter(user=user, lesson__course_id=course_id, completed_at__gte=since)
    return list(done.filter(lesson__is_preview=False).order_by("pk").values_list("lesson_id", flat=True))


def may_read(*, lesson: Lesson, viewer: Any) -> bool:
    """Whether ``viewer`` holds a key to ``lesson`` or teaches it."""
    is_teacher = viewer.is_authenticated and viewer.pk == lesson.course.teacher_id
    return is_teacher or not keys_of(viewer).isdisjoint(lesson.audience)


def may_see(*, figure: Figure, viewer: Any) -> bool:
    """Whether ``viewer`` may read a lesson that shows ``figure``, or teaches its course."""
    if viewer.is_authenticated and viewer.pk == figure.course.teacher_id:
        return True
    shown = Lesson.objects.filter(course=figure.course_id, html__contains=figure.get_absolute_url())
    return shown.visible_to(viewer).exists()


def enrollment_of(*, viewer: Any, course: Course) -> Enrollment | None:
    """The enrollment of ``viewer`` that is in force, if there is one."""
    if not viewer.is_authenticated:
        return None
    return Enrollment.objects.filter(course=course, user_id=viewer.pk, ended_at__isnull=True).first()


def reviews(*, course: Course, limit: int = 10) -> QuerySet[Review]:
    """What learners say, longest first among the newest: a star alone helps nobody."""
    said = Review.objects.filter(course=course).select_related("user").annotate(has_words=~Q(body=""))
    return said.order_by("-has_words", "-created_at", "-pk")[:limit]


def continue_learning(*, user: Any) -> Resume | None:
    """The course that ``user`` studied last and has not completed, with the lesson to go on with."""
    current = Enrollment.objects.filter(user=user, ended_at__isnull=True, completed_at__isnull=True)
    enrollment = (
        current.select_related("course").order_by(F("studied_at").desc(nulls_last=True), "-enrolled_at").first()
    )
    if enrollment is None:
        return None
    plan = outline(course=enrollment.course, viewer=user)
    lesson = plan.first_open()
    if lesson is None:
        return None
    number = [one.lesson.pk for one in plan.lessons].index(lesson.pk) + 1
    return Resume(enrollment=enrollment, lesson=lesson, number=number, total=len(plan.lessons), done=plan.done)


def next_lessons(*, user: Any) -> QuerySet[Enrollment]:
    """
    What ``user`` studies and has not completed, with the lesson that comes next (``ahead``), to be asked for together with other things.

    ``place`` counts them from 1, what was studied last first.
    """
    done = LessonProgress.objects.filter(user=user, lesson=OuterRef("pk"), completed_at__isnull=False)
    ahead = Lesson.objects.filter(~Exists(done), course=OuterRef("course")).in_order()
    current = Enrollment.objects.filter(user=user, ended_at__isnull=True, completed_at__isnull=True)
    rows = current.annotate(ahead=Subquery(ahead.values("pk")[:1])).filter(ahead__isnull=False)
    return rows.annotate(
        place=Window(RowNumber(), order_by=[F("studied_at").desc(nulls_last=True), F("enrolled_at").desc()])
    )


def learning(*, user: Any) -> QuerySet[Enrollment]:
    """What ``user`` studies and has studied, with how many lessons are done, the latest first."""
    enrollments = Enrollment.objects.filter(user=user, ended_at__isnull=True).select_related("course__teacher")
    enrollments = enrollments.annotate(topic_name=first_name(Course.topics.through, owner="course", of="course_id"))
    return enrollments.annotate(done=_done_by(user)).order_by(F("studied_at").desc(nulls_last=True), "-enrolled_at")


def _done_by(user: Any) -> Coalesce:
    """How many lessons of an enrollment's course ``user`` has completed, looked up among theirs and not among everybody's."""
    completed = LessonProgress.objects.filter(
        user=user, completed_at__isnull=False, lesson__course=OuterRef("course_id")
    )
    counted = completed.order_by().values("lesson__course").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def taught_by(*, teacher: Any) -> QuerySet[Course]:
    """The courses of ``teacher``, published or not, the newest first."""
    return Course.objects.filter(teacher=teacher).order_by("-created_at", "-pk")


def offered_by(*, teacher: Any, viewer: Any) -> QuerySet[Course]:
    """What ``teacher`` has published and ``viewer`` may see, the most studied first."""
    courses = Course.objects.visible_to(viewer).published().filter(teacher=teacher).select_related("teacher")
    named = courses.annotate(topic_name=first_name(Course.topics.through, owner="course"))
    return named.order_by("-enrollment_count", "-pk")


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
