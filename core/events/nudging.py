"""Nudges: at most one pending message per listener; losing one costs seconds, never a fact."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from core.web.breaker import Breaker

logger = logging.getLogger(__name__)
_breaker = Breaker("nudges")

PENDING_SECONDS = 5
"""How long a nudge counts as pending: a worker killed before it began would otherwise silence its listener."""

QUIET_SECONDS = 0.25
"""How long a process that has rung for the sequencer need not ring again: the sequencer comes back after that time by itself."""

HELD_SECONDS = 0.05

EACH_SECONDS = 0.002
"""How much longer the sequencer stays away for each fact that it found: what comes in a flood is cheaper to read by the hundred."""

LONGEST_SECONDS = 0.75
"""How long it stays away at most; what a member has done shows within two seconds, in a flood too."""

_rung_at = float("-inf")


def nudge_sequencer() -> None:
    """
    Ask a worker to number the facts that wait.

    A word to the broker costs as much as the fact itself, so it is said once in a while and not for each. What is committed
    within ``QUIET_SECONDS`` of it is found by the second look that follows every ring (``look_again``).
    """
    global _rung_at  # noqa: PLW0603 - of this process, whichever thread publishes
    # Before the ring and not after it: the second look is later than the ring by more than the quiet time.
    now = time.monotonic()
    if now - _rung_at >= QUIET_SECONDS:
        _rung_at = now
        _nudge("sequencer", "core.events.tasks.advance")


def look_again(last: int, *, found: int) -> None:
    """Let a worker come back for what is published quietly; ``last`` is the stream's last position now, ``found`` how many were new."""
    _nudge("sequencer", "core.events.tasks.advance", last, after_seconds=_pause(QUIET_SECONDS * 1.5, found))


def look_again_soon(*, found: int, paused: float = 0) -> None:
    """
    Let a worker come back for facts that an open transaction holds back, or that were committed while ``found`` others were numbered.

    After a look that found nothing, twice the pause before it: what is held back for long waits at most twice as long.
    """
    pause = _pause(min(max(HELD_SECONDS, 2 * paused), LONGEST_SECONDS), found)
    _nudge("sequencer", "core.events.tasks.advance", None, pause, after_seconds=pause)


def nudge_listener(name: str, *, after_seconds: float = 0) -> None:
    """Ask a worker to let listener ``name`` read on."""
    _nudge(f"listener:{name}", "core.events.tasks.consume", name, after_seconds=after_seconds)


def nudge_relay() -> None:
    """Ask a worker to send what waits in the outbox."""
    _nudge("relay", "core.events.tasks.relay")


def once_after_commit(nudge: Callable[[], None], own: Any = connection) -> None:
    """Let ``nudge`` follow the commit of the connection ``own``, once for however much of the transaction asks for it."""
    # A savepoint that is rolled back takes its callbacks along, so the list of callbacks itself is asked and not a flag of ours.
    if not any(waiting[1] is nudge for waiting in own.run_on_commit):
        own.on_commit(nudge)


def begun(what: str) -> None:
    """Note that the nudge for ``what`` has arrived: whatever is published from now on needs a new one."""
    with _breaker as broker:
        if broker is not None:
            broker.delete(f"nudge:{what}")


def _pause(shortest: float, found: int) -> float:
    return max(shortest, min(shortest + found * EACH_SECONDS, LONGEST_SECONDS))


def _nudge(what: str, task: str, *arguments: str | float | None, after_seconds: float = 0) -> None:
    from celery import current_app

    with _breaker as broker:
        if broker is None or not broker.set(f"nudge:{what}", 1, nx=True, ex=PENDING_SECONDS):
            return
        current_app.send_task(task, args=arguments, countdown=after_seconds or None, retry=False, ignore_result=True)
