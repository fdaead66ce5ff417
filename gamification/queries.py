"""What is recognized, as people see it."""

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from ledger.models import Entry

from .models import BoardPreference, Grant, Level, Rule, Tally, Total
from .rules import account_of

WINDOWS = {"7d": 7, "30d": 30, "all": None}
PLACES = 50
NEIGHBORS = 2


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a member stands on a board."""

    place: int
    user: User
    points: int
    is_me: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A member's points and level, and what the next level asks."""

    points: int
    level: Level | None
    next_level: Level | None


def standing(*, user: Any) -> Standing:
    """The points that ``user`` has earned in all, with the level that follows from them."""
    points = Total.objects.filter(user=user).aggregate(sum=Sum("points"))["sum"] or 0
    levels = list(Level.objects.order_by("points"))
    reached = [level for level in levels if level.points <= points]
    return Standing(
        points=points,
        level=reached[-1] if reached else None,
        next_level=next((one for one in levels if one.points > points), None),
    )


def points_today(*, user: Any) -> int:
    """What ``user`` has earned since midnight in their time zone."""
    today = timezone.now().astimezone(zoneinfo.ZoneInfo(user.time_zone)).date()
    return Tally.objects.filter(user=user, date=today).aggregate(sum=Sum("points"))["sum"] or 0


def leaderboard(*, window: str, viewer: Any, limit: int = PLACES) -> list[Place]:
    """The members with the most points in ``window`` (7d, 30d, all); those who left the boards are not on them."""
    return _places(list(_board(window)[:limit]), viewer, first=1)


def near_me(*, window: str, viewer: Any) -> list[Place]:
    """The viewer's place with two neighbors on each side; empty while they have no points in ``window``."""
    board, values = _board(window).order_by().query.sql_with_params()
    # Counted where the rows are, and not sorted: a board of twenty thousand is neither sent nor put in order for five lines.
    users = User.objects.raw(
        f"WITH board AS MATERIALIZED ({board}), mine AS (SELECT sum FROM board WHERE user_id = %s), "  # noqa: S608 - Django's own SQL
        "ahead AS (SELECT * FROM board WHERE sum > (TABLE mine) OR sum = (TABLE mine) AND user_id < %s), "
        "near AS ((SELECT * FROM ahead ORDER BY sum, user_id DESC LIMIT %s) UNION ALL "
        "(SELECT * FROM board WHERE sum < (TABLE mine) OR sum = (TABLE mine) AND user_id >= %s ORDER BY sum DESC, user_id LIMIT %s)) "
        "SELECT accounts_user.*, near.sum, (SELECT count(*) FROM ahead) AS before_me FROM near "
        "JOIN accounts_user ON accounts_user.id = near.user_id ORDER BY near.sum DESC, near.user_id",
        [*values, viewer.pk, viewer.pk, NEIGHBORS, viewer.pk, NEIGHBORS + 1],
    )
    found = list(cast("Iterable[Any]", users))
    mine = next((n for n, user in enumerate(found) if user.pk == viewer.pk), 0)
    return [
        Place(place=user.before_me + 1 + n - mine, user=user, points=user.sum, is_me=n == mine)
        for n, user in enumerate(found)
    ]


def badges(*, user: Any) -> QuerySet[Grant]:
    """The badges of ``user``, the youngest first."""
    return Grant.objects.filter(user=user).select_related("badge__rule").order_by("-granted_at", "-pk")


def points_lines(*, user: Any) -> QuerySet[Entry]:
    """Every line of the member's points account with its transaction, the youngest first."""
    name = account_of(user.pk)
    entries = Entry.objects.filter(account__kind=name.kind, account__owner=name.owner, account__unit=name.unit)
    return entries.select_related("transaction").order_by("-pk")


def rules() -> QuerySet[Rule]:
    """The rules in force, the most generous first."""
    return Rule.objects.filter(ended_at__isnull=True).order_by("-points", "pk")


def week(*, user: Any) -> list[tuple[date, bool]]:
    """The last seven days in the member's time zone, each with whether they completed a lesson on it."""
    today = timezone.now().astimezone(zoneinfo.ZoneInfo(user.time_zone)).date()
    days = [today - timedelta(days=n) for n in range(6, -1, -1)]
    studied = Tally.objects.filter(user=user, rule__code="lesson_completed", date__gte=days[0], times__gt=0)
    on = set(studied.values_list("date", flat=True))
    return [(day, day in on) for day in days]


def _board(window: str) -> Any:
    # Those who are not there are few: to leave them out costs less than to look at every member.
    gone = User.objects.filter(is_active=False).values("pk")
    left = BoardPreference.objects.values("user_id")
    return (
        _earned(window)
        .exclude(user__in=left)
        .exclude(user__in=gone)
        .values("user_id")
        .annotate(sum=Sum("points"))
        .filter(sum__gt=0)
        .order_by("-sum", "user_id")
    )


def _earned(window: str) -> QuerySet[Any]:
    days = WINDOWS[window]
    if days is None:
        return Total.objects.all()
    return Tally.objects.filter(date__gt=_school_day() - timedelta(days=days))


def _school_day() -> date:
    """The same for all who look, wherever they are."""
    return timezone.localdate(timezone=zoneinfo.ZoneInfo(settings.TIME_ZONE))


def _places(rows: list[Any], viewer: Any, *, first: int) -> list[Place]:
    users = User.objects.in_bulk([row["user_id"] for row in rows])
    return [
        Place(place=first + n, user=users[row["user_id"]], points=row["sum"], is_me=row["user_id"] == viewer.pk)
        for n, row in enumerate(rows)
    ]
