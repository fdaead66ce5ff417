"""The sequencer: gives committed facts their place in the stream."""

from django.db import connection, transaction

AT_ONCE = 5_000
_LOCK = 7_201_845_331  # any number, as long as nobody else locks it

COLUMNS = "id, name, version, happened_at, recorded_at, actor_id, subject, request_id, payload, xid"
_SETTLED = "(xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))"

# Nobody can say how full the intake is: it is empty each time that its statistics are taken. So the first ones are taken up to the last
# of them, not by joining with all of them, and by the index: a plan for an empty table would read a million rows for each portion.
_ALONE = "SELECT pg_advisory_xact_lock(%s), set_config('enable_seqscan', 'off', true)"
_NUMBER = f"""
    WITH last AS (
        SELECT xid, id FROM (
            SELECT xid, id FROM events_intake WHERE {_SETTLED} ORDER BY xid, id LIMIT %s
        ) AS first
        ORDER BY xid DESC, id DESC LIMIT 1
    ), taken AS (
        DELETE FROM events_intake
        WHERE {_SETTLED} AND (xid, id) <= ((SELECT xid FROM last), (SELECT id FROM last))
        RETURNING *
    ), numbered AS (
        INSERT INTO events_fact ({COLUMNS}, position)
        SELECT {COLUMNS}, (SELECT last FROM events_sequencer) + row_number() OVER (ORDER BY xid, id) FROM taken
        RETURNING name
    ), moved AS (
        UPDATE events_sequencer SET last = last + (SELECT count(*) FROM taken)
    )
    SELECT name, count(*) FROM numbered GROUP BY name
"""  # noqa: S608 - the names of our own columns


def sequence(*, limit: int = AT_ONCE) -> dict[str, int]:
    """
    Move the next facts from the intake into the stream, numbered in the order ``(xid, id)``; return how many of each name there were.

    Ids are handed out before commit, so a lower id can appear after a higher one was read. A fact is numbered only when no
    transaction that could still write an earlier one is open (its xid lies below the snapshot's xmin), or when its xid comes
    from another server's life, as after a restore (at or above xmax).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # In a statement of its own: the next one takes its snapshot only when the lock is ours, and so sees all that the
        # sequencer before us has numbered.
        cursor.execute(_ALONE, [_LOCK])
        cursor.execute(_NUMBER, [limit])
        return dict(cursor.fetchall())


def is_anything_waiting() -> bool:
    """Whether committed facts wait above the bound because some transaction is still open."""
    return state()[1]


def state() -> tuple[int, bool]:
    """The last position that was given, and whether committed facts wait for theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last, EXISTS (SELECT FROM events_intake) FROM events_sequencer")
        last, is_waiting = cursor.fetchone()
    return last, is_waiting
