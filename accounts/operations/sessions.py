"""Sessions that end, and what must hear of it."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.events import EmailVerified, LoggedOut
from accounts.models import User
from core import events
from core.realtime import sending


@transaction.atomic
def note_logout(*, user: User) -> None:
    """Say that a session of ``user`` ended, so that sockets opened by it close."""
    events.publish(LoggedOut(user_id=user.pk), by=user, subject=f"user:{user.pk}")
    sending.recheck(user_id=user.pk)


@transaction.atomic
def note_verified_address(*, user: User) -> None:
    """Say that ``user`` showed an address to be theirs."""
    events.publish(EmailVerified(user_id=user.pk), by=user, subject=f"user:{user.pk}")


@transaction.atomic
def end_session(*, session: UserSession, by: User) -> None:
    """
    End one session of ``by``, on whatever device it is.

    :raises NotYours: if it belongs to somebody else.
    """
    if session.user_id != by.pk:
        raise NotYours
    session.end()
    note_logout(user=by)


@transaction.atomic
def end_other_sessions(*, user: User, current_key: str) -> None:
    """End every session of ``user`` but the one with ``current_key``."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=current_key):
        session.end()
    note_logout(user=user)


class NotYours(Exception):
    """The session belongs to somebody else."""
