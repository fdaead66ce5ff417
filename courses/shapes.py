"""Courses and lessons in the form that the components of the design system take."""

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from payments.models import Product

from .models import Course, Lesson, Review
from .queries import LessonState, Outline, Resume

ICONS = {"article": "book", "video": "play", "audio": "headphones", "pdf": "file", "image": "image"}


def person(user: Any, *, note: str = "") -> dict[str, Any]:
    """A member as the components take them."""
    return {
        "name": str(user),
        "url": user.get_absolute_url(),
        "picture_url": getattr(user, "picture_url", ""),
        "note": note,
    }


def course_card(
    course: Course, *, product: Product | None = None, done: int | None = None, why: str = ""
) -> dict[str, Any]:
    """A course as ``components/course_card.html`` takes it."""
    topics = list(course.topics.all())
    return {
        "url": course.get_absolute_url(), "title": course.title, "lang": course.language, "cover_url": "",
        "topic": str(topics[0]) if topics else "", "lessons": course.lesson_count, "minutes": course.minutes,
        "mean": course.rating, "ratings": course.rating_count, "teacher": person(course.teacher), "done": done, "why": why,
        "amount": product.price_minor if product else 0, "currency": product.currency if product else "CNY",
    }  # fmt: skip


def course_cards(courses: Any, *, products: Mapping[str, Product]) -> list[dict[str, Any]]:
    """Several courses with their prices."""
    return [course_card(course, product=products.get(course.key)) for course in courses]


def sections(outline: Outline, *, current: Lesson | None = None) -> list[dict[str, Any]]:
    """An outline as ``curriculum.html`` and ``outline.html`` take it."""
    return [
        {"title": title, "lang": outline.course.language, "lessons": [_lesson(one, current) for one in lessons]}
        for title, lessons in outline.sections
    ]


def resume(found: Resume) -> dict[str, Any]:
    """Where somebody stopped, as ``resume_card.html`` takes it."""
    course = found.enrollment.course
    return {
        "url": found.lesson.get_absolute_url(), "title": found.lesson.title, "lang": found.lesson.language, "course": course.title,
        "number": found.number, "total": found.total, "done": found.done, "cover_title": course.title,
    }  # fmt: skip


def review(one: Review, *, course: Course) -> dict[str, Any]:
    """A review as ``review.html`` takes it."""
    studied = round(100 * one.lessons_done / course.lesson_count) if course.lesson_count else 0
    reply = {"author": str(course.teacher), "body": one.reply, "lang": course.language} if one.reply else None
    return {
        "author": person(one.user), "stars": one.rating, "at": one.created_at, "body": one.body, "lang": course.language,
        "progress": min(studied, 100), "reply": reply,
    }  # fmt: skip


def body(lesson: Lesson) -> str:
    """The rendered text of a lesson."""
    # Lesson.html is written by core.text.render alone, whose last step is the sanitizer.
    return mark_safe(lesson.html)  # noqa: S308


def _lesson(one: LessonState, current: Lesson | None) -> dict[str, Any]:
    is_current = current is not None and one.lesson.pk == current.pk
    return {
        "title": one.lesson.title, "url": one.lesson.get_absolute_url(), "minutes": one.lesson.minutes,
        "icon": ICONS.get(one.lesson.kind, "book"), "state": "now" if is_current else one.state,
        "how": _("Opens with the course") if one.state == "locked" and current is not None else "",
    }  # fmt: skip
