"""What a list is worked out from: asked for once a request."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Case, Count, DateTimeField, F, FloatField, Func, Max, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.enums import Purpose
from core.events import Fact, Listener
from core.events.queries import AHEAD, facts_ahead
from core.web.prepared import Prepared
from courses.models import Enrollment
from courses.queries import next_lessons
from forum.models import Thread
from recsys import kinds, rules
from recsys.acts import LISTENER, interactions_in
from recsys.models import Dismissal, Impression, TopicWish
from surveys.queries import steps_for

from . import fresh
from .interests import TIES, History, Kin, Stated, latest_of, stated_by, ties_in, without_refused
from .liking import Liking


class Pick(NamedTuple):
    """An item chosen for somebody, with the source that chose it and what it is owed to, or what ``says`` so once the item is loaded."""

    item: kinds.Item
    source: str
    because: str = ""
    says: Callable[[kinds.Item], str] | None = None

    def as_it_is(self, item: kinds.Item) -> "Pick":
        """The same with ``item`` as it was loaded for whoever sees it."""
        return Pick(item, self.source, self.says(item) if self.says else self.because)


@dataclass(frozen=True, kw_only=True)
class Known:
    """
    Everything that decides what ``viewer`` is shown.

    ``people`` are the ids of the members whom they follow, ``answered`` says how often they answered about a topic, ``kin`` who likes
    the same, as it was last worked out, ``circles`` their groups with both names, ``mates`` who is in which of them, ``talk`` what others said
    there last, ``joinable`` the groups in which they could be and whether these are large, ``onward`` names the lessons that come next, ``path`` the steps to which their first answers led; all are empty when nothing may be inferred.
    """

    viewer: Any
    may_infer: bool
    may_be_found: bool
    history: History
    stated: dict[int, Stated]
    people: frozenset[int]
    answered: Counter[int]
    kin: list[Kin]
    kin_are_due: bool
    circles: dict[int, tuple[str, str]]
    mates: dict[int, int]
    talk: tuple[str, ...]
    joinable: dict[int, bool]
    onward: tuple[str, ...]
    path: tuple[str, ...]
    less: frozenset[int]
    refused: frozenset[int]
    without: frozenset[str]
    shown_today: frozenset[str]
    shelf: kinds.Shelf

    @cached_property
    def strength_of(self) -> dict[str, float]:
        """How much they have had to do with each thing of their history."""
        return dict(self.history)

    @cached_property
    def reads(self) -> frozenset[str]:
        """The languages that they read, and none: what has no language is for everybody."""
        return frozenset({*self.viewer.reads, ""})

    @cached_property
    def looked_at(self) -> list[str]:
        """What is looked at whatever is ranked: their history, and what may stand at the places that are kept."""
        groups = (f"group:{pk}" for pk in self.joinable)
        return [*(item for item, _ in self.history), *self.onward, *self.path, *self.talk, *groups]

    @cached_property
    def hardly_seen(self) -> list[str]:
        """The new items that too few have been shown, in the order of the viewer's lot."""
        return fresh.by_lot(fresh.too_little_seen(), self.viewer.pk)

    @cached_property
    def liking(self) -> Liking:
        """How much they like what; nothing is asked for that the shelf holds already."""
        done = self.shelf.glance([item for item, _ in self.history])
        return Liking(
            history=self.history, items=done, stated=self.stated, refused=self.refused, people=self.people,
            answered=self.answered, mates=self.mates, circles=self.circles,
        )  # fmt: skip

    def is_foreign(self, item: kinds.Item) -> bool:
        """Whether ``item`` is in a language that they do not read."""
        return item.language not in self.reads


def what_is_known(viewer: Any) -> Known:
    """Everything that decides what ``viewer`` is shown; a constant number of queries."""
    rows = _TIES_AND_UNREAD.rows(
        viewer=viewer.pk, actor=viewer.pk, listener=LISTENER, names=Listener.known[LISTENER].facts
    )
    ties = ties_in(rows)
    may_infer = ties.consents[Purpose.PERSONALIZATION]
    found = _found(viewer, facts_ahead(rows))
    history = found.history if may_infer else []
    return Known(
        viewer=viewer,
        may_infer=may_infer,
        may_be_found=may_infer and ties.consents[Purpose.FINDABLE],
        history=without_refused(history, ties.wishes),
        stated=stated_by(ties) if may_infer else {},
        people=ties.people if may_infer else frozenset(),
        answered=ties.answered if may_infer else Counter(),
        kin=ties.kin if may_infer else [],
        kin_are_due=ties.kin_are_due,
        circles=ties.circles if may_infer else {},
        mates=ties.mates if may_infer else {},
        talk=tuple(f"thread:{pk}" for pk in ties.talk) if may_infer else (),
        joinable=ties.joinable if may_infer else {},
        onward=found.onward if may_infer else (),
        path=found.path if may_infer else (),
        less=_wished(ties.wishes, TopicWish.Wish.LESS),
        refused=_wished(ties.wishes, TopicWish.Wish.NOT_MINE),
        without=frozenset(found.left_out).union(
            (item for item, _ in history if kinds.is_ranked(item)), (f"group:{pk}" for pk in ties.circles)
        ),
        shown_today=found.shown_today,
        shelf=kinds.Shelf(viewer),
    )


