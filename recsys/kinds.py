"""Kinds of items that can be recommended: how they are loaded for a viewer, and how they look as a card."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Course, Lesson
from forum.models import Thread
from topics.models import Topic


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a card shows of an item."""

    url: str
    kind_label: str
    facts: list[str]
    mean: float | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """
    Something that can be recommended, as one viewer may see it.

    Hundreds are ranked for ten cards: how one looks is worked out when it is drawn.
    """

    name: str
    title: str
    language: str
    creator_id: int
    topic_rows: Sequence[Mapping[str, Any]]
    draw: Callable[[], Look]

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """What it is about."""
        return tuple(Topic(**row) for row in self.topic_rows)

    @cached_property
    def topic_ids(self) -> frozenset[int]:
        """What it is about, by id."""
        return frozenset(row["id"] for row in self.topic_rows)

    @cached_property
    def look(self) -> Look:
        """What its card shows."""
        return self.draw()


Load = Callable[[Any, Iterable[int]], list[Item]]
_loaders: dict[str, Load] = {}


def register(kind: str, load: Load) -> None:
    """Let ``load(viewer, ids)`` give the items of ``kind`` that ``viewer`` may see."""
    _loaders[kind] = load


_NAME = re.compile(r"([a-z]+):[0-9]{1,12}")


def is_name(text: str) -> bool:
    """Whether ``text`` names an item of a kind that is registered, as in ``course:42``."""
    found = _NAME.fullmatch(text)
    return found is not None and found[1] in _loaders


def load(names: Iterable[str], *, viewer: Any) -> dict[str, Item]:
    """The items called ``names`` (``kind:id``) that ``viewer`` may see; a few queries for each kind."""
    wanted: dict[str, list[int]] = {}
    for name in filter(is_name, names):
        kind, _sep, ident = name.partition(":")
        wanted.setdefault(kind, []).append(int(ident))
    return {item.name: item for kind, ids in wanted.items() for item in _loaders[kind](viewer, ids)}


class Shelf:
    """Items as one viewer may see them, each fetched once: whoever asks for many things at first asks for few queries in all."""

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer
        self._asked: set[str] = set()
        self._items: dict[str, Item] = {}

    def load(self, names: Iterable[str]) -> dict[str, Item]:
        """As ``kinds.load``; only what was not asked for before costs queries."""
        wanted = list(names)
        fresh = set(wanted) - self._asked
        if fresh:
            self._items |= load(sorted(fresh), viewer=self.viewer)
            self._asked |= fresh
        return {name: self._items[name] for name in wanted if name in self._items}


def topics_of(names: Iterable[str]) -> dict[str, frozenset[int]]:
    """
    The ids of the topics of ``names``, whoever may see them; a lesson is about what its course is about.

    Three queries, whatever the number of names.
    """
    ids: dict[str, list[int]] = {}
    for name in names:
        kind, _sep, ident = name.partition(":")
        ids.setdefault(kind, []).append(int(ident))
    courses = Course.objects.filter(pk__in=ids.get("course", []), topics__isnull=False)
    threads = Thread.objects.filter(pk__in=ids.get("thread", []), topics__isnull=False)
    lessons = Lesson.objects.filter(pk__in=ids.get("lesson", []), course__topics__isnull=False)
    found: dict[str, set[int]] = {}
    for kind, pairs in (
        ("course", courses.values_list("pk", "topics")),
        ("thread", threads.values_list("pk", "topics")),
        ("lesson", lessons.values_list("pk", "course__topics")),
    ):
        for pk, topic in pairs:
            found.setdefault(f"{kind}:{pk}", set()).add(topic)
    return {name: frozenset(topics) for name, topics in found.items()}


