"""Reading the stream: batches, exactly once, past poison."""

import logging
import time
import traceback

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from .facts import Fact
from .listening import Listener, NotRebuildable
from .models import Cursor, DeadLetter
from .queries import FIELDS, Row, fact_in

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
    if not Cursor.objects.filter(pk=listener.name).exists():
        _begin(listener)
    try:
        return _consume(listener, limit, is_careful=False)
    except Busy:
        raise
    except Exception as error:
        # Whatever else a handler raises, the second, careful reading finds out which fact it was.
        if _is_passing(error):
            raise
        logger.info("%s: a fact failed; reading the batch again one by one", listener.name)
    return _consume(listener, limit, is_careful=True)


def replay(*, listener: Listener) -> None:
    """
    Throw away what ``listener`` derived and read the stream again from its beginning.

    :raises NotRebuildable: if its effects cannot be repeated.
    """
    if not listener.is_rebuildable:
        raise NotRebuildable(listener.name)
    _begin(listener)
    with transaction.atomic():
        _lock(listener)
        listener.reset()
        DeadLetter.objects.filter(listener=listener.name).delete()
        Cursor.objects.filter(listener=listener.name).update(position=0)
    while _read_on(listener):
        pass


def _read_on(listener: Listener) -> int:
    try:
        return consume(listener=listener)
    except Busy:
        # A worker was nudged meanwhile and reads for us.
        time.sleep(0.05)
        return 1


def retry_dead_letter(*, letter: DeadLetter) -> None:
    """Hand the fact to its listener once more; whatever the handler raises is raised."""
    listener = Listener.known[letter.listener]
    with transaction.atomic():
        _lock(listener)
        letter = DeadLetter.objects.select_for_update().get(pk=letter.pk)
        if letter.resolved_at is None:
            if (fact := _read_one(letter.fact_id)) is not None:
                _handle(listener, [fact])
            letter.resolved_at = timezone.now()
            letter.save(update_fields=["resolved_at"])


@transaction.atomic
def _consume(listener: Listener, limit: int, *, is_careful: bool) -> int:
    cursor = _lock(listener)
    upto = _end_of_batch(cursor.position, limit)
    if upto <= cursor.position:
        return 0
    rows = _rows(listener, cursor.position, upto)
    if is_careful:
        _take_carefully(listener, rows)
    else:
        _handle(listener, _in_time(listener, [fact_in(row) for row in rows]))
    read = upto - cursor.position
    cursor.position = upto
    cursor.save(update_fields=["position", "moved_at"])
    return read


def _lock(listener: Listener) -> Cursor:
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(pk=listener.name).first()
    if cursor is None:
        raise Busy(listener.name)
    return cursor


def _begin(listener: Listener) -> None:
    """Give a new listener its cursor, committed before it reads: whoever made it while reading would keep others waiting."""
    Cursor.objects.bulk_create([Cursor(listener=listener.name)], ignore_conflicts=True)


def _end_of_batch(position: int, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT least(last, %s) FROM events_sequencer", [position + limit])
        upto: int = cursor.fetchone()[0]
    return upto


def _rows(listener: Listener, position: int, upto: int) -> list[Row]:
    # Between two bounds: without the upper one the database may gather and sort all that is left for each batch.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {FIELDS} FROM events_fact WHERE position > %s AND position <= %s AND name = ANY(%s) ORDER BY position",  # noqa: S608
            [position, upto, listener.facts],
        )
        rows: list[Row] = cursor.fetchall()
    return rows


def _read_one(fact_id: int) -> Fact | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FIELDS} FROM events_fact WHERE id = %s", [fact_id])  # noqa: S608
        row = cursor.fetchone()
    return fact_in(row) if row else None


def _handle(listener: Listener, facts: list[Fact]) -> None:
    for kinds, handler in listener.bulk:
        if batch := [fact for fact in facts if fact.name in kinds]:
            handler(batch)
    for fact in facts:
        for handler in listener.handlers.get(fact.name, []):
            handler(fact)


def _in_time(listener: Listener, facts: list[Fact]) -> list[Fact]:
    now = timezone.now()
    return [fact for fact in facts if not listener.is_too_late_for(fact, as_of=now)]


def _take_carefully(listener: Listener, rows: list[Row]) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                _handle(listener, _in_time(listener, [fact_in(row)]))
        except Exception as error:
            if _is_passing(error):
                raise
            _bury(listener, row, traceback.format_exc()[-4_000:])


def _is_passing(error: Exception) -> bool:
    """Whether the same fact may well be taken a moment later: then the whole batch is read again, and nothing is buried."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(error, OperationalError) and (code is None or code in _PASSING)


def _bury(listener: Listener, row: Row, error: str) -> None:
    fact_id, name, position = row[0], row[1], row[6]
    logger.error("%s cannot take %s #%s:\n%s", listener.name, name, fact_id, error)
    DeadLetter.objects.update_or_create(
        listener=listener.name, fact_id=fact_id, defaults={"fact_name": name, "position": position, "error": error}
    )
