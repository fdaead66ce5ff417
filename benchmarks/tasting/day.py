"""
The day on which every world of this benchmark lives.

A world ends at some minute, and the feed asks what time it is: how new an item is, who may be told of it. With the clock of
the machine each hour would make and judge another world.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time
from typing import Any, Final

import time_machine

TODAY: Final = date(2026, 10, 20)
_NOON: Final = datetime.combine(TODAY, time(12), UTC)


def at_noon() -> AbstractContextManager[Any]:
    """Let it be noon (UTC) of ``TODAY``, the last minute of a world of that day, for as long as the context lasts."""
    return time_machine.travel(_NOON, tick=False)
