"""Publishing: one row in the caller's transaction, one nudge after it."""

import json
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from . import nudging
from .columns import columns_of
from .copying import copy_rows
from .facts import Fact

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being served; every fact and log line of it carries the same one."""

_COLUMNS = "(name, version, happened_at, actor_id, subject, request_id, payload)"
_INSERT = f"INSERT INTO events_intake {_COLUMNS} VALUES "  # noqa: S608 - of our own columns
_ROW = "(%s, %s, %s, %s, %s, %s, %s)"
AT_ONCE = 5_000


class Dated(NamedTuple):
    """A fact with its own time, for those who tell many at once: an import, a demo, a listener that reads a batch."""

    fact: Fact
    happened_at: datetime
    by: int | None = None
    subject: str = ""


def publish(fact: Fact, *, by: Any = None, subject: str = "", happened_at: datetime | None = None) -> None:
    """
    Store ``fact`` in the caller's transaction; listeners hear of it after the commit, each exactly once.

    ``by`` is the user (or the id of one) who did it; ``subject`` names the thing it is about, as in ``course:42``.

    :raises RuntimeError: outside a transaction, where a fact could be true without what made it so.
    """
    publish_all([fact], by=by, subject=subject, happened_at=happened_at)


def publish_all(
    facts: Iterable[Fact], *, by: Any = None, subject: str = "", happened_at: datetime | None = None
) -> None:
    """Store several facts of one actor at once, in the order given; otherwise as ``publish``."""
    # Asked for once: each look through Django's proxy costs as much as the row's JSON.
    own = connections[DEFAULT_DB_ALIAS]
    if not own.in_atomic_block:
        raise RuntimeError("A fact is published in the transaction that makes it true.")
    at = happened_at or timezone.now()
    about = (at, getattr(by, "pk", by), subject, request_id.get())
    rows = [(fact.name, fact.version, *about, json.dumps(fact.payload)) for fact in facts]
    if not rows:
        return
    _execute(own, _INSERT + ", ".join([_ROW] * len(rows)), [cell for row in rows for cell in row])
    nudging.once_after_commit(nudging.nudge_sequencer, own)


def publish_many_at(dated: Iterable[Dated]) -> None:
    """
    Store many facts of many actors, each with its own ``happened_at``, in the order given: in one statement, or by COPY where they are more than 5,000.

    :raises RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A fact is published in the transaction that makes it true.")
    request = request_id.get()
    rows = [
        (one.fact.name, one.fact.version, one.happened_at, one.by, one.subject, request, json.dumps(one.fact.payload))
        for one in dated
    ]
    if len(rows) > AT_ONCE:
        copy_rows(table="events_intake", columns=_COLUMNS[1:-1].split(", "), rows=rows)
    elif rows:
        _insert(rows)
    if rows:
        nudging.once_after_commit(nudging.nudge_sequencer)


def _execute(own: Any, statement: str, cells: Sequence[Any]) -> None:
    """Execute straight on the driver where nobody counts or logs statements: Django's own cursor costs half as much as the row."""
    if own.execute_wrappers or own.queries_logged or own.connection is None:
        with own.cursor() as cursor:
            cursor.execute(statement, cells)
        return
    own.validate_no_broken_transaction()
    with own.wrap_database_errors, own.connection.cursor() as cursor:
        cursor.execute(statement, cells)


def _insert(rows: Sequence[tuple[Any, ...]]) -> None:
    # Ordinality keeps ids, and so places in the stream, in the order given.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO events_intake {_COLUMNS} SELECT name, version, happened_at, actor_id, subject, request_id, payload "  # noqa: S608
            "FROM unnest(%s::text[], %s::int[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::jsonb[]) "
            f"WITH ORDINALITY AS given {_COLUMNS[:-1]}, place) ORDER BY place",
            columns_of(rows),
        )
