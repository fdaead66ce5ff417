"""Courses, threads and lessons as items: how they are loaded for a viewer, how they look as a card, what a model reads of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    ExpressionWrapper,
    F,
    Func,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.audience.keys import hidden_authors, keys_of
from core.text import in_language
from core.web.prepared import Among, Prepared
from courses.models import Course, Lesson
from forum.models import Group, Post, Thread
from topics.models import Topic

from .registry import Ids, Item, Kind, Look, with_values

WORDS_READ = 2_000
"""So many characters of a text are read."""


def of_rooms(viewer: Any, ids: Mapping[str, Ids]) -> list[Item]:
    """Courses in the catalogue, threads, and lessons of courses that ``viewer`` may see, which are named in reasons; one query."""
    return [_item(*row) for row in _ROWS.of(viewer, ids)]


def _item(
    kind: str,
    pk: int,
    title: str,
    language: str,
    topic_lines: list[str],
    maker: int,
    is_waiting: bool,  # noqa: FBT001 - a column
    circle: int | None,
    shown: str,
) -> Item:
    return Item.of_row(
        name=f"{kind}:{pk}", title=_TABLES[kind].named(title), language=language or get_language(), creator_id=maker, topic_lines=topic_lines,
        is_waiting=is_waiting, circle=circle or 0,
        draw=partial(_TABLES[kind].drawn, pk, title, shown),
    )  # fmt: skip


def _course(one: Course) -> Look:
    return Look(
        url=one.get_absolute_url(), kind_label=_("Course"), mean=one.rating, by=str(one.teacher),
        facts=[ngettext("%(n)s lesson", "%(n)s lessons", one.lesson_count) % {"n": one.lesson_count}, str(one.teacher)],
    )  # fmt: skip


def _thread(one: Thread) -> Look:
    replies = (
        ngettext("%(n)s answer", "%(n)s answers", one.reply_count)
        if one.is_question
        else ngettext("%(n)s reply", "%(n)s replies", one.reply_count)
    )
    return Look(
        url=one.get_absolute_url(), kind_label=str(Thread.Kind(one.kind).label), by=str(one.author),
        facts=[replies % {"n": one.reply_count}, str(one.author)],
    )  # fmt: skip


def _lesson(one: Lesson) -> Look:
    return Look(url=one.get_absolute_url(), kind_label=_("Lesson"), facts=[one.course.title])


def _group(one: Any) -> Look:
    count = ngettext("%(number)s member", "%(number)s members", one.member_count) % {"number": one.member_count}
    return Look(url=one.get_absolute_url(), kind_label=_("Group"), facts=[count, one.get_entry_display()])


def _groups(viewer: Any) -> QuerySet[Group]:
    """A group has two names, no language and nobody who made it."""
    both = Concat("name_zh", Value("\n"), "name_en", output_field=TextField())
    found: QuerySet[Group] = Group.objects.visible_to(viewer).with_member_count()
    return found.annotate(title=both, language=Value("", TextField()), made_by=Value(0, BigIntegerField()))


def _in_ones_language(both: str) -> str:
    zh, _end, en = both.partition("\n")
    return in_language(zh=zh, en=en)


def _person(relation: str) -> tuple[str, ...]:
    return (f"{relation}_id", *(f"{relation}__{name}" for name in ("username", "name", "erased_at")))


def _made(model: Any, row: Mapping[str, Any], relation: str) -> Any:
    """The object whose values ``row`` holds, and what its ``relation`` leads to; of both only what a card shows."""
    far = f"{relation}__"
    there = {name.removeprefix(far): value for name, value in row.items() if name.startswith(far)}
    own = {name: value for name, value in row.items() if "__" not in name}
    field = model._meta.get_field(relation)  # noqa: SLF001 - Django's public name for it
    one = with_values(model, own)
    one._state.fields_cache[relation] = with_values(field.related_model, {**there, "id": row[field.attname]})  # noqa: SLF001 - as above
    return one


@dataclass(frozen=True, kw_only=True)
class Table:
    """
    Where the items of one kind stand: ``seen`` gives those that a viewer may see, ``maker`` names the column of who made one, ``waits``
    says which are questions that wait for an answer.

    What is ``shown`` of one and of what ``relation`` leads to comes as a JSON text, which is read for the few that are drawn.
    """

    model: type[Model]
    seen: Callable[[Any], QuerySet[Any]]
    topic_lines: ArraySubquery
    maker: str
    shown: Sequence[str]
    relation: str
    look: Callable[[Any], Look]
    waits: Q | None = None
    board: str = ""
    named: Callable[[str], str] = str
    """What it is called for whoever reads; most have one title."""

    def rows(self, kind: str, viewer: Any, ids: list[int]) -> QuerySet[Any, Any]:
        """The rows of ``ids`` that ``viewer`` may see, of the same columns for every kind; ``_item`` takes them."""
        wanted = self.seen(viewer).filter(Among(F("pk"), Value(ids, ArrayField(BigIntegerField()))))
        waits = Value(False) if self.waits is None else ExpressionWrapper(self.waits, BooleanField())
        told = wanted.annotate(
            of_kind=Value(kind, TextField()), topic_lines=self.topic_lines, maker=F(self.maker), waits=waits,
            circle=F(self.board) if self.board else Value(None, BigIntegerField()),
            looks=_as_json(*map(F, self.shown), by="json_build_array"),
        )  # fmt: skip
        rows: QuerySet[Any, Any] = told.values_list(
            "of_kind", "pk", "title", "language", "topic_lines", "maker", "waits", "circle", "looks"
        )
        return rows

    def drawn(self, pk: int, title: str, shown: str) -> Look:
        """What a card shows of the item whose row says so."""
        row = {"id": pk, "title": title, **dict(zip(self.shown, json.loads(shown), strict=True))}
        return self.look(_made(self.model, row, self.relation) if self.relation else with_values(self.model, row))


class Rows:
    """
    What items need of their rows, all kinds together: a list of cards would otherwise cost one query for each.

    For most viewers the rule of who sees what is the same but for their keys, so that it is put together once; for a viewer from whom
    authors are hidden it is put together anew.
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._usual = Prepared(
            lambda viewer, keys, **ids: self._told(_Usual(viewer, [keys]), ids),
            viewer="id", keys="keys", **dict.fromkeys(tables, "ids"),
        )  # fmt: skip

    def of(self, viewer: Any, ids: Mapping[str, Ids]) -> Iterable[tuple[Any, ...]]:
        """The rows of ``ids``, by kind, that ``viewer`` may see; one query."""
        if not viewer.is_authenticated or hidden_authors(viewer):
            return self._told(viewer, ids)
        asked = {kind: list(ids.get(kind, ())) for kind in self._tables}
        return self._usual.rows(viewer=viewer.pk, keys=sorted(keys_of(viewer)), **asked)

    def _told(self, viewer: Any, ids: Mapping[str, Ids]) -> QuerySet[Any, Any]:
        first, *others = [self._tables[kind].rows(kind, viewer, list(of_kind)) for kind, of_kind in ids.items()]
        return first.union(*others, all=True)


