"""What a list is worked out from: asked for once a request."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, DateTimeField, F, FloatField, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.enums import Purpose
from courses.models import Enrollment
from courses.queries import next_lessons
from forum.models import Thread
from recsys import kinds, rules
from recsys.models import Dismissal, Impression, TopicWish
from recsys.prepared import Prepared
from surveys.queries import steps_for

from .interests import History, Stated, latest_of, stated_by, ties_of, without_refused


@dataclass(frozen=True, kw_only=True)
class Pick:
    """An item chosen for somebody, with the source that chose it and what it is owed to."""

    item: kinds.Item
    source: str
    because: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """
    Everything that decides what ``viewer`` is shown.

    ``people`` are the ids of the members whom they follow, ``answered`` says how often they answered about a topic, ``onward`` names
    the lessons that come next, ``path`` the steps to which their first answers led; all are empty when nothing may be inferred.
    """

    viewer: Any
    may_infer: bool
    may_be_found: bool
    history: History
    stated: dict[int, Stated]
    people: frozenset[int]
    answered: Counter[int]
    onward: tuple[str, ...]
    path: tuple[str, ...]
    less: frozenset[int]
    refused: frozenset[int]
    without: frozenset[str]
    shelf: kinds.Shelf

    @cached_property
    def strength_of(self) -> dict[str, float]:
        """How much they have had to do with each thing of their history."""
        return dict(self.history)

    def is_foreign(self, item: kinds.Item) -> bool:
        """Whether ``item`` is in a language that they do not read."""
        return item.language not in self.viewer.reads


def what_is_known(viewer: Any) -> Known:
    """Everything that decides what ``viewer`` is shown; a constant number of queries."""
    ties = ties_of(viewer)
    may_infer = ties.consents[Purpose.PERSONALIZATION]
    history, left_out, path = _history_and_more(viewer)
    history = history if may_infer else []
    return Known(
        viewer=viewer,
        may_infer=may_infer,
        may_be_found=may_infer and ties.consents[Purpose.FINDABLE],
        history=without_refused(history, ties.wishes),
        stated=stated_by(ties) if may_infer else {},
        people=ties.people if may_infer else frozenset(),
        answered=ties.answered if may_infer else Counter(),
        onward=tuple(f"lesson:{pk}" for (pk,) in _NEXT_LESSONS.rows(user=viewer.pk)) if may_infer else (),
        path=tuple(path) if may_infer else (),
        less=_wished(ties.wishes, TopicWish.Wish.LESS),
        refused=_wished(ties.wishes, TopicWish.Wish.NOT_MINE),
        without=frozenset(left_out).union(item for item, _ in history if kinds.is_ranked(item)),
        shelf=kinds.Shelf(viewer),
    )


def _wished(wishes: Mapping[int, str], what: str) -> frozenset[int]:
    return frozenset(topic for topic, wish in wishes.items() if wish == what)


def _history_and_more(viewer: Any) -> tuple[History, list[str], list[str]]:
    """The history of ``viewer``; what is owned, written by themselves, dismissed or resting; the steps of their path; one query."""
    since = timezone.localdate() - timedelta(days=rules.WITHIN_DAYS)
    found = _HISTORY_AND_MORE.rows(viewer=viewer.pk, since=since)
    history = sorted((row for row in found if row[2]), key=lambda row: row[0])
    history.sort(key=lambda row: row[2], reverse=True)
    chosen = sorted(row[1::-1] for row in found if not row[2] and row[1] is not None)
    return (
        [(name, strength) for name, strength, _ in history],
        [name for name, strength, _ in found if strength is None],
        list(dict.fromkeys(step for _, steps in chosen for step in steps.split())),
    )


def _all_of_it(viewer: int, since: date) -> QuerySet[Any, Any]:
    done = latest_of(viewer).annotate(name=F("item"), strength=F("weight"), at=F("happened_at"))
    owned = _named("course", Enrollment.objects.filter(user=viewer, ended_at__isnull=True), "course_id")
    own = _named("thread", Thread.objects.filter(author=viewer), "pk")
    dismissed = Dismissal.objects.filter(user=viewer).annotate(name=F("item"))
    left_out = [_without_strength(rows) for rows in (owned, own, dismissed, _resting(viewer, since))]
    return done.values_list("name", "strength", "at").union(*left_out, _path_of(viewer), all=True)


_HISTORY_AND_MORE = Prepared(_all_of_it, viewer="id", since="date")
_NEXT_LESSONS = Prepared(lambda user: next_lessons(user=user), user="id")


def _path_of(viewer: int) -> QuerySet[Any, Any]:
    """The steps of each answer in one text, with the place of its question, in whose order they are gone."""
    steps = Func(F("leads_to"), Value(" "), function="array_to_string", output_field=TextField())
    answers = steps_for(viewer).annotate(name=steps, strength=Cast("question__place", FloatField()))
    return answers.annotate(at=Value(None, DateTimeField())).values_list("name", "strength", "at")


def _without_strength(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    empty = rows.annotate(strength=Value(None, FloatField()), at=Value(None, DateTimeField()))
    return empty.values_list("name", "strength", "at")


def _named(kind: str, rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    return rows.annotate(name=Concat(Value(f"{kind}:"), Cast(field, TextField()), output_field=TextField()))


def _resting(viewer: int, since: date) -> QuerySet[Any]:
    shown = Impression.objects.filter(user=viewer, day__gt=since).values(name=F("item")).annotate(days=Count("pk"))
    return shown.filter(days__gte=rules.SHOWN_DAYS)
