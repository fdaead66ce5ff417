"""The order of a course."""

from collections.abc import Sequence

from django.db import transaction

from courses.models import Course, Lesson, Section


class NotItsLessons(Exception):
    """An order must name each lesson of the course once and nothing else."""


@transaction.atomic
def arrange(*, course: Course, order: Sequence[tuple[int, Sequence[int]]]) -> None:
    """
    Put the lessons of ``course`` in ``order``: sections by id, each with the ids of its lessons.

    Learners see it at once. A section that is left without lessons goes.

    :raises NotItsLessons: if it is not a complete order of this course, as when a lesson was added meanwhile.
    """
    # Two tabs at once: the second waits and then arranges what the first one left.
    Course.objects.select_for_update().get(pk=course.pk)
    sections = {one.pk: one for one in Section.objects.filter(course=course)}
    lessons = {one.pk: one for one in Lesson.objects.filter(course=course)}
    named = [pk for _, ids in order for pk in ids]
    if sorted(named) != sorted(lessons) or not {pk for pk, _ in order} <= set(sections):
        raise NotItsLessons
    for place, (section_pk, ids) in enumerate(order):
        Section.objects.filter(pk=section_pk).update(order=place)
        for number, pk in enumerate(ids):
            Lesson.objects.filter(pk=pk).update(section_id=section_pk, order=number)
    Section.objects.filter(course=course, lessons__isnull=True).delete()


@transaction.atomic
def move_lesson(*, lesson: Lesson, step: int) -> None:
    """Move ``lesson`` one place up (``step`` -1) or down (1), across the border of its section where it stands at one."""
    Course.objects.select_for_update().get(pk=lesson.course_id)
    order = order_of(lesson.course)
    at = next(n for n, (_, ids) in enumerate(order) if lesson.pk in ids)
    here = order[at][1]
    place = here.index(lesson.pk)
    if 0 <= place + step < len(here):
        here[place], here[place + step] = here[place + step], here[place]
    elif 0 <= at + step < len(order):
        here.remove(lesson.pk)
        there = order[at + step][1]
        there.insert(len(there) if step < 0 else 0, lesson.pk)
    arrange(course=lesson.course, order=order)


@transaction.atomic
def move_section(*, section: Section, step: int) -> None:
    """Move a section with all its lessons one place up or down."""
    Course.objects.select_for_update().get(pk=section.course_id)
    order = order_of(section.course)
    at = next(n for n, (pk, _) in enumerate(order) if pk == section.pk)
    if 0 <= at + step < len(order):
        order[at], order[at + step] = order[at + step], order[at]
    arrange(course=section.course, order=order)


def order_of(course: Course) -> list[tuple[int, list[int]]]:
    """The sections of ``course`` in order, each with the ids of its lessons."""
    order: dict[int, list[int]] = {}
    for pk, section in Lesson.objects.filter(course=course).in_order().values_list("pk", "section_id"):
        order.setdefault(section, []).append(pk)
    return list(order.items())
