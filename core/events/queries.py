"""What may be asked of the stream."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.web.prepared import Prepared

from .facts import Fact

Row = tuple[Any, ...]
FIELDS = "id, name, version, payload::text, actor_id, happened_at, position"
LOOKED_AT = 2_000
"""So many of the newest facts are looked through; a listener that is further behind has more to catch up with than one person's."""
_UNREAD = "unread:"
_TOLD = f"id, '{_UNREAD}' || json_build_array(name, version, payload, actor_id, happened_at, position)::text"


def _ahead(looked_at: int) -> Prepared:
    # One statement, so one snapshot: a fact that is given its place meanwhile is found where it was, and once.
    sql = f"""
        WITH newest AS (SELECT *, NULL AS position FROM events_intake ORDER BY xid DESC, id DESC LIMIT {looked_at}),
        ahead AS (
            SELECT greatest(last - {looked_at}, coalesce((SELECT position FROM events_cursor WHERE listener = %(listener)s), 0)) AS of
            FROM events_sequencer
        )
        SELECT {_TOLD} FROM events_fact WHERE position > (SELECT of FROM ahead) AND actor_id = %(actor)s AND name = ANY(%(names)s)
        UNION ALL
        SELECT {_TOLD} FROM newest WHERE actor_id = %(actor)s AND name = ANY(%(names)s)
    """  # noqa: S608 - the names of our own columns
    return Prepared.of_sql(sql, listener="text", actor="id", names="keys")


AHEAD = _ahead(LOOKED_AT)
"""
The latest facts of one ``actor``, by ``names``, that ``listener`` has not read yet, in no order: rows that ``facts_ahead`` reads, and that
may stand beside others of a number and a text.

Whoever shows people what they have just done need not wait for a worker: what was derived, and these, are all that is known.
Ask for these first, and for what was derived after that; what a worker reads in between is then found twice and not missed.
"""


def facts_ahead(rows: Iterable[tuple[int, str]]) -> list[Fact]:
    """The facts among ``rows`` that ``AHEAD`` found."""
    return [_fact_ahead(number, text.removeprefix(_UNREAD)) for number, text in rows if text.startswith(_UNREAD)]


def _fact_ahead(number: int, text: str) -> Fact:
    name, version, payload, actor_id, happened_at, position = json.loads(text)
    return Fact.known[name].read(
        id=number, version=version, payload=payload, actor_id=actor_id, happened_at=datetime.fromisoformat(happened_at), position=position,
    )  # fmt: skip


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
