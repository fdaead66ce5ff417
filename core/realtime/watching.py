"""One watch per process: finds what the broker lost, by comparing numbers and standings with the database."""

import asyncio
import logging
import time
from collections import defaultdict
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import DatabaseError

from core.web.breaker import UNREACHABLE

from . import presence, queries, standing
from .asking import asking
from .sending import stream_group
from .standing import Standing

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.5
STANDING_SECONDS = 1.0
PRESENCE_SECONDS = 60.0
AT_ONCE = 20


class Watched(Protocol):
    """A socket, as far as the watch is concerned."""

    id: str
    seen: dict[str, int]
    """The last number heard in each stream."""
    standing: Standing | None
    """None for guests."""

    def numbers(self) -> dict[str, int]:
        """What ``seen`` says, and the last control message heard."""

    async def look_again(self, last: dict[str, int]) -> None:
        """Fetch what is missing, given the last number of each stream."""

    async def ask_again(self) -> None:
        """Ask again who this is and what they may hear."""

    async def end_if_idle(self) -> None:
        """Close if nothing has been asked for since long."""


class Watch:
    """Asks once in a while, for all sockets of the process together, whether the database knows more than they do."""

    _instances: "WeakKeyDictionary[asyncio.AbstractEventLoop, Watch]" = WeakKeyDictionary()

    def __init__(self) -> None:
        self.sockets: set[Watched] = set()
        self._task: asyncio.Task[None] | None = None
        self._due = {STANDING_SECONDS: 0.0, PRESENCE_SECONDS: 0.0}
        self._stirred: set[str] = set()

    @classmethod
    def of_this_process(cls) -> "Watch":
        """The watch of the running event loop."""
        return cls._instances.setdefault(asyncio.get_running_loop(), cls())

    def join(self, socket: Watched) -> None:
        """Watch over ``socket`` too."""
        self.sockets.add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, socket: Watched) -> None:
        """Watch over ``socket`` no longer."""
        self.sockets.discard(socket)

    def stir(self, *streams: str) -> None:
        """
        Note that somebody came to ``streams`` or left them; everybody is told soon, and once.

        Told at each arrival, two hundred who come back at once would be told forty thousand times.
        """
        self._stirred.update(streams)

    async def _run(self) -> None:
        while self.sockets or self._stirred:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self._look()
            except DatabaseError as error:
                logger.warning("live: the database cannot be asked (%s); asking again", error)
            except UNREACHABLE as error:
                logger.warning("live: the broker cannot be reached (%s); going on", error)

    async def _look(self) -> None:
        names = sorted({name for socket in self.sockets for name in socket.numbers()})
        last = await asking(queries.last_numbers)(names) if names else {}
        behind = [one for one in self.sockets if any(last.get(name, 0) > seq for name, seq in one.numbers().items())]
        await self._each(behind, lambda socket: socket.look_again(last))
        if self._is_due(STANDING_SECONDS):
            await self._ask_about_standings()
            await self._each(list(self.sockets), lambda socket: socket.end_if_idle())
        if self._is_due(PRESENCE_SECONDS):
            await self._stay()
        await self._tell_present()

    async def _ask_about_standings(self) -> None:
        known = [socket for socket in self.sockets if socket.standing is not None]
        if known:
            fallen = await asking(standing.changed)([one.standing for one in known if one.standing])
            await self._each([one for one in known if one.standing in fallen], lambda socket: socket.ask_again())

    async def _stay(self) -> None:
        listeners: dict[str, list[str]] = defaultdict(list)
        for socket in self.sockets:
            for stream in socket.seen:
                listeners[stream].append(socket.id)
        await presence.stay(listeners)
        self._stirred.update(listeners)

    async def _tell_present(self) -> None:
        stirred, self._stirred = self._stirred, set()
        for stream, count in (await presence.counts(stirred)).items():
            message = {"type": "stream.present", "stream": stream, "count": count}
            await get_channel_layer().group_send(stream_group(stream), message)

    async def _each(self, sockets: list[Watched], act: Any) -> None:
        """Let each of ``sockets`` act, some at a time: one that breaks or reads slowly must not blind the others."""
        few = asyncio.Semaphore(AT_ONCE)

        async def one(socket: Watched) -> None:
            async with few:
                await act(socket)

        for outcome in await asyncio.gather(*(one(socket) for socket in sockets), return_exceptions=True):
            if isinstance(outcome, DatabaseError):
                raise outcome
            if isinstance(outcome, Exception):
                logger.info("live: a socket broke while it was looked after: %r", outcome)

    def _is_due(self, seconds: float) -> bool:
        now = time.monotonic()
        if now - self._due[seconds] < seconds:
            return False
        self._due[seconds] = now
        return True
