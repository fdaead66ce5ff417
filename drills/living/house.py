"""
The live process of the drill: the real application with rooms that are open to everybody.

With ``CATCH_UP=off`` what was missed stays missed: nothing is fetched on joining, at a gap, or by the watch.
"""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

from community.asgi import application  # noqa: F401
from core.realtime import guarding
from core.realtime.consumers import LiveConsumer
from core.realtime.watching import Watch


@guarding.guards("drill")
def _open_to_everybody(viewer: Any, ident: int) -> bool:
    return True


async def _nothing(*_: Any) -> None:
    return


async def _hand_on(self: LiveConsumer, event: dict[str, Any]) -> None:
    if event["seq"] > self.seen.get(event["stream"], event["seq"]):
        await self._deliver(event)


if os.environ.get("CATCH_UP") == "off":
    LiveConsumer._catch_up = _nothing  # noqa: SLF001 - the control takes the safeguard out
    LiveConsumer.stream_message = _hand_on  # type: ignore[method-assign]
    Watch._look = _nothing  # type: ignore[method-assign]  # noqa: SLF001
