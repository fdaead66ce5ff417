"""The outbox: what leaves the database is first a row in it, written in the transaction that makes it due."""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from . import nudging
from .models import OutboxMessage

logger = logging.getLogger(__name__)

Deliver = Callable[[OutboxMessage], None]
Words = str | Promise
_deliveries: dict[str, Deliver] = {}
_words: dict[str, Words] = {}
_first: set[str] = set()

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 12
LONGEST_PAUSE_SECONDS = 6 * 3600


class Due(NamedTuple):
    """A message to be written into the outbox."""

    kind: str
    key: str
    payload: dict[str, Any]
    due_at: datetime | None = None


def delivers(kind: str, *, called: Words, goes_first: bool = False) -> Callable[[Deliver], Deliver]:
    """
    Let the decorated function send messages of ``kind``, which the desk knows as ``called``.

    It runs outside any transaction and may run twice for one message. What ``goes_first`` does not stand behind a week's
    digests: a relay looks for it again after every few other messages.
    """

    def register(deliver: Deliver) -> Deliver:
        _deliveries[kind], _words[kind] = deliver, called
        if goes_first:
            _first.add(kind)
        return deliver

    return register


def in_words(kind: str) -> str:
    """What messages of ``kind`` are called; itself where nothing sends them any more."""
    return str(_words.get(kind, kind))


def enqueue(*, kind: str, key: str, payload: dict[str, Any], due_at: datetime | None = None) -> None:
    """
    Write a message into the outbox, in the caller's transaction; a second one with the same ``key`` changes nothing.

    :raises RuntimeError: outside a transaction.
    """
    enqueue_many([Due(kind, key, payload, due_at)])


def enqueue_many(due: Sequence[Due]) -> None:
    """
    Write many messages in one statement, otherwise as ``enqueue``.

    :raises RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A message is enqueued in the transaction that makes it due.")
    now = timezone.now()
    OutboxMessage.objects.bulk_create(
        [OutboxMessage(kind=one.kind, key=one.key, payload=one.payload, due_at=one.due_at or now) for one in due],
        ignore_conflicts=True,
    )
    if due:
        nudging.once_after_commit(nudging.nudge_relay)


def relay(*, limit: int = 20) -> int:
    """Send what is due, one after the other, what goes first before the rest; return how many were tried."""
    tried = _relay(limit, kind__in=_first)
    return tried + _relay(limit - tried)


def _relay(limit: int, **only: Any) -> int:
    for tried in range(limit):
        message = _claim(**only)
        if message is None:
            return tried
        _deliver(message)
    return limit


def send_at_once(*, key: str) -> None:
    """Send the message with ``key`` here and now, unless it is not due or somebody is at it; if it fails it is tried again like any other."""
    message = _claim(key=key)
    if message is not None:
        _deliver(message)


def send_again(messages: QuerySet[OutboxMessage]) -> int:
    """Let those of ``messages`` that were given up be tried from the start; return how many there were."""
    given_up = messages.filter(dead_at__isnull=False, done_at__isnull=True)
    count = given_up.update(dead_at=None, attempts=0, due_at=timezone.now())
    transaction.on_commit(nudging.nudge_relay)
    return count


@transaction.atomic
def _claim(**only: Any) -> OutboxMessage | None:
    """
    Take the next message that is due, for as long as its lease; other relays pass over it.

    One at a time: of twenty, the last one's lease would end while the first ones wait for a slow server.
    """
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    waiting = OutboxMessage.objects.filter(free, done_at__isnull=True, dead_at__isnull=True, due_at__lte=now, **only)
    message = waiting.select_for_update(skip_locked=True).order_by("due_at", "pk").first()
    if message is None:
        return None
    # The attempt is counted when it begins: a message that kills its worker must not be tried for ever.
    message.attempts += 1
    message.leased_until = now + LEASE
    if message.attempts > MOST_ATTEMPTS:
        logger.error("outbox: %s ended its worker and is given up", message)
        message.attempts, message.dead_at, message.leased_until = MOST_ATTEMPTS, now, None
    message.save(update_fields=["attempts", "leased_until", "dead_at"])
    return message


def _deliver(message: OutboxMessage) -> None:
    if message.dead_at is not None:
        return
    try:
        _deliveries[message.kind](message)
    except Exception as error:  # noqa: BLE001 - any failure of the outside world is noted on the row and tried again
        _postpone(message, error)
    else:
        OutboxMessage.objects.filter(pk=message.pk).update(done_at=timezone.now(), leased_until=None, last_error="")


def _postpone(message: OutboxMessage, error: Exception) -> None:
    logger.warning("outbox: %s failed on attempt %d: %s", message, message.attempts, error)
    now = timezone.now()
    is_over = message.attempts >= MOST_ATTEMPTS
    pause = min(2**message.attempts, LONGEST_PAUSE_SECONDS) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, not a secret
    OutboxMessage.objects.filter(pk=message.pk).update(
        last_error=f"{type(error).__name__}: {error}"[:2_000],
        leased_until=None,
        due_at=now + timedelta(seconds=pause),
        dead_at=now if is_over else None,
    )
