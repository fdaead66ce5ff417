"""Making courses."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from accounts.models import User
from core import events, text
from courses.events import CoursePublished
from courses.models import Course, FormerSlug, Lesson, Section

from . import figures


@transaction.atomic
def create_course(
    *, by: User, title: str, language: str, slug: str = "", topic_ids: Sequence[int] = (), **fields: Any
) -> Course:
    """Make a course that nobody but its teacher sees yet."""
    course = Course.objects.create(teacher=by, title=title, language=language, slug=slug or _free_slug(title), **fields)
    course.topics.set(topic_ids)
    return course


@transaction.atomic
def add_lesson(*, course: Course, section: str, title: str, source: str, **fields: Any) -> Lesson:
    """Add a lesson at the end of the section called ``section``, which is made when it is new."""
    part, place = _place_at_end(course, section)
    lesson = Lesson(course=course, section=part, title=title, language=course.language, order=place, **fields)
    lesson.audience = lesson.opens_to()
    _set_text(lesson, source)
    lesson.save()
    recount(course=course)
    return lesson


@transaction.atomic
def edit_lesson(*, lesson: Lesson, **changes: Any) -> Lesson:
    """Change a lesson of a course at once, also of one that is published; nobody's progress is touched."""
    source = changes.pop("source", lesson.source)
    section = changes.pop("section_title", "")
    if section and section != lesson.section.title:
        lesson.section, lesson.order = _place_at_end(lesson.course, section)
    for name, value in changes.items():
        setattr(lesson, name, value)
    lesson.audience = lesson.opens_to()
    _set_text(lesson, source)
    lesson.save()
    recount(course=lesson.course)
    return lesson


@transaction.atomic
def publish_course(*, course: Course, by: User, at: datetime | None = None) -> Course:
    """Put ``course`` into the catalogue; publishing it again changes nothing."""
    course = Course.objects.select_for_update().get(pk=course.pk)
    if course.published_at is None:
        course.published_at = at or timezone.now()
        course.save(update_fields=["published_at"])
        fact = CoursePublished(course_id=course.pk, teacher_id=course.teacher_id)
        events.publish(fact, by=by, subject=course.key, happened_at=at)
    return course


@transaction.atomic
def change_slug(*, course: Course, slug: str) -> Course:
    """Give ``course`` another address; the old one leads to it from now on."""
    if slug != course.slug:
        FormerSlug.objects.filter(slug=slug).delete()
        FormerSlug.objects.create(course=course, slug=course.slug)
        course.slug = slug
        course.save(update_fields=["slug"])
    return course


def recount(*, course: Course) -> None:
    """Make the derived figures of ``course`` equal to its rows."""
    lessons = course.lessons.aggregate(count=Count("pk"), minutes=Sum("minutes"))
    ratings = course.reviews.aggregate(count=Count("pk"), sum=Sum("rating"))
    figures = {
        "lesson_count": lessons["count"], "minutes": lessons["minutes"] or 0,
        "rating_count": ratings["count"], "rating_sum": ratings["sum"] or 0,
        "enrollment_count": course.enrollments.filter(ended_at__isnull=True).count(),
    }  # fmt: skip
    Course.objects.filter(pk=course.pk).update(**figures)
    for name, value in figures.items():
        setattr(course, name, value)


def _place_at_end(course: Course, title: str) -> tuple[Section, int]:
    """The section called ``title``, which is made when it is new, and the place behind its last lesson."""
    last = course.sections.aggregate(last=Max("order"))["last"]
    part, _ = Section.objects.get_or_create(
        course=course, title=title, defaults={"order": 0 if last is None else last + 1}
    )
    last = part.lessons.aggregate(last=Max("order"))["last"]
    return part, 0 if last is None else last + 1


def _free_slug(title: str) -> str:
    wanted = text.slug(title)[:70] or "course"
    taken = set(Course.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    taken |= set(FormerSlug.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for n in range(1, 10_000) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def _set_text(lesson: Lesson, source: str) -> None:
    # Browsers send two characters for the end of a line; a file that says the same has one.
    source = source.replace("\r\n", "\n")
    rendered = text.render(source, language=lesson.language, limits=text.LESSON, pictures=figures.of(lesson.course))
    lesson.source, lesson.html, lesson.html_version = source, rendered.html, rendered.version
