"""Publishing: one row in the caller's transaction, one nudge after it."""

import json
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from . import nudging
from .facts import Fact

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being served; every fact and log line of it carries the same one."""

_COLUMNS = "(name, version, happened_at, actor_id, subject, request_id, payload)"


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
    if not connection.in_atomic_block:
        raise RuntimeError("A fact is published in the transaction that makes it true.")
    at = happened_at or timezone.now()
    actor = getattr(by, "pk", by)
    rows = [(f.name, f.version, at, actor, subject, request_id.get(), json.dumps(f.payload)) for f in facts]
    if not rows:
        return
    values = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO events_fact {_COLUMNS} VALUES {values}", [cell for row in rows for cell in row])  # noqa: S608
    _nudge_once_after_commit()


def _nudge_once_after_commit() -> None:
    # Many facts in one transaction need one nudge. A savepoint that is rolled back takes its callbacks along, so
    # the list of callbacks itself is asked and not a flag of ours.
    if not any(waiting[1] is nudging.nudge_sequencer for waiting in connection.run_on_commit):
        transaction.on_commit(nudging.nudge_sequencer)
