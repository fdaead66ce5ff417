"""The sequencer: gives committed facts their place in the stream."""

from django.db import connection, transaction

AT_ONCE = 5_000
_LOCK = 7_201_845_331  # any number, as long as nobody else locks it

_NUMBER = """
    WITH waiting AS (
        SELECT id, recorded_at, row_number() OVER (ORDER BY xid, id) AS place
        FROM (
            SELECT id, recorded_at, xid FROM events_fact
            WHERE position IS NULL
              AND (xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))
            ORDER BY xid, id
            LIMIT %s
        ) AS first
    ), numbered AS (
        UPDATE events_fact AS fact
        SET position = (SELECT last FROM events_sequencer) + waiting.place
        FROM waiting
        WHERE fact.id = waiting.id AND fact.recorded_at = waiting.recorded_at
        RETURNING fact.name
    ), moved AS (
        UPDATE events_sequencer SET last = last + (SELECT count(*) FROM waiting)
    )
    SELECT name, count(*) FROM numbered GROUP BY name
"""


def sequence(*, limit: int = AT_ONCE) -> dict[str, int]:
    """
    Number the next facts in the order ``(xid, id)`` and return how many of each name there were.

    Ids are handed out before commit, so a lower id can appear after a higher one was read. A fact is numbered only when no
    transaction that could still write an earlier one is open (its xid lies below the snapshot's xmin), or when its xid comes
    from another server's life, as after a restore (at or above xmax).
    """
    with transaction.atomic(), connection.cursor() as cursor:
        # In a statement of its own: the next one takes its snapshot only when the lock is ours, and so sees all that the
        # sequencer before us has numbered.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_NUMBER, [limit])
        return dict(cursor.fetchall())


def is_anything_waiting() -> bool:
    """Whether committed facts wait above the bound because some transaction is still open."""
    return state()[1]


def state() -> tuple[int, bool]:
    """The last position that was given, and whether committed facts wait for theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last, EXISTS (SELECT FROM events_fact WHERE position IS NULL) FROM events_sequencer")
        last, is_waiting = cursor.fetchone()
    return last, is_waiting
