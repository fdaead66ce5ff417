"""What is asked for, and where chance and time come from: the same plan gives the same world."""

import math
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

DAYS = 90
"""How far back the world's life goes."""

_HOURS = (1, 1, 1, 1, 1, 1, 2, 5, 8, 9, 9, 8, 9, 8, 8, 8, 8, 8, 10, 13, 15, 14, 9, 4)
"""How lively each hour of a day is, in the school's own time zone, which is UTC+8."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The size, the seed and the last minute of a world."""

    seed: int
    now: datetime
    members: int = 200
    courses: int = 30
    posts: int = 5000
    most_courses: int = 6
    views: tuple[int, int] = (6, 44)
    """How many threads the quietest and the liveliest member opened beyond those in which they voted."""
    facts: int = 0
    """At least so many facts; what the rest of the world does not give is more reading."""
    longest: int = 0
    """The posts of one thread that is longer than people would write, for measuring."""

    def dice(self, purpose: str) -> random.Random:
        """Chance for one purpose alone, so that a change to one part of the world leaves the others as they were."""
        return random.Random(f"{self.seed}:{purpose}")  # noqa: S311 - a world, not a secret

    def ago(self, *, days: float = 0, minutes: float = 0) -> datetime:
        """The moment so long before the world's last minute, to the second."""
        return self.now - timedelta(seconds=round(days * 86_400 + minutes * 60))

    def moment(self, dice: random.Random, first: datetime, last: datetime) -> datetime:
        """A moment between ``first`` and ``last``, at an hour at which people are up where there is a choice of hours."""
        span = max(0.0, (last - first).total_seconds())
        tries = [first + timedelta(seconds=int(dice.random() * span)) for _ in range(3)]
        return dice.choices(tries, [_HOURS[(one.hour + 8) % 24] for one in tries])[0]

    def long_ago(self, dice: random.Random, *, least: float, most: float) -> timedelta:
        """A span between ``least`` and ``most`` minutes, short ones as likely as long ones on a scale of powers."""
        return timedelta(seconds=round(60 * math.exp(dice.uniform(math.log(least), math.log(most)))))


def measured(*, seed: int, now: datetime) -> Plan:
    """
    A large world, for measuring: 20,000 members, 300 courses, 1,000,000 facts.

    It ended some days before ``now``: its boards of the week are full, and not everybody is told of everything.
    """
    return Plan(
        seed=seed, now=now - timedelta(days=4), members=20_000, courses=300, posts=20_000, most_courses=2, views=(2, 12),
        facts=1_000_000, longest=400,
    )  # fmt: skip


def last_minute(day: date | None) -> datetime:
    """The world's last minute: now, or noon (UTC) of ``day``, so that naming a day gives the same world at any hour."""
    now = timezone.now().replace(second=0, microsecond=0)
    if day is None:
        return now
    return min(datetime.combine(day, time(12), UTC), now)
