"""Telling people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.realtime import sending
from core.web import mail
from notifications import queries
from notifications.models import Kind, Notification, Preference

MUST_ARRIVE = {Kind.PAID, Kind.REFUNDED, Kind.DECLINED, Kind.OWED, Kind.PAYOUT}
"""What cannot be switched off: it is about the member's money."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """
    One thing that ``user`` is to be told, once for each ``key``.

    With a ``letter`` it is also a mail, of ``context`` and with the file that ``encloses`` names, for whoever wants one. ``at`` is when it happened: a list that was filled
    late is still in the order of what happened.
    """

    user: User
    kind: Kind
    subject_id: int
    key: str
    actor: User | None = None
    letter: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    encloses: str = ""
    at: datetime | None = None


def notify(
    *,
    user: User,
    kind: Kind,
    subject_id: int,
    key: str,
    actor: User | None = None,
    letter: str = "",
    context: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """
    Tell ``user`` once for each ``key``: in the list, at the bell, and by mail when there is a ``letter`` and they want it.

    Nobody is told what they did themselves.
    """
    notice = Notice(
        user=user, kind=kind, subject_id=subject_id, key=key, actor=actor, letter=letter, context=context or {}, at=at
    )
    notify_many([notice])


@transaction.atomic
def notify_many(notices: Sequence[Notice]) -> None:
    """Tell many people, in the order given, as ``notify`` tells one; the number of statements does not grow with theirs."""
    told: dict[str, Notice] = {}
    for one in notices:
        if one.actor is None or one.actor.pk != one.user.pk:
            told.setdefault(one.key, one)
    if not told:
        return
    Notification.objects.bulk_create([_row(one) for one in told.values()], ignore_conflicts=True)
    # Told before and read since: neither the bell nor a mail brings it up again.
    read = Notification.objects.filter(key__in=list(told), read_at__isnull=False).values_list("key", flat=True)
    for key in read:
        del told[key]
    everybody = {one.user.pk for one in told.values()}
    ring_for(user_ids=everybody)
    _say_in_open_inboxes(everybody)
    _write_to([one for one in told.values() if one.letter])


def ring_for(*, user_ids: Iterable[int]) -> None:
    """Show the number of unread notifications on every open page of each of these members."""
    counts = queries.unread_counts(user_ids=user_ids)
    words = {
        count: sending.in_every_language("notifications/bell.html", {"unread_count": count})
        for count in set(counts.values())
    }
    sending.send_many([
        sending.Said(stream=f"user:{pk}", action="replace", target="bell-count", html=words[count])
        for pk, count in sorted(counts.items())
    ])  # fmt: skip


def _say_in_open_inboxes(user_ids: Iterable[int]) -> None:
    """Offer what has come at the head of an open list, which does not move under the reader's eyes."""
    words = sending.in_every_language("notifications/news.html")
    sending.send_many([
        sending.Said(stream=f"user:{pk}", action="append", target="inbox-news", html=words) for pk in sorted(user_ids)
    ])  # fmt: skip


def wants_mail(*, user: User, kind: Kind) -> bool:
    """Whether ``user`` gets mails of ``kind``."""
    return kind in MUST_ARRIVE or (user.pk, kind) not in _unwanted({user.pk})


@transaction.atomic
def mark_read(*, user: User, notification_id: int | None = None) -> None:
    """Mark one notification, or all of them, as read."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if notification_id is not None:
        unread = unread.filter(pk=notification_id)
    if unread.update(read_at=timezone.now()):
        ring_for(user_ids=[user.pk])


@transaction.atomic
def set_mail(*, user: User, kind: Kind, is_wanted: bool) -> None:
    """Switch mails of ``kind`` on or off."""
    if is_wanted:
        Preference.objects.filter(user=user, kind=kind).delete()
    elif kind not in MUST_ARRIVE:
        Preference.objects.get_or_create(user=user, kind=kind)


def _row(one: Notice) -> Notification:
    return Notification(
        user=one.user, kind=one.kind, actor=one.actor, subject_id=one.subject_id, key=one.key, created_at=one.at or timezone.now()
    )  # fmt: skip


def _write_to(lettered: Sequence[Notice]) -> None:
    unwanted = _unwanted({one.user.pk for one in lettered})
    mail.enqueue_many([
        mail.Draft(template=f"notifications/mail/{one.letter}", context=one.context, key=f"notify:{one.key}", to_user=one.user, encloses=one.encloses)
        for one in lettered
        if one.kind in MUST_ARRIVE or (one.user.pk, one.kind) not in unwanted
    ])  # fmt: skip


def _unwanted(user_ids: set[int]) -> set[tuple[int, str]]:
    return set(Preference.objects.filter(user__in=user_ids).values_list("user_id", "kind")) if user_ids else set()
