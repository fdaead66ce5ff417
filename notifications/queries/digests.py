"""Who gets a digest this week, and what stands in it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

import courses.queries
import recsys.queries
from accounts.enums import Purpose
from accounts.models import User
from accounts.queries import has_consented, who_consents
from courses.queries import Resume
from notifications.models import Digest
from recsys.queries import Pick

CARDS, QUESTIONS = 5, 2
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


def monday_of(as_of: datetime) -> date:
    """The day on which the week of ``as_of`` began where the school is."""
    today = timezone.localdate(as_of)
    return today - timedelta(days=today.weekday())


def due_for_digest(*, as_of: datetime) -> QuerySet[User]:
    """Members who wanted it before this week began and have none of this week yet."""
    monday = monday_of(as_of)
    begun = timezone.make_aware(datetime.combine(monday, time.min))
    written = Digest.objects.filter(user=OuterRef("pk"), week=monday)
    able = Q(is_active=True, erased_at__isnull=True) & (Q(suspended_until__isnull=True) | Q(suspended_until__lte=as_of))
    found = who_consents(purpose=Purpose.MAIL, before=begun).filter(able)
    return found.filter(~Exists(written)).order_by("pk")


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
    since = monday_of(as_of) - NOT_AGAIN
    rows = Digest.objects.filter(user=viewer, week__gte=since).values_list("items", flat=True)
    return {name for items in rows for name in items}
