"""What may be asked of the stream."""

import json
from typing import Any

from core.web.prepared import Prepared

from .facts import Fact
from .listening import Listener

Row = tuple[Any, ...]
FIELDS = "id, name, version, payload::text, actor_id, happened_at, position"
LOOKED_AT = 2_000
"""So many of the newest facts are looked through; a listener that is further behind has more to catch up with than one person's."""


def _ahead(looked_at: int) -> Prepared:
    # One statement, so one snapshot: a fact that is given its place meanwhile is found where it was, and once.
    sql = f"""
        WITH newest AS (SELECT * FROM events_intake ORDER BY xid DESC, id DESC LIMIT {looked_at}),
        ahead AS (
            SELECT greatest(last - {looked_at}, coalesce((SELECT position FROM events_cursor WHERE listener = %(listener)s), 0)) AS of
            FROM events_sequencer
        )
        SELECT {FIELDS} FROM events_fact WHERE position > (SELECT of FROM ahead) AND actor_id = %(actor)s AND name = ANY(%(names)s)
        UNION ALL
        SELECT {FIELDS.replace(", position", ", NULL")} FROM newest WHERE actor_id = %(actor)s AND name = ANY(%(names)s)
    """  # noqa: S608 - the names of our own columns
    return Prepared.of_sql(sql, listener="text", actor="id", names="keys")


_AHEAD = _ahead(LOOKED_AT)


def ahead_of(*, listener: Listener, actor_id: int) -> list[Fact]:
    """
    The latest facts of one actor that ``listener`` has not read yet, in no order; one query.

    Whoever shows people what they have just done need not wait for a worker: what was derived, and these, are all that is known.
    Ask for these first, and for what was derived after that; what a worker reads in between is then found twice and not missed.
    """
    return [fact_in(row) for row in _AHEAD.rows(listener=listener.name, actor=actor_id, names=listener.facts)]


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
