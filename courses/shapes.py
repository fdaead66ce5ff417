"""Courses and lessons in the form that the components of the design system take."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

import forum.shapes
from core.audience import keys_of
from core.media.models import Asset
from core.text import joined
from forum.models import Thread
from payments.models import Product
from payments.queries import Priced

from .models import Captions, Course, Lesson, LessonProgress, Review
from .queries import LessonState, Outline, Resume
from .rules import seconds_of

ICONS = {"article": "book", "video": "play", "audio": "headphones", "pdf": "file", "image": "image"}


def person(user: Any, *, note: str = "") -> dict[str, Any]:
    """A member as the components take them."""
    shown = forum.shapes.person(user)
    return {**shown, "note": note or shown["note"]}


def linked_course(course: Course, *, product: Product | None) -> dict[str, Any]:
    """A course in the words of schema.org, with its price and what its learners gave it."""
    linked: dict[str, Any] = {
        "@type": "Course", "name": course.title, "description": course.summary, "inLanguage": course.language,
        "url": f"{settings.SITE_URL}{course.get_absolute_url()}", "author": {"@type": "Person", "name": str(course.teacher)},
        "provider": {"@type": "Organization", "url": settings.SITE_URL},
    }  # fmt: skip
    if course.rating is not None:
        mean = round(course.rating, 2)
        linked["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": mean,
            "ratingCount": course.rating_count,
        }
    if product is not None and product.is_on_sale:
        price = f"{product.price_minor / 100:.2f}"
        linked["offers"] = {"@type": "Offer", "price": price, "priceCurrency": product.currency, "category": "Paid"}
    return linked


def course_card(
    course: Course,
    *,
    topic: str | None,
    price: Priced | None = None,
    done: int | None = None,
    why: str = "",
    is_included: bool = False,
) -> dict[str, Any]:
    """A course as ``{% course_card %}`` takes it."""
    return {
        "url": course.get_absolute_url(), "title": course.title, "lang": course.language, "cover_url": "",
        "topic": topic or "", "lessons": course.lesson_count, "minutes": course.minutes,
        "mean": course.rating, "ratings": course.rating_count, "teacher": person(course.teacher), "done": done, "why": why,
        "is_included": is_included, **_price(price),
    }  # fmt: skip


def course_cards(
    courses: Any, *, prices: Mapping[str, Priced], viewer: Any = None, done: Mapping[int, int] | None = None
) -> list[dict[str, Any]]:
    """The courses of a catalogue: how far ``viewer`` is in those they study, what else their keys open, else the price."""
    keys = keys_of(viewer) if viewer is not None else frozenset[str]()
    return [
        course_card(
            course, topic=course.topic_name, price=prices.get(course.key),
            # Who studied by a membership that is over has the note of it, and no key any more.
            done=(done or {}).get(course.pk) if course.key in keys else None,
            is_included=course.key in keys and course.teacher_id != viewer.pk,
        )
        for course in courses
    ]  # fmt: skip


def _price(price: Priced | None) -> dict[str, Any]:
    if price is None:
        return {"amount": 0, "was": None, "currency": "CNY", "why_cheaper": ""}
    was = price.price if price.off else None
    reasons = joined(step.label for step in price.steps)
    return {"amount": price.amount, "was": was, "currency": price.product.currency, "why_cheaper": reasons}


def sections(outline: Outline, *, current: Lesson | None = None) -> list[dict[str, Any]]:
    """An outline as ``curriculum.html`` and ``outline.html`` take it."""
    return [
        {"title": title, "lang": outline.course.language, "lessons": [_lesson(one, current) for one in lessons]}
        for title, lessons in outline.sections
    ]


def resume(found: Resume) -> dict[str, Any]:
    """Where somebody stopped, as ``resume_card.html`` takes it."""
    course = found.course
    return {
        "url": found.lesson.get_absolute_url(), "title": found.lesson.title, "lang": found.lesson.language, "course": course.title,
        "course_lang": course.language,
        "number": found.number, "total": found.total, "done": found.done, "cover_title": course.title,
    }  # fmt: skip


def listed(threads: Iterable[Thread]) -> str:
    """What a list beside a page is told, so that it does not repeat the ``threads`` that stand on the page."""
    return "?" + urlencode({"listed": [thread.pk for thread in threads]}, doseq=True)


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


def player(
    lesson: Lesson, *, file: Asset, captions: Sequence[Captions] = (), progress: LessonProgress | None = None
) -> dict[str, Any]:
    """A lesson's file as ``player.html`` takes it; ``file`` is the whole of it or its free beginning."""
    at = progress.position if progress is not None and progress.position < file.seconds else 0
    return {
        "kind": file.kind, "url": file.url, "type": file.content_type, "width": file.width, "height": file.height, "size": file.size,
        "seconds": file.seconds, "at": at, "title": lesson.title, "lang": lesson.language,
        "percent": round(100 * seconds_of(progress.watched) / file.seconds) if progress is not None and file.seconds else 0,
        "tracks": [
            {"lang": one.language, "label": one.get_language_display(), "url": one.file.url, "is_first": one.language == lesson.language}
            for one in captions
        ],
    }  # fmt: skip


def transcript(captions: Sequence[Captions], *, language: str) -> dict[str, Any] | None:
    """What is said, to read: in ``language`` where there are captions in it, else in the lesson's own."""
    if not captions:
        return None
    chosen = next((one for one in captions if one.language == language), captions[0])
    return {"lang": chosen.language, "cues": [{"at": at, "text": text} for at, text in chosen.cues]}


def _lesson(one: LessonState, current: Lesson | None) -> dict[str, Any]:
    is_current = current is not None and one.lesson.pk == current.pk
    return {
        "title": one.lesson.title, "url": one.lesson.get_absolute_url(), "minutes": one.lesson.minutes,
        "icon": ICONS.get(one.lesson.kind, "book"), "state": "now" if is_current else one.state,
        "how": _("Opens with the course") if one.state == "locked" and current is not None else "",
    }  # fmt: skip
