"""For tests: facts that were published, and a worker played by hand."""

import time
from collections.abc import Callable

import pytest
from django.db import connection

from . import operations, outbox, sequencing
from .facts import Fact
from .listening import Listener

_FIELDS = "name, version, payload::text, actor_id, happened_at, id"
_READ = f"SELECT {_FIELDS} FROM events_fact UNION ALL SELECT {_FIELDS} FROM events_intake ORDER BY id"  # noqa: S608 - of our own columns


def published(*kinds: type[Fact]) -> list[Fact]:
    """The facts stored so far, oldest first; of ``kinds`` only, when given."""
    import json

    with connection.cursor() as cursor:
        cursor.execute(_READ)
        rows = cursor.fetchall()
    wanted = {kind.name for kind in kinds} or set(Fact.known)
    return [
        Fact.known[name].read(
            id=fact_id, position=0, version=version, payload=json.loads(payload), actor_id=actor, happened_at=at
        )
        for name, version, payload, actor, at, fact_id in rows
        if name in wanted
    ]


def work(*, sends: bool = True) -> None:
    """
    Play the worker: number every fact, let every listener catch up, then send what is due in the outbox.

    A test's transaction is never committed, so the sequencer's bound would hide its facts; they are numbered by id here.
    """
    for _ in range(10):
        _number()
        read = sum(operations.consume(listener=listener) for listener in list(Listener.known.values()))
        sent = outbox.relay(limit=1_000) if sends else 0
        if not read and not sent:
            return
    raise AssertionError("the listeners keep publishing: ten rounds were not enough")


def settle(*, seconds: float = 100) -> None:
    """
    Number everything that is committed, by the real sequencer.

    Its bound is that of the whole server, so a test beside us that holds a transaction open delays it; we wait.
    """
    until = time.monotonic() + seconds
    while sequencing.sequence() or sequencing.is_anything_waiting():
        assert time.monotonic() < until, "some transaction on this server stays open"
        time.sleep(0.02)


def _number() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH taken AS (DELETE FROM events_intake RETURNING *), numbered AS (INSERT INTO events_fact ({sequencing.COLUMNS}, position) "  # noqa: S608
            f"SELECT {sequencing.COLUMNS}, (SELECT last FROM events_sequencer) + row_number() OVER (ORDER BY id) FROM taken) "
            "UPDATE events_sequencer SET last = last + (SELECT count(*) FROM taken)"
        )


@pytest.fixture
def worker() -> Callable[[], None]:
    """The worker, played whenever the test calls it; fails the test when a listener could not take a fact."""
    from .models import DeadLetter

    def play(*, sends: bool = True) -> None:
        work(sends=sends)
        buried = list(DeadLetter.objects.values_list("listener", "fact_name", "error"))
        assert not buried, f"dead letters: {buried}"

    return play
