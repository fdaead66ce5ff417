"""Nudges: at most one pending message per listener; losing one costs seconds, never a fact."""

import logging

from core.web.breaker import Breaker

logger = logging.getLogger(__name__)
_breaker = Breaker("nudges")

PENDING_SECONDS = 5
"""How long a nudge counts as pending: a worker killed before it began would otherwise silence its listener."""


def nudge_sequencer() -> None:
    """Ask a worker to number the facts that wait."""
    _nudge("sequencer", "core.events.tasks.advance")


def nudge_listener(name: str, *, after_seconds: float = 0) -> None:
    """Ask a worker to let listener ``name`` read on."""
    _nudge(f"listener:{name}", "core.events.tasks.consume", name, after_seconds=after_seconds)


def nudge_relay() -> None:
    """Ask a worker to send what waits in the outbox."""
    _nudge("relay", "core.events.tasks.relay")


def begun(what: str) -> None:
    """Note that the nudge for ``what`` has arrived: whatever is published from now on needs a new one."""
    with _breaker as broker:
        if broker is not None:
            broker.delete(f"nudge:{what}")


def _nudge(what: str, task: str, *arguments: str, after_seconds: float = 0) -> None:
    from celery import current_app

    with _breaker as broker:
        if broker is None or not broker.set(f"nudge:{what}", 1, nx=True, ex=PENDING_SECONDS):
            return
        current_app.send_task(task, args=arguments, countdown=after_seconds or None, retry=False, ignore_result=True)
