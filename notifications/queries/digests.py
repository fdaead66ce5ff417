"""Who gets a digest this week, and what stands in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from operator import or_
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

import courses.queries
import recsys.queries
from accounts.enums import Purpose
from accounts.models import User
from accounts.queries import has_consented, who_consents
from courses.queries import Resume
from notifications.models import Digest
from recsys.queries import Pick

CARDS, QUESTIONS = 5, 2
AWAKE = range(8, 20)
"""The hours at which a letter is written to somebody, by their own clock."""
NOT_AGAIN = timedelta(weeks=26)
"""What stood in a digest does not stand in another one for so long."""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a digest has for one member: where they stopped, what is for them with its reasons, what they could answer."""

    resume: Resume | None
    picks: list[Pick]
    questions: list[Pick]

    @property
    def names(self) -> list[str]:
        """What it recommends."""
        return [pick.item.name for pick in (*self.picks, *self.questions)]


def wants_digest(user: Any) -> bool:
    """Whether ``user`` said yes to news by mail: what nobody asked for is not sent."""
    return has_consented(user=user, purpose=Purpose.MAIL)


def monday_of(as_of: datetime, *, user: User) -> date:
    """The day on which the week of ``as_of`` began where ``user`` is."""
    return _monday(as_of.astimezone(_clock(user.time_zone)))


def due_for_digest(*, as_of: datetime) -> QuerySet[User]:
    """
    Members for whom it is day, who wanted it before their week began and have none of this week yet.

    Day and week are those of each one's own time zone. Two queries.
    """
    able = Q(is_active=True, erased_at__isnull=True) & (Q(suspended_until__isnull=True) | Q(suspended_until__lte=as_of))
    weeks: dict[tuple[date, datetime], list[str]] = {}
    for name in User.objects.filter(able).order_by("time_zone").values_list("time_zone", flat=True).distinct():
        there = as_of.astimezone(_clock(name))
        if there.hour in AWAKE:
            monday = _monday(there)
            weeks.setdefault((monday, datetime.combine(monday, time.min, there.tzinfo)), []).append(name)
    due = [_due_in(zones, monday, begun).filter(able).values("pk") for (monday, begun), zones in weeks.items()]
    return User.objects.filter(reduce(or_, (Q(pk__in=one) for one in due), Q(pk__in=()))).order_by("pk")


def _due_in(zones: Sequence[str], monday: date, begun: datetime) -> QuerySet[User]:
    written = Digest.objects.filter(user=OuterRef("pk"), week=monday)
    return who_consents(purpose=Purpose.MAIL, before=begun).filter(~Exists(written), time_zone__in=zones)


def _monday(there: datetime) -> date:
    return there.date() - timedelta(days=there.weekday())


def _clock(name: str) -> ZoneInfo:
    """The time zone called ``name``; the site's where the name means nothing, so that one bad row keeps nobody's letter back."""
    return ZoneInfo(name if name in _clocks() else settings.TIME_ZONE)


@cache
def _clocks() -> set[str]:
    # Looking opens every file of the zones, some six hundred.
    return available_timezones()


def contents(*, viewer: User, as_of: datetime) -> Contents:
    """
    What is for ``viewer`` this week: as in their feed, in languages they read, and nothing that an earlier digest had.

    With personalization off it is what many people are at, and says so.
    """
    resume = courses.queries.continue_learning(user=viewer)
    before = _sent_before(viewer, as_of) | ({f"lesson:{resume.lesson.pk}"} if resume else set())
    picks = recsys.queries.picks(viewer=viewer, limit=CARDS, without=before)
    shown = [pick for pick in picks if pick.item.language in viewer.reads]
    without = before | {pick.item.name for pick in shown}
    return Contents(
        resume=resume, picks=shown,
        questions=recsys.queries.answerable(viewer=viewer, limit=QUESTIONS, without=without),
    )  # fmt: skip


def _sent_before(viewer: User, as_of: datetime) -> set[str]:
    since = monday_of(as_of, user=viewer) - NOT_AGAIN
    rows = Digest.objects.filter(user=viewer, week__gte=since).values_list("items", flat=True)
    return {name for items in rows for name in items}
