"""What the community wants, held against what is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import CharField, Count, DateField, F, Max, Q, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.utils import timezone

from accounts.models import TopicFollow, User
from courses.models import Course
from forum.models import Post, Thread
from recsys.models import TopicWish
from surveys.queries import wanted_topics
from topics.models import Topic

from . import rules
from .models import Phrase, PhraseSearch, SearchDay, TopicSearch

MOST_PHRASES = 30


@dataclass(frozen=True, kw_only=True)
class People:
    """How many people stand behind a figure; ``shown`` is None while they are so few that they could be told apart."""

    count: int

    @property
    def shown(self) -> int | None:
        """The figure, from five people on."""
        return self.count if self.count >= rules.FEWEST else None

    @property
    def known(self) -> int:
        """The figure for sums and orders, in which too few count as none."""
        return self.shown or 0


@dataclass(frozen=True, kw_only=True)
class Need:
    """
    One topic: who wants it, in how many ways, and what there is of it.

    ``people`` are those who searched, asked, or said so in a survey, by following or by a wish, each once. ``this_week``
    searched or asked in the last seven days; ``usual`` is the mean of the three weeks before. ``answerer`` is who gave most
    accepted answers about it.
    """

    topic: Topic
    people: People
    searched: People
    asked: People
    wanted: People
    this_week: People
    usual: float
    unanswered: int
    courses: int
    lessons: int
    answerer: User | None

    @property
    def is_rising(self) -> bool:
        """Whether clearly more people than usual wanted it this week."""
        return _rises(self.this_week, self.usual)

    @property
    def gap(self) -> float:
        """People for each lesson there is; the larger, the more is missing."""
        return self.people.known / (1 + self.lessons)


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A phrase that at least five people looked for, and found nothing when they last tried."""

    text: str
    people: People
    this_week: People


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What the page of demand and supply shows; ``searches`` of the last days, ``uncounted`` of them without a person."""

    needs: list[Need]
    missing: list[Missing]
    searches: int
    uncounted: int
    without_result: int

    @property
    def rising(self) -> list[Need]:
        """What clearly more people than usual wanted this week."""
        return sorted((one for one in self.needs if one.is_rising), key=lambda one: -one.this_week.count)


def needs(*, on: date | None = None) -> Needs:
    """
    Demand and supply of every topic in the four weeks up to ``on``, the widest gap first; a constant number of queries.

    Every number of people is one of at least five, or not shown.
    """
    on = on or timezone.localdate()
    wanted, open_questions = _wanted(on), _unanswered()
    supply, answerers = _supply(), _answerers()
    found = [
        _need(topic, wanted.get(topic.pk, (0,) * 6), open_questions.get(topic.pk, 0), supply, answerers)
        for topic in Topic.objects.select_related("parent")
    ]
    shown = [one for one in found if one.people.count or one.lessons or one.unanswered]
    searches = SearchDay.objects.filter(day__gt=on - timedelta(days=rules.DAYS), day__lte=on)
    totals = searches.values_list("searches", "uncounted", "without_result")
    sums = [sum(column) for column in zip(*totals, strict=True)] or [0, 0, 0]
    return Needs(
        needs=sorted(shown, key=lambda one: (-one.gap, -one.people.known, one.topic.slug)),
        missing=_missing(on), searches=sums[0], uncounted=sums[1], without_result=sums[2],
    )  # fmt: skip


def rising_topics(*, on: date | None = None) -> list[Topic]:
    """What clearly more people than usual wanted in the week up to ``on``, most people first; two queries."""
    counted = _wanted(on or timezone.localdate())
    weeks = {
        topic: people
        for topic, (*_rest, people, before) in counted.items()
        if _rises(People(count=people), _usual(before))
    }
    found = Topic.objects.in_bulk(weeks)
    return sorted(found.values(), key=lambda one: (-weeks[one.pk], one.slug))


def _rises(this_week: People, usual: float) -> bool:
    return this_week.known > 0 and this_week.count >= rules.RISES_FROM * usual


def _usual(before: int) -> float:
    return before * rules.WEEK / (rules.DAYS - rules.WEEK)


def _need(
    topic: Topic,
    counted: tuple[int, ...],
    unanswered: int,
    supply: dict[int, tuple[int, int]],
    answerers: dict[int, User],
) -> Need:
    people, searched, asked, wanted, this_week, before = counted
    courses, lessons = supply.get(topic.pk, (0, 0))
    return Need(
        topic=topic, people=People(count=people), searched=People(count=searched), asked=People(count=asked),
        wanted=People(count=wanted), this_week=People(count=this_week), usual=_usual(before),
        unanswered=unanswered, courses=courses, lessons=lessons, answerer=answerers.get(topic.pk),
    )  # fmt: skip


def _wanted(on: date) -> dict[int, tuple[int, ...]]:
    """By topic: people in all, who searched, asked, said so; this week; and people times weeks in the three weeks before."""
    sql, given = _wishes(on).query.sql_with_params()
    lively = "how <> 'wanted'"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topic, count(DISTINCT person), count(DISTINCT person) FILTER (WHERE how = 'searched'), "  # noqa: S608
            "count(DISTINCT person) FILTER (WHERE how = 'asked'), count(DISTINCT person) FILTER (WHERE how = 'wanted'), "
            f"count(DISTINCT person) FILTER (WHERE {lively} AND at > %s), "
            f"count(DISTINCT (person, (%s - at) / 7)) FILTER (WHERE {lively} AND at <= %s) "
            f"FROM ({sql}) AS wishes (topic, person, how, at) GROUP BY topic",
            [on - timedelta(days=rules.WEEK), on, on - timedelta(days=rules.WEEK), *given],
        )
        return {topic: tuple(counts) for topic, *counts in cursor.fetchall()}


def _wishes(on: date) -> QuerySet[Any, Any]:
    """Who wanted which topic, how and when, as (topic, person, how, at); ``at`` is None where it holds until taken back."""
    since = on - timedelta(days=rules.DAYS)
    searched = TopicSearch.objects.filter(day__gt=since, day__lte=on)
    asked = Thread.objects.questions().filter(hidden_at__isnull=True, topics__isnull=False)
    asked = asked.annotate(at=TruncDate("created_at")).filter(at__gt=since, at__lte=on)
    ever = Cast(Value(None), DateField())
    return (
        searched.order_by().values_list("topic", "user", _how("searched"), F("day"))
        .union(
            asked.order_by().values_list("topics", "author", _how("asked"), "at"),
            wanted_topics().values_list("topic", "choice__answers__submission__user", _how("wanted"), ever),
            TopicFollow.objects.values_list("topic", "user", _how("wanted"), ever),
            TopicWish.objects.filter(wish=TopicWish.Wish.MORE).values_list("topic", "user", _how("wanted"), ever),
            all=True,
        )
    )  # fmt: skip


def _how(word: str) -> Value:
    return Value(word, output_field=CharField())


def _unanswered() -> dict[int, int]:
    """Open questions by topic, which everybody may read who may read the board."""
    waiting = Thread.objects.unanswered().filter(hidden_at__isnull=True, topics__isnull=False)
    return dict(waiting.order_by().values("topics").annotate(n=Count("pk")).values_list("topics", "n"))


def _supply() -> dict[int, tuple[int, int]]:
    """Published courses and their lessons, by topic."""
    rows = Course.objects.published().filter(topics__isnull=False).values_list("topics", "lesson_count")
    found: dict[int, tuple[int, int]] = {}
    for topic, lessons in rows:
        before = found.get(topic, (0, 0))
        found[topic] = (before[0] + 1, before[1] + lessons)
    return found


def _answerers() -> dict[int, User]:
    """By topic, who gave most accepted answers about it in the open; on a tie, whoever answered last."""
    accepted = Post.objects.filter(hidden_at__isnull=True, author__is_active=True, thread__accepted_answer=F("pk"))
    public = accepted.filter(thread__audience__contains=["public"], thread__topics__isnull=False)
    counted = public.values("thread__topics", "author").annotate(n=Count("pk"), last=Max("pk")).order_by("n", "last")
    best = dict(counted.values_list("thread__topics", "author"))
    people = User.objects.in_bulk(set(best.values()))
    return {topic: people[author] for topic, author in best.items() if author in people}


def _missing(on: date) -> list[Missing]:
    since, week = on - timedelta(days=rules.DAYS), on - timedelta(days=rules.WEEK)
    lately = PhraseSearch.objects.filter(day__gt=since, day__lte=on, has_found=False)
    counted = lately.values("phrase").annotate(
        people=Count("user", distinct=True), week=Count("user", distinct=True, filter=Q(day__gt=week))
    )
    many = counted.filter(people__gte=rules.FEWEST).order_by("-people", "phrase")[:MOST_PHRASES]
    rows = list(many.values_list("phrase", "people", "week"))
    words = _words(seal for seal, _, _ in rows)
    return [
        Missing(text=words[seal], people=People(count=people), this_week=People(count=week))
        for seal, people, week in rows
        if seal in words
    ]


def _words(seals: Iterable[str]) -> dict[str, str]:
    return dict(Phrase.objects.filter(seal__in=list(seals)).values_list("seal", "text"))
