"""Courses, threads and lessons as items: how they are loaded for a viewer, how they look as a card, what a model reads of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property, lru_cache, partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
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
    When,
)
from django.db.models.functions import Concat
from django.utils import timezone, translation
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.audience.keys import hidden_authors, keys_of
from core.text import in_language
from core.web.held import Held
from core.web.naming import Root, root
from core.web.prepared import Among, Prepared
from courses.models import Course, Lesson
from forum.models import Group, Post, Thread
from recsys import rules
from topics.models import Topic

from . import glimpses
from .items import Item, Look, with_values
from .registry import Ids, Kind

WORDS_READ = 2_000
"""So many characters of a text are read."""
LOOKS = 8_192
"""So many are remembered, of about two kilobytes each: a list shows forty, and those of others much the same."""
Row = tuple[Any, ...]
Place = tuple[str | None, Root]
"""In which language something is read, and where the pages are to which it leads."""
_COLUMNS = ("of_kind", "pk", "title", "language", "themes", "maker", "waits", "looks", "opened_by")
"""What comes of every kind; the topics (``themes``) by their ids, and last the keys that open it, if these alone decide who sees it."""
_KEY_OF_A_GROUP = "group:"
_OF_A_TOPIC = ("id", "slug", "name_zh", "name_en")


def of_rooms(viewer: Any, ids: Mapping[str, Ids]) -> list[Item]:
    """Courses in the catalogue, threads, and lessons of courses that ``viewer`` may see, which are named in reasons; one query."""
    rows = list(_ROWS.of(viewer, ids))
    # Hundreds are ranked by the ids of their topics, and few are shown with a name.
    named = cache(partial(_topics, {one for row in rows for one in row[_COLUMNS.index("themes")]}))
    read_in = get_language(), root()
    opened = (row for row in rows if row[-1] and not glimpses.has(f"{row[0]}:{row[1]}"))
    glimpses.keep((_glimpse(*row), row[-1]) for row in opened)
    return [_item(named, read_in, *row) for row in rows]


def _glimpse(
    kind: str, pk: int, title: str, language: str, topic_ids: list[int], maker: int,
    is_waiting: bool, shown: str, opened_by: list[str],  # noqa: FBT001 - a column
) -> Item:  # fmt: skip
    topics = frozenset(topic_ids)
    return Item.of_row(
        name=f"{kind}:{pk}", title=title, language=language, creator_id=maker, topic_ids=topics, named=partial(_topics, topics),
        is_waiting=is_waiting, circle=_circle_of(kind, opened_by), draw=glimpses.unseen,
    )  # fmt: skip


def _topics(ids: AbstractSet[int]) -> dict[int, Topic]:
    """The topics with these ``ids`` as they are called now, or were ten seconds ago: what each is called is held by the process."""
    held = _NAMES.get()
    if not ids <= held.keys():
        held = _NAMES.anew()
    return {one: with_values(Topic, dict(zip(_OF_A_TOPIC, held[one], strict=True))) for one in ids if one in held}


def _names() -> dict[int, Row]:
    return {row[0]: row for row in Topic._base_manager.values_list(*_OF_A_TOPIC)}  # noqa: SLF001 - Django's public name


_NAMES = Held(_names, seconds=10)
"""What topics are called, by their ids."""


def _circle_of(kind: str, opened_by: Sequence[str] | None) -> int:
    """
    The group on whose board a thread stands, by its id: what stands there is opened by the key of that group, and by no other.

    Where there are few boards, Postgres would go through all of them for each row to find it there.
    """
    key = opened_by[0] if opened_by and kind == "thread" else ""
    return int(key.removeprefix(_KEY_OF_A_GROUP)) if key.startswith(_KEY_OF_A_GROUP) else 0


def _item(
    named: Callable[[], Mapping[int, Topic]],
    read_in: Place,
    kind: str,
    pk: int,
    title: str,
    language: str,
    topic_ids: list[int],
    maker: int,
    is_waiting: bool,  # noqa: FBT001 - a column
    shown: str,
    opened_by: list[str] | None,
) -> Item:
    return Item.of_row(
        name=f"{kind}:{pk}", title=_TABLES[kind].named(title), language=language or read_in[0], creator_id=maker,
        topic_ids=frozenset(topic_ids), named=named, is_waiting=is_waiting, circle=_circle_of(kind, opened_by), draw=partial(_look, read_in, kind, pk, title, shown),
    )  # fmt: skip


@lru_cache(maxsize=LOOKS)
def _look(read_in: Place, kind: str, pk: int, title: str, shown: str) -> Look:
    """What a card shows of the item whose row says so; of a row that says something else it is another one."""
    with translation.override(read_in[0]):
        return _TABLES[kind].drawn(pk, title, shown)


def _course(one: Course) -> Look:
    lessons = ngettext("%(n)s lesson", "%(n)s lessons", one.lesson_count) % {"n": one.lesson_count}
    by = str(one.teacher)
    return Look(
        url=one.get_absolute_url(), kind_label=_("Course"), mean=one.rating, by=by, facts=(lessons, by), life=partial(_taken_by, one.enrollment_count)
    )  # fmt: skip


def _taken_by(count: int) -> str:
    if count < rules.FEWEST:
        return _("From the catalog")
    return ngettext("Taken by %(n)s member", "Taken by %(n)s members", count) % {"n": count}


def _thread(one: Thread) -> Look:
    replies = (
        ngettext("%(n)s answer", "%(n)s answers", one.reply_count)
        if one.is_question
        else ngettext("%(n)s reply", "%(n)s replies", one.reply_count)
    )
    by = str(one.author)
    return Look(
        url=one.get_absolute_url(), kind_label=str(one.get_kind_display()), by=by, facts=(replies % {"n": one.reply_count}, by),
        life=partial(_talked_about, one.reply_count, one.last_post_at),
    )  # fmt: skip


def _talked_about(replies: int, last_post_at: datetime) -> str:
    if timezone.now() - last_post_at > timedelta(days=rules.LATELY_DAYS):
        return _("From the community")
    return _("Talked about in the past week") if replies else _("Begun in the past week")


def _lesson(one: Lesson) -> Look:
    return Look(url=one.get_absolute_url(), kind_label=_("Lesson"), facts=(one.course.title,))


def _group(one: Any) -> Look:
    count = ngettext("%(number)s member", "%(number)s members", one.member_count) % {"number": one.member_count}
    return Look(url=one.get_absolute_url(), kind_label=_("Group"), facts=(count, str(one.get_entry_display())))


def _groups(viewer: Any) -> QuerySet[Group]:
    """A group has two names, no language and nobody who made it."""
    both = Concat("name_zh", Value("\n"), "name_en", output_field=TextField())
    found: QuerySet[Group] = Group.objects.visible_to(viewer)
    return found.annotate(title=both, language=Value("", TextField()), made_by=Value(0, BigIntegerField()))


def _in_ones_language(both: str) -> str:
    zh, _end, en = both.partition("\n")
    return in_language(zh=zh, en=en)


def _person(relation: str) -> tuple[str, ...]:
    return (f"{relation}_id", *(f"{relation}__{name}" for name in ("username", "name", "erased_at")))


@dataclass(frozen=True, kw_only=True)
class Table:
    """
    Where the items of one kind stand: ``seen`` gives those that a viewer may see, ``maker`` names the column of who made one, ``waits``
    says which are questions that wait for an answer.

    What is ``shown`` of one and of what ``relation`` leads to comes as a JSON text, which is read for the few that are drawn.
    """

    model: type[Model]
    seen: Callable[[Any], QuerySet[Any]]
    about: type[Model]
    """The table that says what one is about, in whose rows ``owner`` has what ``of`` names of the item."""
    owner: str
    maker: str
    shown: Sequence[str]
    relation: str
    look: Callable[[Any], Look]
    waits: Q | None = None
    opened_by: str | Case = "audience"
    """The keys that open one, where these alone decide who sees it."""
    of: str = "pk"
    named: Callable[[str], str] = str
    """What it is called for whoever reads; most have one title."""
    times: Sequence[str] = ()
    """Which of what is shown are times: JSON has none."""

    def rows(self, kind: str, viewer: Any, ids: list[int]) -> QuerySet[Any, Any]:
        """The rows of ``ids`` that ``viewer`` may see, of the same columns for every kind; ``_item`` takes them."""
        wanted = self.seen(viewer).filter(_among(ids))
        told = wanted.annotate(
            of_kind=Value(kind, TextField()), themes=self._topic_ids(), maker=F(self.maker), waits=_whether(self.waits), opened_by=self._keys(),
            looks=_as_json(*map(F, self.shown), by="json_build_array"),
        )  # fmt: skip
        rows: QuerySet[Any, Any] = told.values_list(*_COLUMNS)
        return rows

    def _keys(self) -> F | Case:
        return F(self.opened_by) if isinstance(self.opened_by, str) else self.opened_by

    def _topic_ids(self) -> ArraySubquery:
        own = self.about._base_manager.filter(**{self.owner: OuterRef(self.of)})  # noqa: SLF001 - as above
        return ArraySubquery(own.values("topic_id"))

    def drawn(self, pk: int, title: str, shown: str) -> Look:
        """What a card shows of the item whose row says so."""
        row = dict(zip(self.shown, json.loads(shown), strict=True))
        row |= {name: datetime.fromisoformat(row[name]) for name in self.times}
        one: Any = with_values(self.model, {"id": pk, "title": title, **{name: row[name] for name in self._own}})
        if self.relation:
            there = with_values(self._related, {name: row[far] for name, far in self._far.items()})
            one._state.fields_cache[self.relation] = there  # noqa: SLF001 - as below
        return self.look(one)

    @cached_property
    def _own(self) -> list[str]:
        return [name for name in self.shown if "__" not in name]

    @cached_property
    def _far(self) -> dict[str, str]:
        """What is shown of what ``relation`` leads to: the name of each column there, and here."""
        far = f"{self.relation}__"
        own = {name.removeprefix(far): name for name in self.shown if name.startswith(far)}
        return {"id": f"{self.relation}_id", **own}

    @cached_property
    def _related(self) -> Any:
        return self.model._meta.get_field(self.relation).related_model  # noqa: SLF001 - Django's public name for it


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

    def of(self, viewer: Any, ids: Mapping[str, Ids]) -> Iterable[Row]:
        """The rows of ``ids``, by kind, that ``viewer`` may see; one query."""
        if not viewer.is_authenticated or hidden_authors(viewer):
            return self._told(viewer, ids)
        asked = {kind: list(ids.get(kind, ())) for kind in self._tables}
        return self._usual.rows(viewer=viewer.pk, keys=sorted(keys_of(viewer)), **asked)

    def _told(self, viewer: Any, ids: Mapping[str, Ids]) -> QuerySet[Any, Any]:
        asked = [(kind, self._tables[kind], list(of_kind)) for kind, of_kind in ids.items()]
        first, *others = [table.rows(kind, viewer, own) for kind, table, own in asked]
        return first.union(*others, all=True)


class _Usual:
    """A member from whom nobody is hidden, as far as the rule of who sees what looks at one."""

    is_authenticated, _hidden_authors = True, frozenset[int]()

    def __init__(self, pk: int, keys: Sequence[str]) -> None:
        self.pk, self._audience_keys = pk, frozenset(keys)


def _whether(condition: Q | None) -> Any:
    return Value(False) if condition is None else ExpressionWrapper(condition, BooleanField())


def _among(ids: list[int], column: str = "pk") -> Among:
    return Among(F(column), Value(ids, ArrayField(BigIntegerField())))


def _as_json(*parts: Any, by: str) -> Func:
    """A JSON text, put together as it is written: by way of ``jsonb`` it takes twice as long, and there are hundreds."""
    return Func(*parts, function=by, template="(%(function)s(%(expressions)s))::text", output_field=TextField())


def _its_course(courses: QuerySet[Course]) -> Subquery:
    """The course of a lesson if it is one of ``courses``; of a few lessons each is looked up, and the catalog is not gone through."""
    return Subquery(courses.filter(pk=OuterRef("course_id")).values("pk")[:1])


_TABLES = {
    "course": Table(
        model=Course, seen=lambda viewer: Course.objects.visible_to(viewer).published(), maker="teacher_id", relation="teacher", look=_course,
        shown=("slug", "lesson_count", "enrollment_count", "rating_sum", "rating_count", *_person("teacher")),
        about=Course.topics.through, owner="course_id",
    ),
    "thread": Table(
        model=Thread, seen=Thread.objects.open_to, maker="author_id", relation="author", look=_thread,
        shown=("slug", "kind", "reply_count", "last_post_at", *_person("author")), times=("last_post_at",),
        about=Thread.topics.through, owner="thread_id",
        # What is hidden is its author's own.
        opened_by=Case(When(hidden_at__isnull=True, then=F("audience"))),
        # As ``Thread.objects.unanswered()`` has it.
        waits=Q(kind=Thread.Kind.QUESTION, accepted_answer__isnull=True, closed_at__isnull=True),
    ),
    "lesson": Table(
        model=Lesson, seen=lambda viewer: Lesson.objects.filter(course=_its_course(Course.objects.visible_to(viewer).published())),
        maker="course__teacher_id", relation="course", look=_lesson,
        shown=("course_id", "course__slug", "course__title", "course__teacher_id"),
        # A lesson is about what its course is about.
        about=Course.topics.through, owner="course_id", of="course_id", opened_by="course__audience",
    ),
    "group": Table(
        model=Group, seen=_groups, maker="made_by", relation="", look=_group, shown=("slug", "entry", "member_count"), named=_in_ones_language,
        about=Group.topics.through, owner="group_id",
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
