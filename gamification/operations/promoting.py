"""Levels and badges, which follow from what was earned."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from core import events
from core.events import Dated
from gamification.events import BadgeGranted, LevelReached
from gamification.models import Badge, Grant, Level, Rule

from .merits import Merit
from .tallying import NOTHING, SoFar, among


class Due(NamedTuple):
    """A badge that a member has a right to, and since when."""

    user_id: int
    badge_id: int
    granted_at: datetime


def promote(before: dict[tuple[int, int], SoFar], earned: Iterable[tuple[Merit, int]]) -> None:
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


def grant_badges(before: dict[tuple[int, int], SoFar], merits: Sequence[Merit], rules: dict[str, Rule]) -> None:
    """Grant what is due, each badge dated by the act that brought the number."""
    acts: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    for one in merits:
        acts[one.user_id, rules[one.rule].pk].append(one.at)
    due = _due(before, acts)
    grants = Grant.objects.filter(user_id__in=among({one.user_id for one in due}))
    held = set(grants.values_list("user_id", "badge_id"))
    new = [one for one in due if (one.user_id, one.badge_id) not in held]
    Grant.objects.bulk_create([Grant(**one._asdict()) for one in new], ignore_conflicts=True)
    events.publish_many_at(
        [Dated(BadgeGranted(user_id=one.user_id, badge_id=one.badge_id), one.granted_at) for one in new]
    )


def _due(before: dict[tuple[int, int], SoFar], acts: dict[tuple[int, int], list[datetime]]) -> list[Due]:
    """The badges whose number is reached by ``acts``, or was before them; most of those their members hold already."""
    badges: dict[int, list[Badge]] = defaultdict(list)
    for badge in Badge.objects.filter(rule_id__in={rule_id for _, rule_id in acts}).order_by("pk"):
        badges[badge.rule_id].append(badge)
    due = []
    for (user_id, rule_id), ats in sorted(acts.items()):
        had = before.get((user_id, rule_id), NOTHING).times
        reached = [badge for badge in badges[rule_id] if badge.times - had <= len(ats)]
        due += [Due(user_id, badge.pk, _nth(ats, badge.times - had)) for badge in reached]
    return due


def _nth(ats: Sequence[datetime], number: int) -> datetime:
    """The ``number``-th of ``ats``, counted from 1; the last one for a badge that was due before them."""
    return ats[number - 1] if 1 <= number <= len(ats) else ats[-1]
