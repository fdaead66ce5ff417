"""Two hundred pages: each listens, loses its connection again and again, comes back, and keeps what it was told."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, WebSocketException

ORIGIN = "http://localhost:8000"
GONE = (OSError, WebSocketException, InvalidHandshake, TimeoutError)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0


@dataclass
class Page:
    """One page, as ``live.js`` would behave: it sends its last numbers, and drops what it has seen."""

    port: int
    tokens: dict[str, str]
    seed: int
    heard: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    drops: int = 0
    gaps: int = 0
    repeated: int = 0
    reloads: int = 0
    catch_ups: list[float] = field(default_factory=list)
    closed: Counter[str] = field(default_factory=Counter)
    """How often the connection ended, by reason."""
    is_over: bool = False

    def __post_init__(self) -> None:
        self._last = dict.fromkeys(self.tokens, 0)
        self._chance = random.Random(self.seed)
        self._connection: ClientConnection | None = None
        self._lost_at: float | None = None
        self.listens = asyncio.Event()
        self.heard = {stream: [] for stream in self.tokens}

    async def live(self) -> None:
        """Stay connected until told that it is over."""
        self._pause = FIRST_PAUSE
        while not self.is_over:
            try:
                await self._stay()
            except GONE as error:
                self.closed[_reason(error)] += 1
            self.listens.clear()
            await asyncio.sleep(self._pause * self._chance.uniform(0.75, 1.25))
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def be_dropped(self, *, times: int, seconds: float) -> None:
        """
        Lose the connection ``times`` times, without a word, as a train in a tunnel does.

        Only while the page listens: what has not come back yet has nothing to lose. A page that needs longer to come back than its
        share of ``seconds`` is dropped later than meant, and as often.
        """
        due = time.monotonic()
        for _ in range(times):
            due += self._chance.uniform(0.5, 1.0) * seconds / times
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self.listens.wait()
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self.drops += 1
            self.listens.clear()
            self._lost_at = time.monotonic()
            self._connection.transport.abort()

    def has_all(self, last: dict[str, int]) -> bool:
        """Whether the page has come up to ``last``."""
        return all(self._last[stream] >= seq for stream, seq in last.items())

    async def _stay(self) -> None:
        waiting = set(self.tokens)
        async with connect(
            f"ws://127.0.0.1:{self.port}/live/", origin=ORIGIN, compression=None, open_timeout=30, close_timeout=1,
            max_queue=None, ping_interval=None,
        ) as self._connection:  # fmt: skip
            listen = [[token, self._last[stream]] for stream, token in self.tokens.items()]
            await self._connection.send(json.dumps({"listen": listen, "language": "en"}))
            async for text in self._connection:
                said = json.loads(text)
                self._take(said)
                if "listening" in said:
                    waiting.discard(said["listening"])
                    if not waiting:
                        self._has_come_back()
                if self.is_over:
                    return
        self.closed[f"closed {self._connection.close_code}"] += 1

    def _has_come_back(self) -> None:
        # What was missed is sent before the word that the page listens.
        if self._lost_at is not None:
            self.catch_ups.append(time.monotonic() - self._lost_at)
        self._pause = FIRST_PAUSE
        self._lost_at = None
        self.listens.set()

    def _take(self, said: dict[str, object]) -> None:
        self.reloads += "reload" in said
        self.closed["refused"] += "refused" in said
        if "seq" not in said:
            return
        stream, seq = str(said["stream"]), int(str(said["seq"]))
        if seq <= self._last[stream]:
            self.repeated += 1
            return
        self.gaps += seq - self._last[stream] - 1
        self._last[stream] = seq
        self.heard[stream].append((seq, str(said["html"])))


def _reason(error: BaseException) -> str:
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        return f"closed {error.rcvd.code}"
    return type(error).__name__


async def until_all_listen(pages: list[Page], *, seconds: float) -> None:
    """
    Return once every page has been told that it listens to everything.

    :raises TimeoutError: if that takes longer than ``seconds``.
    """
    async with asyncio.timeout(seconds):
        await asyncio.gather(*(page.listens.wait() for page in pages))


async def until_all_have(pages: list[Page], last: dict[str, int], *, seconds: float) -> None:
    """Return once every page has come up to ``last``, or after ``seconds``."""
    for _ in range(int(seconds / 0.2)):
        if all(page.has_all(last) for page in pages):
            return
        await asyncio.sleep(0.2)


async def end(pages: list[Page], living: list[asyncio.Task[None]]) -> None:
    """Let all pages go."""
    for page in pages:
        page.is_over = True
    for task in living:
        task.cancel()
    for task in living:
        with contextlib.suppress(asyncio.CancelledError, *GONE):
            await task
