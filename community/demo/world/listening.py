"""Letting the listeners read what the world told, to the end."""

import time
from collections.abc import Callable

from core.events import Listener, operations, sequencing

AT_ONCE = 4_000
PAUSE_SECONDS = 0.1


def catch_up(say: Callable[[str], None]) -> None:
    """
    Number every fact and let each listener read to the end, also what others publish while they read.

    A worker that reads at the same time is waited for.
    """
    while True:
        began, numbered = time.monotonic(), _number()
        if numbered:
            say(f"{numbered:,} facts are numbered in {time.monotonic() - began:.1f} s")
        read = sum(_read(listener, say) for listener in list(Listener.known.values()))
        if not numbered and not read:
            return


def _number() -> int:
    count = 0
    while True:
        numbered = sum(sequencing.sequence().values())
        count += numbered
        if not numbered and not sequencing.is_anything_waiting():
            return count
        if not numbered:
            time.sleep(PAUSE_SECONDS)


def _read(listener: Listener, say: Callable[[str], None]) -> int:
    began, count = time.monotonic(), 0
    while True:
        try:
            read = operations.consume(listener=listener, limit=AT_ONCE)
        except operations.Busy:
            time.sleep(PAUSE_SECONDS)
            continue
        count += read
        if read < AT_ONCE:
            break
    if count:
        say(f"{listener.name} read {count:,} facts in {time.monotonic() - began:.1f} s")
    return count
