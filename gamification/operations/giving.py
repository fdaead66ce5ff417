"""Giving points, once for each act and up to the rule's daily count."""

import zoneinfo
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core import events
from core.events import Code, Dated
from core.realtime import sending
from gamification.events import PointsGiven
from gamification.models import Rule, Tally
from gamification.rules import ISSUED, account_of
from ledger import operations as journal
from ledger.queries import keys_posted
from ledger.rules import Line, Posting

from .merits import Merit
from .promoting import grant_badges, promote
from .tallying import among, day_of, lock_users, so_far, tally

FRESH = timedelta(minutes=5)


def give_points(*, user_id: int, rule: str, source: str, at: datetime | None = None) -> None:
    """Give the points of ``rule`` once for ``source``; beyond the rule's daily count it counts but earns nothing."""
    give_many([Merit(user_id=user_id, rule=rule, source=source, at=at or timezone.now())])


@transaction.atomic
def give_many(merits: Sequence[Merit]) -> None:
    """Give the points of many acts, in their order; the number of statements does not grow with theirs."""
    rules = {
        rule.code: rule for rule in Rule.objects.filter(code__in={one.rule for one in merits}, ended_at__isnull=True)
    }
    users = lock_users({one.user_id for one in merits})
    new = _not_yet_given([one for one in merits if one.rule in rules and one.user_id in users])
    if not new:
        return
    before = so_far({one.user_id for one in new})
    earned = _cap(new, rules, users)
    given = [(one, points) for one, points in earned if points]
    posted = journal.post_many(postings=[_posting(one, points) for one, points in given])
    tally(earned, rules, users)
    _announce(given, posted)
    _congratulate(given, rules)
    promote(before, earned)
    grant_badges(before, new, rules)


def _not_yet_given(merits: Sequence[Merit]) -> list[Merit]:
    fresh = {one.key: one for one in reversed(merits)}
    given = keys_posted(fresh)
    return [one for one in merits if one.key not in given and fresh.get(one.key) is one]


def _cap(
    merits: Sequence[Merit], rules: dict[str, Rule], users: dict[int, zoneinfo.ZoneInfo]
) -> list[tuple[Merit, int]]:
    counted: dict[tuple[int, date, int], int] = defaultdict(int)
    days = {day_of(one.at, users[one.user_id]) for one in merits}
    tallies = Tally.objects.filter(user_id__in=among(users), date__in=days).values_list(
        "user_id", "date", "rule_id", "times"
    )
    counted.update({(user_id, day, rule_id): times for user_id, day, rule_id, times in tallies})
    earned = []
    for one in merits:
        rule = rules[one.rule]
        place = (one.user_id, day_of(one.at, users[one.user_id]), rule.pk)
        counted[place] += 1
        earned.append((one, rule.points if counted[place] <= rule.times_a_day else 0))
    return earned


def _posting(merit: Merit, points: int) -> Posting:
    return Posting(
        key=merit.key, kind=merit.rule, happened_at=merit.at,
        lines=(Line(account_of(merit.user_id), points), Line(ISSUED, -points)),
    )  # fmt: skip


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
