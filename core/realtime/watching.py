"""One watch per process: finds what the broker lost, by comparing numbers with the database."""

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from django.db import DatabaseError

from . import presence, queries

if TYPE_CHECKING:
    from .consumers import LiveConsumer

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.5
RECHECK_SECONDS = 60.0


class Watch:
    """Asks once in a while, for all sockets of the process together, whether a stream is further than its listeners."""

    _instances: dict[asyncio.AbstractEventLoop, "Watch"] = {}

    def __init__(self) -> None:
        self.sockets: set[LiveConsumer] = set()
        self._task: asyncio.Task[None] | None = None
        self._checked = time.monotonic()

    @classmethod
    def of_this_process(cls) -> "Watch":
        """The watch of the running event loop."""
        return cls._instances.setdefault(asyncio.get_running_loop(), cls())

    def join(self, socket: "LiveConsumer") -> None:
        """Watch over ``socket`` too."""
        self.sockets.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, socket: "LiveConsumer") -> None:
        """Watch over ``socket`` no longer."""
        self.sockets.discard(socket)

    async def _run(self) -> None:
        while self.sockets:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self._look()
            except DatabaseError as error:
                logger.warning("live: the database cannot be asked (%s); asking again", error)

    async def _look(self) -> None:
        streams = sorted({stream for socket in self.sockets for stream in socket.seen})
        last = await database_sync_to_async(queries.last_numbers)(streams) if streams else {}
        is_due = time.monotonic() - self._checked > RECHECK_SECONDS
        self._checked = time.monotonic() if is_due else self._checked
        for socket in list(self.sockets):
            # One socket that breaks while closing must not blind the others.
            with contextlib.suppress(RuntimeError):
                await socket.fill_gaps(last)
                if is_due:
                    await self._freshen(socket)

    async def _freshen(self, socket: "LiveConsumer") -> None:
        await socket.control_check({})
        for stream in list(socket.seen):
            await presence.arrive(stream, socket.id)
