"""Reading the stream: batches, exactly once, past poison."""

import logging
import traceback
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from .facts import Fact
from .listening import Listener, NotRebuildable
from .models import Cursor, DeadLetter

logger = logging.getLogger(__name__)

BATCH = 500
_PASSING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock time-out


class Busy(Exception):
    """Another worker is reading for this listener at this moment."""


def consume(*, listener: Listener, limit: int = BATCH) -> int:
    """
    Let ``listener`` take its next facts and move its cursor, in one transaction; return how many positions were read.

    :raises Busy: if another worker holds the cursor.
    """
    try:
        with transaction.atomic():
            return _consume(listener, limit, is_careful=False)
    except Busy:
        raise
    except OperationalError:
        raise
    except Exception:  # noqa: BLE001 - whatever a handler raises, the second, careful reading finds out which fact it was
        logger.info("%s: a fact failed; reading the batch again one by one", listener.name)
    with transaction.atomic():
        return _consume(listener, limit, is_careful=True)


def replay(*, listener: Listener) -> None:
    """
    Throw away what ``listener`` derived and read the stream again from its beginning.

    :raises NotRebuildable: if its effects cannot be repeated.
    """
    if not listener.is_rebuildable:
        raise NotRebuildable(listener.name)
    with transaction.atomic():
        _lock(listener)
        listener.reset()
        DeadLetter.objects.filter(listener=listener.name).delete()
        Cursor.objects.filter(listener=listener.name).update(position=0)
    while consume(listener=listener):
        pass


def retry_dead_letter(*, letter: DeadLetter) -> None:
    """Hand the fact to its listener once more; whatever the handler raises is raised."""
    listener = Listener.known[letter.listener]
    with transaction.atomic():
        _lock(listener)
        letter = DeadLetter.objects.select_for_update().get(pk=letter.pk)
        if letter.resolved_at is None:
            fact = _read_one(letter.fact_id)
            _handle_carefully(listener, [fact] if fact else [], is_retry=True)
            letter.resolved_at = timezone.now()
            letter.save(update_fields=["resolved_at"])


def _consume(listener: Listener, limit: int, *, is_careful: bool) -> int:
    cursor = _lock(listener)
    rows = _rows_after(cursor.position, limit)
    if not rows:
        return 0
    facts = [_fact(row) for row in rows if row[1] in listener.facts]
    now = timezone.now()
    facts = [fact for fact in facts if not listener.is_too_late_for(fact, as_of=now)]
    if is_careful:
        _handle_carefully(listener, facts)
    else:
        _handle(listener, facts)
    cursor.position = rows[-1][6]
    cursor.save(update_fields=["position", "moved_at"])
    return len(rows)


def _lock(listener: Listener) -> Cursor:
    Cursor.objects.get_or_create(listener=listener.name)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(pk=listener.name).first()
    if cursor is None:
        raise Busy(listener.name)
    return cursor


_FIELDS = "id, name, version, payload::text, actor_id, happened_at, position"


def _rows_after(position: int, limit: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_FIELDS} FROM events_fact WHERE position > %s ORDER BY position LIMIT %s",  # noqa: S608
            [position, limit],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _read_one(fact_id: int) -> Fact | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_FIELDS} FROM events_fact WHERE id = %s", [fact_id])  # noqa: S608
        row = cursor.fetchone()
    return _fact(row) if row else None


def _fact(row: tuple[Any, ...]) -> Fact:
    import json

    fact_id, name, version, payload, actor_id, happened_at, position = row
    return Fact.known[name].read(
        id=fact_id,
        version=version,
        payload=json.loads(payload),
        actor_id=actor_id,
        happened_at=happened_at,
        position=position,
    )


def _handle(listener: Listener, facts: list[Fact]) -> None:
    for kinds, handler in listener.bulk:
        if batch := [fact for fact in facts if fact.name in kinds]:
            handler(batch)
    for fact in facts:
        for handler in listener.handlers.get(fact.name, []):
            handler(fact)


def _handle_carefully(listener: Listener, facts: list[Fact], *, is_retry: bool = False) -> None:
    for fact in facts:
        try:
            with transaction.atomic():
                _handle(listener, [fact])
        except Exception as error:
            if is_retry or _is_passing(error):
                raise
            _bury(listener, fact, traceback.format_exc()[-4_000:])


def _is_passing(error: Exception) -> bool:
    """Whether the same fact may well be taken a moment later: then the whole batch is read again, and nothing is buried."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(error, OperationalError) and (code is None or code in _PASSING)


def _bury(listener: Listener, fact: Fact, error: str) -> None:
    logger.error("%s cannot take %s #%s:\n%s", listener.name, fact.name, fact.id, error)
    DeadLetter.objects.update_or_create(
        listener=listener.name,
        fact_id=fact.id,
        defaults={"fact_name": fact.name, "position": fact.position, "error": error},
    )