class _Usual:
    """A member from whom nobody is hidden, as far as the rule of who sees what looks at one."""

    is_authenticated, _hidden_authors = True, frozenset[int]()

    def __init__(self, pk: int, keys: Sequence[str]) -> None:
        self.pk, self._audience_keys = pk, frozenset(keys)


def _topic_lines(through: Any, owner: str, *, of: str = "pk") -> ArraySubquery:
    """The topics of each row, in its own query: a list of cards would otherwise cost one more for each kind. ``Item`` reads them."""
    pairs = [part for name in ("id", "slug", "name_zh", "name_en") for part in (Value(name), F(name))]
    line = Concat(
        Cast("pk", TextField()), Value(" "), _as_json(*pairs, by="json_build_object"), output_field=TextField()
    )
    # Looked up one by one: joined, Postgres reads all topics there are and sorts, for each row.
    topic = Subquery(Topic._base_manager.filter(pk=OuterRef("topic_id")).values(line=line))  # noqa: SLF001 - Django's public name
    return ArraySubquery(through.objects.filter(**{owner: OuterRef(of)}).order_by("topic_id").values(line=topic))


def _as_json(*parts: Any, by: str) -> Func:
    """A JSON text, put together as it is written: by way of ``jsonb`` it takes twice as long, and there are hundreds."""
    return Func(*parts, function=by, template="(%(function)s(%(expressions)s))::text", output_field=TextField())


