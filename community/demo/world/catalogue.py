"""The courses, with their lessons as the importer reads them, and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from community.demo.recordings.furnishing import RECORDINGS, furnish
from courses.events import CoursePublished
from courses.models import Course, Lesson
from courses.operations import import_folder
from payments.models import Product
from topics.models import Topic

from . import content
from .diary import Diary
from .people import People
from .plan import Plan


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """One course with what others of the world ask of it."""

    course: Course
    product: Product
    lessons: list[Lesson]
    topics: frozenset[str]

    @property
    def out_at(self) -> datetime:
        """When the course came out."""
        if self.course.published_at is None:
            raise ValueError(f"{self.course} is not published")
        return self.course.published_at

    def lesson(self, title: str) -> Lesson | None:
        """The lesson of that title."""
        return next((one for one in self.lessons if one.title == title), None)


def publish(plan: Plan, people: People, topics: Mapping[str, Topic], diary: Diary) -> dict[str, Shelf]:
    """Import and publish the courses; return them by slug."""
    described = _described(plan.courses)
    shelves = {}
    for place, one in enumerate(described):
        course = _import(one, people, topics)
        # The whole season long, the first ones already there when it began.
        course.published_at = plan.ago(days=88 - 80 * place / len(described) if place % 3 else 89.5)
        course.created_at = course.published_at - timedelta(days=20)
        course.save(update_fields=["published_at", "created_at"])
        _furnish(plan, course, _folder(one))
        fact = CoursePublished(course_id=course.pk, teacher_id=course.teacher_id)
        diary.note(fact, at=course.published_at, by=course.teacher_id, subject=course.key)
        shelves[one["slug"]] = _shelf(one, course)
    Lesson.objects.update(updated_at=plan.ago(days=89.5))
    return shelves


def _import(described: dict[str, Any], people: People, topics: Mapping[str, Topic]) -> Course:
    report = import_folder(
        folder=_folder(described), by=people.by_name[described["teacher"]], title=described["title"],
        language=content.LANGUAGES[described["language"]], slug=described["slug"], summary=described["summary"],
        outcomes=described["outcomes"], for_whom=described["audience"], level=described["level"], format=described["format"],
        topic_ids=[topics[slug].pk for slug in described["topics"]],
    )  # fmt: skip
    return report.course


def _described(count: int) -> list[dict[str, Any]]:
    """As many courses as are asked for; those beyond the written ones are these again, numbered."""
    written = content.school()["courses"]
    again = ((written[n % len(written)], 1 + n // len(written)) for n in range(count))
    return [
        one if number == 1 else one | {
            "slug": f"{one['slug']}-{number}", "title": f"{one['title']} ({number})", "folder": one["slug"]
        }
        for one, number in again
    ]  # fmt: skip


def _folder(described: dict[str, Any]) -> Path:
    return content.FOLDER / "courses" / str(described.get("folder", described["slug"]))


def _furnish(plan: Plan, course: Course, folder: Path) -> None:
    for lesson in Lesson.objects.filter(course=course, import_key__in=RECORDINGS).select_related("course__teacher"):
        furnish(lesson, folder=folder, seed=plan.seed)


def _shelf(described: dict[str, Any], course: Course) -> Shelf:
    product = Product.objects.create(
        kind="course", subject=course.key, title=course.title, language=course.language, creator_id=course.teacher_id,
        price_minor=described["price"], currency=described["currency"], created_at=course.published_at or course.created_at,
    )  # fmt: skip
    lessons = list(Lesson.objects.filter(course=course).in_order())
    for lesson in lessons:
        lesson.course = course
    return Shelf(course=course, product=product, lessons=lessons, topics=frozenset(described["topics"]))
