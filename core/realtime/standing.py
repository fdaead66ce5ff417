"""Whether those behind open sockets are still who they were: logged in, active, not suspended."""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from core.audience import keys


class Standing(NamedTuple):
    """What a socket was opened on: a session, and a member who may take part."""

    session_key: str
    user_id: int
    is_welcome: bool


def of(*, user: Any, session: Any) -> Standing:
    """What ``user`` stands on now."""
    return Standing(session.session_key or "", user.pk, _is_welcome(user))


def changed(standings: Iterable[Standing]) -> set[Standing]:
    """
    Those of ``standings`` that are no longer true, in two queries however many there are.

    A log-out deletes the session's row, so this finds it even when no word of it arrives.
    """
    asked = set(standings)
    sessions = Session.objects.filter(
        session_key__in={one.session_key for one in asked}, expire_date__gt=timezone.now()
    )
    alive = set(sessions.values_list("session_key", flat=True))
    users = get_user_model()._default_manager.in_bulk({one.user_id for one in asked})  # noqa: SLF001 - Django's own name
    return {
        one
        for one in asked
        if one.session_key not in alive or one.user_id not in users or _is_welcome(users[one.user_id]) != one.is_welcome
    }


def user_now(*, user: Any, session: Any) -> Any | None:
    """``user`` as the database has them now; None if this session does not stand for them any more."""
    fresh = get_user(cast("HttpRequest", _Holder(session.__class__(session.session_key))))
    return fresh if fresh.is_authenticated and fresh.pk == user.pk else None


def _is_welcome(user: Any) -> bool:
    return bool(user.is_active and not keys.is_suspended(user))


class _Holder:
    """What ``get_user`` expects of a request."""

    def __init__(self, session: Any) -> None:
        self.session = session
