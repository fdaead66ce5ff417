"""What the rooms below call when they meet a course or a lesson."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.audience.keys import MEMBERS, PUBLIC
from forum.about import About
from payments.fulfilment import Description
from payments.models import Entitlement, Product
from payments.queries import holds, prices_for
from surveys.destinations import Place

from . import operations, queries, shapes
from .models import Course, Lesson


def lesson(viewer: Any, ident: int) -> About | None:
    """A lesson as the forum shows it above a thread; what is written under a paid lesson stays among those who hold its key."""
    found = (
        Lesson.objects.select_related("course")
        .filter(pk=ident, course__in=Course.objects.open_to(viewer).values("pk"))
        .first()
    )
    if found is None or not queries.may_read(lesson=found, viewer=viewer):
        return None
    return About(
        title=found.title, url=found.get_absolute_url(), language=found.language, teacher_id=found.course.teacher_id,
        audience=[PUBLIC, MEMBERS] if found.is_preview else [f"course:{found.course_id}", "staff"],
        topic_ids=list(found.course.topics.values_list("pk", flat=True)),
    )  # fmt: skip


def course(viewer: Any, ident: int) -> About | None:
    """A course as the forum shows it above a thread; everybody may ask about it before buying."""
    found = Course.objects.open_to(viewer).filter(pk=ident).first()
    if found is None:
        return None
    return About(
        title=found.title, url=found.get_absolute_url(), language=found.language, teacher_id=found.teacher_id,
        audience=[PUBLIC, MEMBERS], topic_ids=list(found.topics.values_list("pk", flat=True)),
    )  # fmt: skip


def taught(owner: Any, viewer: Any) -> dict[str, Any]:
    """What a profile shows of its owner's courses."""
    found = list(queries.offered_by(teacher=owner, viewer=viewer))
    prices = prices_for([course.key for course in found], viewer=viewer)
    return {"courses": shapes.course_cards(found, prices=prices)} if found else {}


def crowds() -> list[tuple[str, str]]:
    """The learners of each published course, as whom a survey may ask."""
    found = Course.objects.published().order_by("title", "pk").values_list("pk", "title")
    return [(f"course:{pk}", title) for pk, title in found]


def places(viewer: Any, ids: Iterable[int] | None) -> list[Place]:
    """Courses in the catalogue, to which an answer of a survey may lead: those of ``ids``, or all."""
    found = Course.objects.visible_to(viewer).published().order_by("title", "pk")
    found = found if ids is None else found.filter(pk__in=list(ids))
    return [
        Place(
            reference=f"course:{one.pk}",
            title=one.title,
            url=one.get_absolute_url(),
            language=one.language,
            kind=_("Course"),
        )
        for one in found
    ]


def may_hear(viewer: Any, ident: int) -> bool:
    """Whether ``viewer`` may listen to what happens under a lesson."""
    return lesson(viewer, ident) is not None


def may_open_file(viewer: Any, asset: Any) -> bool:
    """Whether ``viewer`` may have a lesson's file, or captions, at this moment: whoever may read the lesson."""
    found = operations.lesson_of(asset)
    if found is None or not Course.objects.open_to(viewer).filter(pk=found.course_id).exists():
        return False
    return queries.may_read(lesson=found, viewer=viewer)


def may_open_beginning(viewer: Any, asset: Any) -> bool:
    """Whether ``viewer`` may have the free beginning of a lesson: whoever may see its course."""
    found = operations.lesson_of(asset)
    return found is not None and Course.objects.open_to(viewer).filter(pk=found.course_id).exists()


def granted(entitlement: Entitlement) -> None:
    """Payments granted somebody a course: they study it from now on."""
    operations.enroll(course=_course(entitlement.key), user=entitlement.user)


def ended(entitlement: Entitlement) -> None:
    """Payments ended one reason for somebody's access to a course; the last one ends their enrollment."""
    if holds(user=entitlement.user, key=entitlement.key):
        return
    operations.end_enrollment(course=_course(entitlement.key), user=entitlement.user)


def describe(product: Product) -> Description:
    """A course as checkout, order and receipt show it."""
    found = _course(product.subject)
    note = ngettext("%(n)s lesson", "%(n)s lessons", found.lesson_count) % {"n": found.lesson_count}
    first = Lesson.objects.filter(course=found).in_order().first()
    return Description(
        title=found.title,
        url=found.get_absolute_url(),
        begin=_("Read the first lesson"),
        begin_url=first.get_absolute_url() if first else "",
        note=note,
        language=found.language,
    )


def progress(user: Any, subject: str) -> int:
    """
    How much of a course ``user`` has seen, 0 to 100; a refund policy may ask.

    A lesson counts from when it is opened: whoever reads to the end without a click on "done" has had all of it. Free ones do not.
    """
    found = _course(subject)
    opened = queries.paid_lessons_opened(user=user, course_id=found.pk)
    return round(100 * opened / found.lesson_count) if found.lesson_count else 0


def resume(user: Any, subject: str) -> tuple[str, str] | None:
    """The next lesson for one who has completed free ones already."""
    outline = queries.outline(course=_course(subject), viewer=user)
    ahead = outline.first_open()
    return (
        (_("Go on with lesson %(n)s") % {"n": outline.number_of(ahead)}, ahead.get_absolute_url())
        if outline.done and ahead
        else None
    )


def _course(subject: str) -> Course:
    return Course.objects.get(pk=int(subject.removeprefix("course:")))
