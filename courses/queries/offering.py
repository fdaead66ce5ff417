"""What the school offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from courses.models import Course, Enrollment, Review
from topics.queries import first_name

from .studying import done_by

COURSES_PER_PAGE = 24


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """A page of courses, and how many there are in the languages that were not asked for."""

    page: Page[Course]
    counts: dict[str, int]


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


def count_by_language(*, viewer: Any, but: Iterable[str] = ()) -> dict[str, int]:
    """How many published courses there are in each language, ``but`` those, that ``viewer`` may see."""
    courses = Course.objects.visible_to(viewer).published().exclude(language__in=list(but)).order_by()
    return dict(courses.values_list("language").annotate(count=Count("pk", distinct=True)))


def done_in(*, viewer: Any, courses: Iterable[Course]) -> dict[int, int]:
    """For each of ``courses`` that ``viewer`` studies, by its id, how many lessons they have completed; one query for members."""
    if not viewer.is_authenticated:
        return {}
    ids = [course.pk for course in courses]
    studied = Enrollment.objects.filter(user=viewer, course__in=ids, ended_at__isnull=True)
    return dict(studied.annotate(done=done_by(viewer)).values_list("course_id", "done"))


def offered_by(*, teacher: Any, viewer: Any) -> QuerySet[Course]:
    """What ``teacher`` has published and ``viewer`` may see, the most studied first."""
    courses = Course.objects.visible_to(viewer).published().filter(teacher=teacher).select_related("teacher")
    named = courses.annotate(topic_name=first_name(Course.topics.through, owner="course"))
    return named.order_by("-enrollment_count", "-pk")


def reviews(*, course: Course, limit: int = 10) -> QuerySet[Review]:
    """What learners say, longest first among the newest: a star alone helps nobody."""
    said = Review.objects.filter(course=course).select_related("user").annotate(has_words=~Q(body=""))
    return said.order_by("-has_words", "-created_at", "-pk")[:limit]