def courses(viewer: Any, ids: Iterable[int]) -> list[Item]:
    """Courses in the catalogue."""
    found = (
        Course.objects.visible_to(viewer)
        .published()
        .filter(pk__in=ids)
        .annotate(topic_rows=_topic_rows(Course.topics.through, "course"))
    )
    shown = ("pk", "slug", "title", "language", "lesson_count", "rating_sum", "rating_count", *_person("teacher"))
    return [
        Item(
            name=f"course:{row['pk']}", title=row["title"], language=row["language"], creator_id=row["teacher_id"],
            topic_rows=row.pop("topic_rows"), draw=partial(_course, row),
        )
        for row in found.values("topic_rows", *shown)
    ]  # fmt: skip


def _course(row: dict[str, Any]) -> Look:
    one = _made(Course, row, "teacher")
    return Look(
        url=one.get_absolute_url(), kind_label=_("Course"), mean=one.rating,
        facts=[ngettext("%(n)s lesson", "%(n)s lessons", one.lesson_count) % {"n": one.lesson_count}, str(one.teacher)],
    )  # fmt: skip


def threads(viewer: Any, ids: Iterable[int]) -> list[Item]:
    """Questions and discussions."""
    found = Thread.objects.open_to(viewer).filter(pk__in=ids)
    found = found.annotate(topic_rows=_topic_rows(Thread.topics.through, "thread"))
    shown = ("pk", "slug", "title", "language", "kind", "reply_count", *_person("author"))
    return [
        Item(
            name=f"thread:{row['pk']}", title=row["title"], language=row["language"], creator_id=row["author_id"],
            topic_rows=row.pop("topic_rows"), draw=partial(_thread, row),
        )
        for row in found.values("topic_rows", *shown)
    ]  # fmt: skip


def _thread(row: dict[str, Any]) -> Look:
    one = _made(Thread, row, "author")
    replies = (
        ngettext("%(n)s answer", "%(n)s answers", one.reply_count)
        if one.is_question
        else ngettext("%(n)s reply", "%(n)s replies", one.reply_count)
    )
    return Look(
        url=one.get_absolute_url(), kind_label=str(one.get_kind_display()), facts=[replies % {"n": one.reply_count}, str(one.author)]
    )  # fmt: skip


def lessons(viewer: Any, ids: Iterable[int]) -> list[Item]:
    """Lessons: what one has studied, named in reasons."""
    shown = ("pk", "title", "language", "course_id", "course__slug", "course__title", "course__teacher_id")
    # A lesson is about what its course is about.
    found = Lesson.objects.filter(pk__in=ids).annotate(
        topic_rows=_topic_rows(Course.topics.through, "course", of="course_id")
    )
    return [
        Item(
            name=f"lesson:{row['pk']}", title=row["title"], language=row["language"], creator_id=row["course__teacher_id"],
            topic_rows=row.pop("topic_rows"), draw=partial(_lesson, row),
        )
        for row in found.values("topic_rows", *shown)
    ]  # fmt: skip


def _lesson(row: dict[str, Any]) -> Look:
    one = _made(Lesson, row, "course")
    return Look(url=one.get_absolute_url(), kind_label=_("Lesson"), facts=[one.course.title])


def _person(relation: str) -> tuple[str, ...]:
    return (f"{relation}_id", *(f"{relation}__{name}" for name in ("username", "name", "erased_at")))


def _made(model: Any, row: Mapping[str, Any], relation: str) -> Any:
    """The object whose values ``row`` holds, and what its ``relation`` leads to; of both only what a card shows."""
    there = {
        name.removeprefix(f"{relation}__"): value for name, value in row.items() if name.startswith(f"{relation}__")
    }
    field = model._meta.get_field(relation)  # noqa: SLF001 - Django's public name for it
    own = {name: value for name, value in row.items() if "__" not in name and name != field.attname}
    return model(**own, **{relation: field.related_model(pk=row[field.attname], **there)})


def _topic_rows(through: Any, owner: str, *, of: str = "pk") -> ArraySubquery:
    """The topics of each row, in its own query: a list of cards would otherwise cost one more for each kind."""
    fields = {name: f"topic__{name}" for name in ("id", "slug", "name_zh", "name_en")}
    rows = through.objects.filter(**{owner: OuterRef(of)}).order_by("topic_id")
    return ArraySubquery(rows.values(row=JSONObject(**fields)))
