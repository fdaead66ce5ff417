"""Courses, threads and lessons as items: how they are loaded for a viewer, how they look as a card, what a model reads of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.audience.keys import hidden_authors, keys_of
from courses.models import Course, Lesson
from forum.models import Post, Thread
from recsys.prepared import Among, Prepared
from topics.models import Topic

from .registry import Ids, Item, Kind, Look, with_values

WORDS_READ = 2_000
"""So many characters of a text are read."""


def courses(viewer: Any, ids: Iterable[int]) -> list[Item]:
    """Courses in the catalogue."""
    return [_item("course", row, by="teacher_id", draw=_course) for row in _COURSES.of(viewer, ids)]


def _course(row: dict[str, Any]) -> Look:
    one = _made(Course, row, "teacher")
    return Look(
        url=one.get_absolute_url(), kind_label=_("Course"), mean=one.rating, by=str(one.teacher),
        facts=[ngettext("%(n)s lesson", "%(n)s lessons", one.lesson_count) % {"n": one.lesson_count}, str(one.teacher)],
    )  # fmt: skip


def threads(viewer: Any, ids: Iterable[int]) -> list[Item]:
    """Questions and discussions."""
    rows = _THREADS.of(viewer, ids)
    return [_item("thread", row, by="author_id", draw=_thread, is_waiting=_is_waiting(row)) for row in rows]


def _is_waiting(row: dict[str, Any]) -> bool:
    """As ``Thread.objects.unanswered()`` has it."""
    is_open = row.pop("closed_at") is None
    is_unsolved = row.pop("accepted_answer_id") is None
    return row["kind"] == Thread.Kind.QUESTION and is_unsolved and is_open


def _thread(row: dict[str, Any]) -> Look:
    one = _made(Thread, row, "author")
    replies = (
        ngettext("%(n)s answer", "%(n)s answers", one.reply_count)
        if one.is_question
        else ngettext("%(n)s reply", "%(n)s replies", one.reply_count)
    )
    return Look(
        url=one.get_absolute_url(), kind_label=str(Thread.Kind(one.kind).label), by=str(one.author),
        facts=[replies % {"n": one.reply_count}, str(one.author)],
    )  # fmt: skip


def lessons(viewer: Any, ids: Iterable[int]) -> list[Item]:
    """Lessons of courses that the viewer may see: the next one of a course, and what one has studied, named in reasons."""
    return [_item("lesson", row, by="course__teacher_id", draw=_lesson) for row in _LESSONS.of(viewer, ids)]


def _lesson(row: dict[str, Any]) -> Look:
    one = _made(Lesson, row, "course")
    return Look(url=one.get_absolute_url(), kind_label=_("Lesson"), facts=[one.course.title])


def _person(relation: str) -> tuple[str, ...]:
    return (f"{relation}_id", *(f"{relation}__{name}" for name in ("username", "name", "erased_at")))


def _made(model: Any, row: Mapping[str, Any], relation: str) -> Any:
    """The object whose values ``row`` holds, and what its ``relation`` leads to; of both only what a card shows."""
    far = f"{relation}__"
    there = {name.removeprefix(far): value for name, value in row.items() if name.startswith(far)}
    own = {name: value for name, value in row.items() if "__" not in name and name != "pk"}
    field = model._meta.get_field(relation)  # noqa: SLF001 - Django's public name for it
    one = with_values(model, {**own, "id": row["pk"]})
    one._state.fields_cache[relation] = with_values(field.related_model, {**there, "id": row[field.attname]})  # noqa: SLF001 - as above
    return one


def _item(
    kind: str, row: dict[str, Any], *, by: str, draw: Callable[[dict[str, Any]], Look], is_waiting: bool = False
) -> Item:
    return Item(
        name=f"{kind}:{row['pk']}", title=row["title"], language=row["language"], creator_id=row[by],
        topic_lines=row.pop("topic_lines"), is_waiting=is_waiting, draw=partial(draw, row),
    )  # fmt: skip


class Rows:
    """
    What items of one kind need of their rows: what all kinds have, what is ``shown`` of this one, and their topics.

    ``seen`` gives those that a viewer may see. For most viewers the rule is the same but for their keys, so that it is put together once;
    for a viewer from whom authors are hidden it is put together anew.
    """

    def __init__(self, seen: Callable[[Any], QuerySet[Any]], topic_lines: ArraySubquery, shown: Sequence[str]) -> None:
        self._seen, self._topic_lines = seen, topic_lines
        self._names = ("pk", "title", "language", "topic_lines", *shown)
        self._usual = Prepared(
            lambda pk, keys, ids: self._told(_Usual(pk, [keys]), ids), pk="id", keys="keys", ids="ids"
        )

    def of(self, viewer: Any, ids: Iterable[int]) -> Iterator[dict[str, Any]]:
        """The rows of ``ids`` that ``viewer`` may see; one query."""
        if not viewer.is_authenticated or hidden_authors(viewer):
            found: Iterable[tuple[Any, ...]] = self._told(viewer, list(ids))
        else:
            found = self._usual.rows(pk=viewer.pk, keys=sorted(keys_of(viewer)), ids=list(ids))
        return (dict(zip(self._names, row, strict=True)) for row in found)

    def _told(self, viewer: Any, ids: list[int]) -> QuerySet[Any, Any]:
        wanted = self._seen(viewer).filter(Among(F("pk"), Value(ids, ArrayField(BigIntegerField()))))
        told: QuerySet[Any, Any] = wanted.annotate(topic_lines=self._topic_lines).values_list(*self._names)
        return told


class _Usual:
    """A member from whom nobody is hidden, as far as the rule of who sees what looks at one."""

    is_authenticated, _hidden_authors = True, frozenset[int]()

    def __init__(self, pk: int, keys: Sequence[str]) -> None:
        self.pk, self._audience_keys = pk, frozenset(keys)


def _topic_lines(through: Any, owner: str, *, of: str = "pk") -> ArraySubquery:
    """The topics of each row, in its own query: a list of cards would otherwise cost one more for each kind. ``Item`` reads them."""
    fields = JSONObject(**{name: name for name in ("id", "slug", "name_zh", "name_en")})
    line = Concat(Cast("pk", TextField()), Value(" "), Cast(fields, TextField()), output_field=TextField())
    # Looked up one by one: joined, Postgres reads all topics there are and sorts, for each row.
    topic = Subquery(Topic._base_manager.filter(pk=OuterRef("topic_id")).values(line=line))  # noqa: SLF001 - Django's public name
    return ArraySubquery(through.objects.filter(**{owner: OuterRef(of)}).order_by("topic_id").values(line=topic))


def _its_course(courses: QuerySet[Course]) -> Subquery:
    """The course of a lesson if it is one of ``courses``; of a few lessons each is looked up, and the catalog is not gone through."""
    return Subquery(courses.filter(pk=OuterRef("course_id")).values("pk")[:1])


_COURSES = Rows(
    lambda viewer: Course.objects.visible_to(viewer).published(),
    _topic_lines(Course.topics.through, "course"),
    ("slug", "lesson_count", "rating_sum", "rating_count", *_person("teacher")),
)
_THREADS = Rows(
    Thread.objects.open_to,
    _topic_lines(Thread.topics.through, "thread"),
    ("slug", "kind", "reply_count", "closed_at", "accepted_answer_id", *_person("author")),
)
_LESSONS = Rows(
    lambda viewer: Lesson.objects.filter(course=_its_course(Course.objects.visible_to(viewer).published())),
    # A lesson is about what its course is about.
    _topic_lines(Course.topics.through, "course", of="course_id"),
    ("course_id", "course__slug", "course__title", "course__teacher_id"),
)


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
    load=courses, words=_course_words,
    topics=lambda ids: _pairs(Course.objects.filter(pk__in=ids), "topics"),
    creators=lambda ids: _pairs(Course.objects.filter(pk__in=ids), "teacher"),
)  # fmt: skip
THREADS = Kind(
    load=threads, words=_thread_words,
    topics=lambda ids: _pairs(Thread.objects.filter(pk__in=ids), "topics"),
    creators=lambda ids: _pairs(Thread.objects.filter(pk__in=ids), "author"),
)  # fmt: skip
LESSONS = Kind(
    load=lessons, words=_lesson_words, is_ranked=False,
    topics=lambda ids: _pairs(Lesson.objects.filter(pk__in=ids), "course__topics"),
    creators=lambda ids: _pairs(Lesson.objects.filter(pk__in=ids), "course__teacher"),
)  # fmt: skip