_TIES_AND_UNREAD = TIES.beside(AHEAD)


def _wished(wishes: Mapping[int, str], what: str) -> frozenset[int]:
    return frozenset(topic for topic, wish in wishes.items() if wish == what)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What one query tells of a member; ``left_out`` is owned, written by themselves, dismissed or resting, ``shown_today`` noted already."""

    history: History
    left_out: list[str]
    onward: tuple[str, ...]
    path: tuple[str, ...]
    shown_today: frozenset[str]


def _found(viewer: Any, unread: Sequence[Fact]) -> _Found:
    """
    What is known of ``viewer``, and what they have just done, of which no worker had read yet when ``unread`` was asked for; one query.

    What a worker reads in between is found twice.
    """
    just_now = [seen for fact in unread for seen in interactions_in(fact) if seen[0] == viewer.pk]
    today = timezone.localdate()
    rows = _HISTORY_AND_MORE.rows(viewer=viewer.pk, since=today - timedelta(days=rules.WITHIN_DAYS), today=today)
    # What was shown has a time as what was done has, and no strength.
    done = {name: (weight, at) for name, weight, at in rows if at and weight is not None}
    for _user, name, weight, at in just_now:
        known_weight, known_at = done.get(name, (0.0, at))
        done[name] = (max(weight, known_weight), max(at, known_at))
    ordered = sorted(done.items(), key=lambda one: one[0])
    ordered.sort(key=lambda one: one[1][1], reverse=True)
    # Lessons that come next have a place below zero, steps of the path that of their question.
    placed = sorted((place, name) for name, place, at in rows if not at and place is not None)
    steps = [step for place, names in placed if place >= 0 for step in names.split()]
    return _Found(
        history=[(name, weight) for name, (weight, _) in ordered[: rules.LONGEST_HISTORY]],
        left_out=[name for name, place, at in rows if not at and place is None],
        onward=tuple(name for place, name in reversed(placed) if place < 0),
        path=tuple(dict.fromkeys(steps)),
        shown_today=frozenset(name for name, weight, at in rows if at and weight is None),
    )


def _all_of_it(viewer: int, since: date, today: date) -> QuerySet[Any, Any]:
    done = latest_of(viewer).annotate(name=F("item"), strength=F("weight"), at=F("happened_at"))
    owned = _named("course", Enrollment.objects.filter(user=viewer, ended_at__isnull=True), "course_id")
    own = _named("thread", Thread.objects.filter(author=viewer), "pk")
    dismissed = Dismissal.objects.filter(user=viewer).annotate(name=F("item"))
    left_out = [_without_strength(rows) for rows in (owned, own, dismissed)]
    onward, path = _placed(_onward(viewer)), _placed(_path_of(viewer))
    shown = _shown(viewer, since, today)
    return done.values_list("name", "strength", "at").union(*left_out, onward, path, shown, all=True)


_HISTORY_AND_MORE = Prepared(_all_of_it, viewer="id", since="date", today="date")


def _onward(viewer: int) -> QuerySet[Any]:
    ahead = _named("lesson", next_lessons(user=viewer), "ahead")
    return ahead.annotate(strength=Value(-1.0) * Cast("place", FloatField()))


def _placed(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.annotate(at=Value(None, DateTimeField())).values_list("name", "strength", "at")


def _path_of(viewer: int) -> QuerySet[Any]:
    """The steps of each answer in one text, with the place of its question, in whose order they are gone."""
    steps = Func(F("leads_to"), Value(" "), function="array_to_string", output_field=TextField())
    return steps_for(viewer).annotate(name=steps, strength=Cast("question__place", FloatField()))


def _without_strength(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    empty = rows.annotate(strength=Value(None, FloatField()), at=Value(None, DateTimeField()))
    return empty.values_list("name", "strength", "at")


def _named(kind: str, rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    return rows.annotate(name=Concat(Value(f"{kind}:"), Cast(field, TextField()), output_field=TextField()))


def _shown(viewer: int, since: date, today: date) -> QuerySet[Any, Any]:
    """What was shown today, with the day; and without it what was shown on so many days that it rests."""
    days = (
        Impression.objects.filter(user=viewer, day__gt=since)
        .values(name=F("item"))
        .annotate(days=Count("pk"), last=Max("day"))
    )
    found = days.filter(Q(days__gte=rules.SHOWN_DAYS) | Q(last=today))
    at = Case(When(days__gte=rules.SHOWN_DAYS, then=None), default=Cast("last", DateTimeField()))
    return found.annotate(strength=Value(None, FloatField()), at=at).values_list("name", "strength", "at")
