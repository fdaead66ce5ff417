"""What points were earned with: the thing itself, for whoever may see it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Value

from courses.models import Course, Lesson
from forum.models import Post, Thread
from ledger.models import Entry

_SOURCE = re.compile(r":(lesson|course|thread|post|vote):(\d+)")
Thing = tuple[str, int]


class Cause(NamedTuple):
    """A thing by its name, the language of that, and its address."""

    name: str
    language: str
    url: str


class Kind(NamedTuple):
    """Which things of a kind a viewer may see, where their name and the parts of their address stand, and the address of those."""

    open_to: Callable[[Any], QuerySet[Any]]
    name: str
    language: str
    slug: str
    home: str
    url: Callable[[int, int, str], str]


_KINDS = {
    "course": Kind(
        Course.objects.open_to, "title", "language", "slug", "pk",
        lambda pk, _home, slug: Course(pk=pk, slug=slug).get_absolute_url(),
    ),
    "lesson": Kind(
        lambda viewer: Lesson.objects.filter(course__in=Course.objects.open_to(viewer)),
        "title", "language", "course__slug", "course_id",
        lambda pk, home, slug: Lesson(pk=pk, course=Course(pk=home, slug=slug)).get_absolute_url(),
    ),
    "thread": Kind(
        Thread.objects.open_to, "title", "language", "slug", "pk",
        lambda pk, _home, slug: Thread(pk=pk, slug=slug).get_absolute_url(),
    ),
    "post": Kind(
        Post.objects.visible_to, "thread__title", "thread__language", "thread__slug", "thread_id",
        lambda pk, home, slug: Post(pk=pk, thread=Thread(pk=home, slug=slug)).get_absolute_url(),
    ),
}  # fmt: skip


def causes(entries: Iterable[Entry], *, viewer: Any) -> dict[int, Cause]:
    """What earned each of ``entries``, by the id of the entry, in one query; what ``viewer`` may not see is left out."""
    sources = {entry.pk: source for entry in entries if (source := _source_of(entry.transaction.key))}
    found = _found(sources.values(), viewer)
    return {entry_id: found[source] for entry_id, source in sources.items() if source in found}


def _source_of(key: str) -> Thing | None:
    """The thing that ``key`` names, as ``vote_received:vote:7.5:3`` names post 7; None for what was no act on a thing."""
    if (said := _SOURCE.search(key)) is None:
        return None
    kind, pk = said.groups()
    return "post" if kind == "vote" else kind, int(pk)


def _found(things: Iterable[Thing], viewer: Any) -> Mapping[Thing, Cause]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, pk in things:
        wanted[kind].add(pk)
    parts = [_rows(kind, pks, viewer) for kind, pks in wanted.items()]
    rows = parts[0].union(*parts[1:], all=True) if parts else []
    return {
        (kind, pk): Cause(name, language, _KINDS[kind].url(pk, home, slug))
        for kind, pk, home, name, language, slug in rows
    }


def _rows(kind: str, pks: set[int], viewer: Any) -> QuerySet[Any, Any]:
    own = _KINDS[kind]
    things = own.open_to(viewer).filter(pk__in=pks).order_by()
    return things.values_list(Value(kind), F("pk"), F(own.home), F(own.name), F(own.language), F(own.slug))
