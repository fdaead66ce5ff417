"""Giving points and what follows from them."""

import zoneinfo
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from core import events
from core.events import Code, Dated
from core.realtime import sending
from ledger import operations as journal
from ledger.models import Transaction
from ledger.queries import keys_posted
from ledger.rules import Line, Posting

from .events import BadgeGranted, LevelReached, PointsGiven
from .models import Badge, Grant, Level, Rule, Tally, Total
from .rules import ISSUED, account_of

FRESH = timedelta(minutes=5)


class SoFar(NamedTuple):
    """What one member has earned by one rule, and how often."""

    points: int
    times: int


NOTHING = SoFar(0, 0)
Place = tuple[int, date, int]
"""Where an act counts: whose, on which day of theirs, by which rule."""


@dataclass(frozen=True, kw_only=True)
class Merit:
    """One act that earns points: whose, by which rule, for what (``answer:7``), when."""

    user_id: int
    rule: str
    source: str
    at: datetime

    @property
    def key(self) -> str:
        """The ledger's key: one act earns once, however often it is reported."""
        return f"{self.rule}:{self.source}:{self.user_id}"


def give_points(*, user_id: int, rule: str, source: str, at: datetime | None = None) -> None:
    """Give the points of ``rule`` once for ``source``; beyond the rule's daily count it counts but earns nothing."""
    give_many([Merit(user_id=user_id, rule=rule, source=source, at=at or timezone.now())])


@transaction.atomic
def give_many(merits: Sequence[Merit]) -> None:
    """Give the points of many acts, in their order; the number of statements does not grow with theirs."""
    rules = {
        rule.code: rule for rule in Rule.objects.filter(code__in={one.rule for one in merits}, ended_at__isnull=True)
    }
    users = _lock_users({one.user_id for one in merits})
    new = _not_yet_given([one for one in merits if one.rule in rules and one.user_id in users])
    if not new:
        return
    before = _so_far({one.user_id for one in new})
    earned = _cap(new, rules, users)
    given = [(one, points) for one, points in earned if points]
    posted = journal.post_many(postings=[_posting(one, points) for one, points in given])
    _tally(earned, rules, users)
    _announce(given, posted)
    _congratulate(given, rules)
    _promote(before, earned)
    _grant_badges(before, new, rules)


@transaction.atomic
def take_back(*, user_id: int, rule: str, source: str) -> None:
    """Reverse the points that ``source`` earned by ``rule``, as when the vote is taken back or the post is hidden."""
    users = _lock_users({user_id})
    given, _times = _last_given(user_id, rule, source)
    if given is None or _is_reversed(given):
        return
    journal.reverse(transaction=given, key=f"back:{given.key}")
    points = given.entries.get(account__kind="points").amount  # type: ignore[arg-type]
    place = (user_id, _day(given.happened_at, users[user_id]), Rule.objects.get(code=rule).pk)
    _add({place: SoFar(-points, -1)})


@transaction.atomic
def give_again(*, user_id: int, rule: str, source: str, at: datetime | None = None) -> None:
    """Give once more what was taken back, as when the post is restored; what was not taken back is not given twice."""
    _lock_users({user_id})
    given, times = _last_given(user_id, rule, source)
    if given is not None and _is_reversed(given):
        give_points(user_id=user_id, rule=rule, source=_again(source, times), at=at)


def _last_given(user_id: int, rule: str, source: str) -> tuple[Transaction | None, int]:
    """What ``source`` earned the last time, and how many times it has earned; each time has a number, so that its key is its own."""
    last, times = None, 0
    while found := _given(user_id, rule, _again(source, times)):
        last, times = found, times + 1
    return last, times


def _given(user_id: int, rule: str, source: str) -> Transaction | None:
    key = Merit(user_id=user_id, rule=rule, source=source, at=timezone.now()).key
    return Transaction.objects.filter(key=key).first()


