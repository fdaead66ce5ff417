"""What workers do for the stream: number, read, relay; and the sweep that catches a lost nudge."""

import time
from collections import Counter

from celery import shared_task
from django.db import connection

from . import nudging, operations, outbox, sequencing
from .listening import Listener

TURN_SECONDS = 60.0
"""Well below the time limit of a task, which would end it in the middle of a batch."""


@shared_task(name="core.events.tasks.advance")
def advance(seen: int | None = None, paused: float = 0) -> None:
    """
    Number what waits, nudge those who listen to it, and come back a moment later until nothing follows.

    ``seen`` is the last position that the look before this one left; without it, somebody has rung. Whoever has rung publishes
    quietly for a while, so a ring is always followed by a second look, and one that finds news by another one. Facts that an
    open transaction holds back are looked for again after 50 ms, and then after ever longer pauses (``paused`` is the last one). The more
    was found, the longer it stays away.
    """
    nudging.begun("sequencer")
    numbered = _number_all()
    _nudge_listeners(set(numbered))
    last, is_waiting = sequencing.state()
    if is_waiting:
        nudging.look_again_soon(found=numbered.total(), paused=0 if numbered else paused)
    elif last != seen:
        nudging.look_again(last, found=numbered.total())


@shared_task(name="core.events.tasks.consume")
def consume(name: str) -> None:
    """Let one listener read until it has caught up, or for a minute; then it is somebody else's turn."""
    nudging.begun(f"listener:{name}")
    until = time.monotonic() + TURN_SECONDS
    try:
        while operations.consume(listener=Listener.known[name]) == operations.BATCH:
            if time.monotonic() > until:
                nudging.nudge_listener(name)
                return
    except operations.Busy:
        nudging.nudge_listener(name, after_seconds=0.1)


@shared_task(name="core.events.tasks.relay")
def relay() -> None:
    """Send what is due in the outbox."""
    nudging.begun("relay")
    while outbox.relay() > 0:
        pass


@shared_task(name="core.events.tasks.sweep")
def sweep() -> None:
    """Number what waits and let everyone read who is behind, whether or not a nudge came."""
    sequencing.sequence()
    failures = []
    for name in _behind():
        try:
            consume(name)
        except Exception as failure:  # noqa: BLE001 - raised below, after those who can read have read
            failures.append(failure)
    if failures:
        raise ExceptionGroup("listeners that could not read", failures)


@shared_task(name="core.events.tasks.make_partitions")
def make_partitions() -> None:
    """See that the months of the coming year have their partitions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT events_make_partitions(12)")


def _number_all() -> Counter[str]:
    """How many facts of each name were given their place."""
    found: Counter[str] = Counter()
    while numbered := Counter(sequencing.sequence()):
        found += numbered
        if numbered.total() < sequencing.AT_ONCE:
            break
    return found


def _nudge_listeners(names: set[str]) -> None:
    for listener in Listener.known.values():
        if names.intersection(listener.facts):
            nudging.nudge_listener(listener.name)


def _behind() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT known.name FROM unnest(%s) AS known(name) LEFT JOIN events_cursor ON listener = known.name "
            "WHERE coalesce(position, 0) < (SELECT last FROM events_sequencer)",
            [list(Listener.known)],
        )
        return [name for (name,) in cursor.fetchall()]