def _its_course(courses: QuerySet[Course]) -> Subquery:
    """The course of a lesson if it is one of ``courses``; of a few lessons each is looked up, and the catalog is not gone through."""
    return Subquery(courses.filter(pk=OuterRef("course_id")).values("pk")[:1])


_TABLES = {
    "course": Table(
        model=Course, seen=lambda viewer: Course.objects.visible_to(viewer).published(), maker="teacher_id", relation="teacher", look=_course,
        shown=("slug", "lesson_count", "rating_sum", "rating_count", *_person("teacher")),
        topic_lines=_topic_lines(Course.topics.through, "course"),
    ),
    "thread": Table(
        model=Thread, seen=Thread.objects.open_to, maker="author_id", relation="author", look=_thread,
        shown=("slug", "kind", "reply_count", *_person("author")),
        topic_lines=_topic_lines(Thread.topics.through, "thread"), board="board__group_id",
        # As ``Thread.objects.unanswered()`` has it.
        waits=Q(kind=Thread.Kind.QUESTION, accepted_answer__isnull=True, closed_at__isnull=True),
    ),
    "lesson": Table(
        model=Lesson, seen=lambda viewer: Lesson.objects.filter(course=_its_course(Course.objects.visible_to(viewer).published())),
        maker="course__teacher_id", relation="course", look=_lesson,
        shown=("course_id", "course__slug", "course__title", "course__teacher_id"),
        # A lesson is about what its course is about.
        topic_lines=_topic_lines(Course.topics.through, "course", of="course_id"),
    ),
    "group": Table(
        model=Group, seen=_groups, maker="made_by", relation="", look=_group, shown=("slug", "entry", "member_count"), named=_in_ones_language,
        topic_lines=_topic_lines(Group.topics.through, "group"),
    ),
}  # fmt: skip
_ROWS = Rows(_TABLES)


def _pairs(rows: QuerySet[Any], field: str) -> Iterable[tuple[int, Any]]:
    return rows.filter(**{f"{field}__isnull": False}).values_list("pk", field)


def _told(rows: Iterable[tuple[int, str, str]]) -> Iterable[tuple[int, str]]:
    """A title counts twice: it is chosen with more care than what follows."""
    return ((pk, f"{title} {title} {text[:WORDS_READ]}") for pk, title, text in rows)


def _course_words(ids: Ids) -> Iterable[tuple[int, str]]:
    return _told(Course.objects.filter(pk__in=ids).values_list("pk", "title", "summary"))


def _lesson_words(ids: Ids) -> Iterable[tuple[int, str]]:
    return _told(Lesson.objects.filter(pk__in=ids).values_list("pk", "title", "source"))


def _thread_words(ids: Ids) -> Iterable[tuple[int, str]]:
    firsts = Post.objects.filter(thread__in=ids, is_first=True)
    return _told(firsts.values_list("thread", "thread__title", "source"))


COURSES = Kind(
    load=of_rooms, words=_course_words,
    topics=lambda ids: _pairs(Course.objects.filter(pk__in=ids), "topics"),
    creators=lambda ids: _pairs(Course.objects.filter(pk__in=ids), "teacher"),
)  # fmt: skip
THREADS = Kind(
    load=of_rooms, words=_thread_words,
    topics=lambda ids: _pairs(Thread.objects.filter(pk__in=ids), "topics"),
    creators=lambda ids: _pairs(Thread.objects.filter(pk__in=ids), "author"),
)  # fmt: skip
GROUPS = Kind(load=of_rooms, is_ranked=False, topics=lambda ids: _pairs(Group.objects.filter(pk__in=ids), "topics"))
LESSONS = Kind(
    load=of_rooms, words=_lesson_words, is_ranked=False,
    topics=lambda ids: _pairs(Lesson.objects.filter(pk__in=ids), "course__topics"),
    creators=lambda ids: _pairs(Lesson.objects.filter(pk__in=ids), "course__teacher"),
)  # fmt: skip
