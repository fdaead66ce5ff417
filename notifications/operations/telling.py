"""Telling people."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.realtime import sending
from core.web import mail
from notifications import queries
from notifications.models import Kind, Notification, Preference

MUST_ARRIVE = {Kind.PAID, Kind.REFUNDED, Kind.DECLINED, Kind.PAYOUT}
"""What cannot be switched off: it is about the member's money."""


@transaction.atomic
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

    ``at`` is when it happened: a list that was filled late is still in the order of what happened.
    Nobody is told what they did themselves.
    """
    if actor is not None and actor.pk == user.pk:
        return
    row = Notification(
        user=user, kind=kind, actor=actor, subject_id=subject_id, key=key, created_at=at or timezone.now()
    )
    Notification.objects.bulk_create([row], ignore_conflicts=True)
    if Notification.objects.filter(key=key).exclude(read_at__isnull=True).exists():
        return
    ring(user=user)
    if letter and wants_mail(user=user, kind=kind):
        mail.enqueue(to_user=user, template=f"notifications/mail/{letter}", context=context or {}, key=f"notify:{key}")


def ring(*, user: User) -> None:
    """Show the number of unread notifications on every open page of ``user``."""
    context = {"unread_count": queries.unread_count(user=user)}
    sending.send(
        stream=f"user:{user.pk}",
        action="replace",
        target="bell-count",
        template="notifications/bell.html",
        context=context,
    )


def wants_mail(*, user: User, kind: Kind) -> bool:
    """Whether ``user`` gets mails of ``kind``."""
    return kind in MUST_ARRIVE or not Preference.objects.filter(user=user, kind=kind).exists()


@transaction.atomic
def mark_read(*, user: User, notification_id: int | None = None) -> None:
    """Mark one notification, or all of them, as read."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True)
    if notification_id is not None:
        unread = unread.filter(pk=notification_id)
    if unread.update(read_at=timezone.now()):
        ring(user=user)


@transaction.atomic
def set_mail(*, user: User, kind: Kind, is_wanted: bool) -> None:
    """Switch mails of ``kind`` on or off."""
    if is_wanted:
        Preference.objects.filter(user=user, kind=kind).delete()
    elif kind not in MUST_ARRIVE:
        Preference.objects.get_or_create(user=user, kind=kind)
