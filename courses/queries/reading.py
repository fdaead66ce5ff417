"""What somebody may read of a course, and how it is arranged."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from core.audience import keys_of
from courses.models import Captions, Course, Figure, Lesson, LessonProgress


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

    def number_of(self, lesson: Lesson) -> int:
        """Which lesson of the course it is, counted from 1."""
        return [one.lesson.pk for one in self.lessons].index(lesson.pk) + 1

    def around(self, lesson: Lesson) -> tuple[LessonState | None, LessonState | None]:
        """The lessons before and after ``lesson``."""
        ids = [one.lesson.pk for one in self.lessons]
        at = ids.index(lesson.pk)
        return self.lessons[at - 1] if at else None, self.lessons[at + 1] if at + 1 < len(ids) else None


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


def captions_of(*, lesson: Lesson) -> list[Captions]:
    """The captions of ``lesson`` with their files, those in its own language first."""
    found = Captions.objects.filter(lesson=lesson).select_related("file").order_by("language")
    return sorted(found, key=lambda one: one.language != lesson.language)