def _again(source: str, times: int) -> str:
    return f"{source}.again{times}" if times else source


def _is_reversed(given: Transaction) -> bool:
    return Transaction.objects.filter(reverses=given).exists()


def _lock_users(user_ids: set[int]) -> dict[int, zoneinfo.ZoneInfo]:
    # Two batches for one member must not both see room below the daily count.
    users = User.objects.filter(pk__in=user_ids).select_for_update(no_key=True).order_by("pk")
    return {pk: zoneinfo.ZoneInfo(name) for pk, name in users.values_list("pk", "time_zone")}


def _not_yet_given(merits: Sequence[Merit]) -> list[Merit]:
    fresh = {one.key: one for one in reversed(merits)}
    given = keys_posted(fresh)
    return [one for one in merits if one.key not in given and fresh.get(one.key) is one]


def _day(at: datetime, zone: zoneinfo.ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _cap(
    merits: Sequence[Merit], rules: dict[str, Rule], users: dict[int, zoneinfo.ZoneInfo]
) -> list[tuple[Merit, int]]:
    counted: dict[tuple[int, date, int], int] = defaultdict(int)
    days = {_day(one.at, users[one.user_id]) for one in merits}
    tallies = Tally.objects.filter(user_id__in=users, date__in=days).values_list("user_id", "date", "rule_id", "times")
    counted.update({(user_id, day, rule_id): times for user_id, day, rule_id, times in tallies})
    earned = []
    for one in merits:
        rule = rules[one.rule]
        place = (one.user_id, _day(one.at, users[one.user_id]), rule.pk)
        counted[place] += 1
        earned.append((one, rule.points if counted[place] <= rule.times_a_day else 0))
    return earned


def _posting(merit: Merit, points: int) -> Posting:
    return Posting(
        key=merit.key, kind=merit.rule, happened_at=merit.at,
        lines=(Line(account_of(merit.user_id), points), Line(ISSUED, -points)),
    )  # fmt: skip


def _tally(earned: Iterable[tuple[Merit, int]], rules: dict[str, Rule], users: dict[int, zoneinfo.ZoneInfo]) -> None:
    sums: dict[Place, SoFar] = defaultdict(lambda: NOTHING)
    for one, points in earned:
        place = (one.user_id, _day(one.at, users[one.user_id]), rules[one.rule].pk)
        sums[place] = SoFar(sums[place].points + points, sums[place].times + 1)
    _add(sums)


def _add(sums: Mapping[Place, SoFar]) -> None:
    """Add to the days of members, and to what they have in all; their rows of ``User`` are locked."""
    rows = [(*place, *so_far) for place, so_far in sorted(sums.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH more AS (SELECT * FROM unnest(%s::bigint[], %s::date[], %s::bigint[], %s::int[], %s::int[]) "
            "AS more (user_id, date, rule_id, points, times)), days AS ("
            "INSERT INTO gamification_tally AS day (user_id, date, rule_id, points, times) TABLE more "
            "ON CONFLICT (user_id, date, rule_id) DO UPDATE SET "
            "points = day.points + excluded.points, times = day.times + excluded.times) "
            "INSERT INTO gamification_total AS total (user_id, rule_id, points, times) "
            "SELECT user_id, rule_id, sum(points), sum(times) FROM more GROUP BY user_id, rule_id "
            "ON CONFLICT (user_id, rule_id) DO UPDATE SET "
            "points = total.points + excluded.points, times = total.times + excluded.times",
            [list(column) for column in zip(*rows, strict=True)],
        )


@transaction.atomic
def rebuild_totals() -> int:
    """Make the totals anew from the days; members earn nothing meanwhile. Returns how many there are."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE gamification_total, gamification_tally IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM gamification_total")
        cursor.execute(
            "INSERT INTO gamification_total (user_id, rule_id, points, times) "
            "SELECT user_id, rule_id, sum(points), sum(times) FROM gamification_tally GROUP BY user_id, rule_id"
        )
        return cursor.rowcount


def _announce(given: Sequence[tuple[Merit, int]], posted: Sequence[int]) -> None:
    events.publish_many_at([
        Dated(PointsGiven(user_id=one.user_id, points=points, rule=Code(one.rule), transaction_id=pk), one.at)
        for (one, points), pk in zip(given, posted, strict=True)
    ])  # fmt: skip


def _congratulate(given: Iterable[tuple[Merit, int]], rules: dict[str, Rule]) -> None:
    """Show on the open pages of each member what they have just earned; what is old is no news."""
    since = timezone.now() - FRESH
    fresh = [(one, points) for one, points in given if one.at > since]
    words = {
        (code, points): sending.in_every_language("gamification/toast.html", {"points": points, "rule": rules[code]})
        for code, points in {(one.rule, points) for one, points in fresh}
    }
    sending.send_many([
        sending.Said(stream=f"user:{one.user_id}", action="toast", html=words[one.rule, points]) for one, points in fresh
    ])  # fmt: skip


def _so_far(user_ids: set[int]) -> dict[tuple[int, int], SoFar]:
    """What each member has earned and done so far by each rule."""
    totals = Total.objects.filter(user_id__in=user_ids).values_list("user_id", "rule_id", "points", "times")
    return {(user_id, rule_id): SoFar(points, times) for user_id, rule_id, points, times in totals}


def _promote(before: dict[tuple[int, int], SoFar], earned: Iterable[tuple[Merit, int]]) -> None:
    levels = list(Level.objects.order_by("points"))
    steps = [level.points for level in levels]
    totals: dict[int, int] = defaultdict(int)
    for (user_id, _rule), so_far in before.items():
        totals[user_id] += so_far.points
    reached = []
    for one, points in earned:
        had = totals[one.user_id]
        totals[one.user_id] = had + points
        crossed = levels[bisect_right(steps, had) : bisect_right(steps, had + points)]
        reached += [Dated(LevelReached(user_id=one.user_id, level=level.number), one.at) for level in crossed]
    events.publish_many_at(reached)


def _grant_badges(before: dict[tuple[int, int], SoFar], merits: Sequence[Merit], rules: dict[str, Rule]) -> None:
    """Grant what is due, each badge dated by the act that brought the number."""
    acts: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for one in merits:
        acts[one.user_id, rules[one.rule].pk].append(one.at)
    due = _due(before, acts)
    held = set(Grant.objects.filter(user_id__in={one.user_id for one in due}).values_list("user_id", "badge_id"))
    new = [one for one in due if (one.user_id, one.badge_id) not in held]
    Grant.objects.bulk_create(new, ignore_conflicts=True)
    events.publish_many_at(
        [Dated(BadgeGranted(user_id=one.user_id, badge_id=one.badge_id), one.granted_at) for one in new]
    )


def _due(before: dict[tuple[int, int], SoFar], acts: dict[tuple[int, int], list[datetime]]) -> list[Grant]:
    """The badges whose number is reached by ``acts``, or was before them."""
    badges: dict[int, list[Badge]] = defaultdict(list)
    for badge in Badge.objects.filter(rule_id__in={rule_id for _, rule_id in acts}).order_by("pk"):
        badges[badge.rule_id].append(badge)
    due = []
    for (user_id, rule_id), ats in sorted(acts.items()):
        had = before.get((user_id, rule_id), NOTHING).times
        reached = [badge for badge in badges[rule_id] if badge.times - had <= len(ats)]
        due += [Grant(user_id=user_id, badge=badge, granted_at=_nth(ats, badge.times - had)) for badge in reached]
    return due


def _nth(ats: Sequence[datetime], number: int) -> datetime:
    """The ``number``-th of ``ats``, counted from 1; the last one for a badge that was due before them."""
    return ats[number - 1] if 1 <= number <= len(ats) else ats[-1]
