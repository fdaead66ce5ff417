"""What may be asked of the stream."""

import json
from typing import Any

from django.db import connection

from .facts import Fact
from .listening import Listener

Row = tuple[Any, ...]
FIELDS = "id, name, version, payload::text, actor_id, happened_at, position"
LOOKED_AT = 2_000
"""So many of the newest facts are looked through; a listener that is further behind has more to catch up with than one person's."""

# One statement, so one snapshot: a fact that is given its place meanwhile is found where it was, and once.
_AHEAD = f"""
    WITH newest AS (SELECT * FROM events_intake ORDER BY xid DESC, id DESC LIMIT {LOOKED_AT}),
    ahead AS (
        SELECT greatest(last - {LOOKED_AT}, coalesce((SELECT position FROM events_cursor WHERE listener = %s), 0)) AS of
        FROM events_sequencer
    )
    SELECT {FIELDS} FROM events_fact WHERE position > (SELECT of FROM ahead) AND actor_id = %s AND name = ANY(%s)
    UNION ALL
    SELECT {FIELDS.replace(", position", ", NULL")} FROM newest WHERE actor_id = %s AND name = ANY(%s)
"""  # noqa: S608 - the names of our own columns


def ahead_of(*, listener: Listener, actor_id: int) -> list[Fact]:
    """
    The latest facts of one actor that ``listener`` has not read yet, in no order; one query.

    Whoever shows people what they have just done need not wait for a worker: what was derived, and these, are all that is known.
    Ask for these first, and for what was derived after that; what a worker reads in between is then found twice and not missed.
    """
    names = listener.facts
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, [listener.name, actor_id, names, actor_id, names])
        return [fact_in(row) for row in cursor.fetchall()]


def fact_in(row: Row) -> Fact:
    """The fact that the columns ``FIELDS`` hold."""
    fact_id, name, version, payload, actor_id, happened_at, position = row
    return Fact.known[name].read(
        id=fact_id,
        version=version,
        payload=json.loads(payload),
        actor_id=actor_id,
        happened_at=happened_at,
        position=position,
    )
