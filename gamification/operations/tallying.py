"""What members have earned: day by day, and in all."""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from accounts.models import User
from core.events.columns import column, columns_of
from gamification.models import Rule, Total

from .merits import Merit


class SoFar(NamedTuple):
    """What one member has earned by one rule, and how often."""

    points: int
    times: int


NOTHING = SoFar(0, 0)
Place = tuple[int, date, int]
"""Where an act counts: whose, on which day of theirs, by which rule."""


def among(ids: Iterable[int]) -> RawSQL:
    """``ids`` for a filter with ``__in``, as one parameter: as a list each of them would cost as much as its row."""
    return RawSQL("SELECT unnest(%s::bigint[])", [column(ids)])


def lock_users(user_ids: set[int]) -> dict[int, zoneinfo.ZoneInfo]:
    # Two batches for one member must not both see room below the daily count.
    users = User.objects.filter(pk__in=among(user_ids)).select_for_update(no_key=True).order_by("pk")
    return {pk: zoneinfo.ZoneInfo(name) for pk, name in users.values_list("pk", "time_zone")}


def day_of(at: datetime, zone: zoneinfo.ZoneInfo) -> date:
    return at.astimezone(zone).date()


def tally(earned: Iterable[tuple[Merit, int]], rules: dict[str, Rule], users: dict[int, zoneinfo.ZoneInfo]) -> None:
    sums: dict[Place, SoFar] = defaultdict(lambda: NOTHING)
    for one, points in earned:
        place = (one.user_id, day_of(one.at, users[one.user_id]), rules[one.rule].pk)
        sums[place] = SoFar(sums[place].points + points, sums[place].times + 1)
    add(sums)


def add(sums: Mapping[Place, SoFar]) -> None:
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
            columns_of(rows),
        )


def so_far(user_ids: set[int]) -> dict[tuple[int, int], SoFar]:
    """What each member has earned and done so far by each rule."""
    totals = Total.objects.filter(user_id__in=among(user_ids)).values_list("user_id", "rule_id", "points", "times")
    return {(user_id, rule_id): SoFar(points, times) for user_id, rule_id, points, times in totals}


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
