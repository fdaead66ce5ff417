"""The time for which a membership was paid: one period follows the other, and none is lost."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from django.db import connection
from django.utils import timezone

from accounts.models import User
from payments import rules
from payments.models import Entitlement, Product


class Span(TypedDict):
    """When an entitlement begins, until when it was paid, when it ends, and when to look at it again."""

    starts_at: datetime
    runs_until: datetime | None
    ends_at: datetime | None
    due_at: datetime | None


def from_now(ends_at: datetime | None) -> Span:
    """From this moment on, until ``ends_at``."""
    return Span(starts_at=timezone.now(), runs_until=None, ends_at=ends_at, due_at=ends_at)


def trial(days: int) -> Span:
    """Some free days, which end without grace."""
    now = timezone.now()
    return _span(now, now + rules.days(days), now) | {"ends_at": now + rules.days(days)}  # type: ignore[return-value]


def next_period(*, user: User, product: Product, day: int = 0) -> Span:
    """
    The period of a plan: it begins where the one before was paid until, in its days of grace too, or else now.

    Two payments of one member at once wait for each other here, until the transaction ends.
    """
    lock(user_id=user.pk)
    now = timezone.now()
    begins = max((one.runs_until for one in _others(user.pk, product.key) if one.runs_until), default=now)
    return _span(begins, rules.period_end(begins=begins, period=product.period, day=day), now)


def move_up(ended: Entitlement) -> None:
    """Let the periods that were to follow ``ended`` begin earlier, so that nobody waits for what they have paid."""
    if ended.runs_until is None:
        return
    lock(user_id=ended.user_id)
    now, others = timezone.now(), _others(ended.user_id, ended.key)
    begins = max([now, *(one.runs_until for one in others if one.starts_at <= now and one.runs_until)])
    for one in (one for one in others if one.starts_at > now):
        runs_until = one.runs_until - (one.starts_at - begins) if one.runs_until else None
        Entitlement.objects.filter(pk=one.pk).update(**_span(begins, runs_until, now))
        begins = runs_until or begins


def lock(*, user_id: int) -> None:
    """Let nobody else give or end periods of this member until the transaction ends."""
    # The member's own row is locked before orders and cannot be locked after one.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('payments.periods'), %s)", [user_id])


def _others(user_id: int, key: str) -> Sequence[Entitlement]:
    return list(Entitlement.objects.not_over().filter(user_id=user_id, key=key).order_by("starts_at", "pk"))


def _span(begins: datetime, runs_until: datetime | None, now: datetime) -> Span:
    ends_at = runs_until + rules.GRACE if runs_until else None
    due_at = rules.next_look(runs_until=runs_until, ends_at=ends_at, after=now)
    return Span(starts_at=begins, runs_until=runs_until, ends_at=ends_at, due_at=due_at)
