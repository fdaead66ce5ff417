"""One websocket per page: subscriptions, order, limits."""

import asyncio
import contextlib
import json
import logging
import time
import uuid
from collections.abc import Iterable
from typing import Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError

from core.audience import keys
from core.web.breaker import UNREACHABLE

from . import presence, queries, requests, standing, topics
from .asking import asking
from .guarding import may_listen
from .requests import MOST_TOPICS, Listen, NotARequest
from .sending import CHECK, as_event, control_stream, stream_group
from .standing import Standing
from .watching import Watch

logger = logging.getLogger(__name__)

MOST_PER_SECOND = 10
SLOW_SECONDS = 5.0
IDLE_SECONDS = 30.0
BAD_MESSAGE, LOGGED_OUT, IDLE, TOO_MANY, TOO_FAST, COME_BACK = 4400, 4401, 4408, 4409, 4429, 1013


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """
    Takes the two requests of ``requests`` and sends what follows in each stream, in order and without gaps.

    Whatever else comes closes the socket. Rights are asked at subscription, when a control message comes or a stream says that
    it is open to others now, and before a gap is filled, since what lost a message may have lost a control message too.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket to its end, and leave nothing of it behind whatever the end was."""
        self.id = uuid.uuid4().hex
        self.seen: dict[str, int] = {}
        self.language = settings.LANGUAGE_CODE
        self.user = scope["user"]
        self.standing: Standing | None = None
        self._opened = self._refilled = time.monotonic()
        self._budget = float(MOST_PER_SECOND)
        self._order = asyncio.Lock()
        self._control, self._heard = "", 0
        self._task, self._is_closed, self._is_cut = asyncio.current_task(), False, False
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self._is_cut:
                raise
        finally:
            await self._part()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one message; without the database or the broker the page is asked to come back."""
        # Unlike the parent's, this does not hop to a thread before each message to look for old connections: those who ask the
        # database do that themselves.
        try:
            await getattr(self, get_handler_name(message))(message)
        except (DatabaseError, *UNREACHABLE) as error:
            if message["type"] == "websocket.disconnect":
                raise StopConsumer from error
            logger.warning("live: %s failed (%r); asking the page to come back", message["type"], error)
            await self._end(COME_BACK)

    async def connect(self) -> None:
        """Accept whoever the handshake let through; the sixth socket of one member closes their oldest."""
        await self.accept()
        if self.user.is_authenticated and not await self._open_control():
            await self._end(LOGGED_OUT)
            return
        Watch.of_this_process().join(self)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one message of the client."""
        if not self._is_within_budget():
            await self._end(TOO_FAST)
            return
        try:
            request = requests.read(text_data)
        except NotARequest:
            await self._end(BAD_MESSAGE)
            return
        if isinstance(request, Listen):
            self.language = request.language or self.language
            await self._listen(request.topics)
        else:
            await self._typing(request.token)

    async def stream_message(self, event: dict[str, Any]) -> None:
        """Hand on a live message; a gap before it is filled from the database first, and so is what asks for rights."""
        if event["stream"] == self._control:
            await self._hear_control(event["seq"])
            return
        async with self._order:
            last = self.seen.get(event["stream"])
            if last is None or event["seq"] <= last:
                return
            if event["seq"] == last + 1 and event["action"] != CHECK:
                await self._deliver(event)
                return
        await self._fill([event["stream"]])

    async def stream_typing(self, event: dict[str, Any]) -> None:
        """Hand on that somebody types; it has no number and may be lost."""
        if event["by"] != self.id:
            await self._send({"typing": event["stream"], "name": event["name"]})

    async def stream_present(self, event: dict[str, Any]) -> None:
        """Hand on how many listen."""
        await self._send({"present": event["stream"], "count": event["count"]})

    async def control_close(self, event: dict[str, Any]) -> None:
        """Make room for a newer socket of the same member; the page goes on by asking now and then."""
        if event["id"] == self.id:
            await self._end(TOO_MANY)

    def numbers(self) -> dict[str, int]:
        """The last number heard in each stream, that of control messages included."""
        return self.seen | ({self._control: self._heard} if self._control else {})

    async def look_again(self, last: dict[str, int]) -> None:
        """Fetch what was lost on the way, given the ``last`` number of each stream."""
        if self._control and last.get(self._control, 0) > self._heard:
            await self._hear_control(last[self._control])
        if behind := [stream for stream, seq in self.seen.items() if last.get(stream, 0) > seq]:
            await self._fill(behind)

    async def ask_again(self) -> None:
        """Ask again whether this user is logged in and may hear what they listen to."""
        await self._keep_allowed(list(self.seen))

    async def end_if_idle(self) -> None:
        """Close a socket that listens to nothing; a dead one is found by the server's pings."""
        if not self.seen and time.monotonic() - self._opened > IDLE_SECONDS:
            await self._end(IDLE)

    async def _part(self) -> None:
        Watch.of_this_process().leave(self)
        try:
            for stream in list(self.seen):
                await self._leave(stream)
            if self._control:
                await self.channel_layer.group_discard(stream_group(self._control), self.channel_name)
                await presence.dismiss(self.user.pk, self.id)
        except UNREACHABLE as error:
            logger.warning("live: a socket could not take leave (%r); what it leaves behind fades away", error)

    async def _open_control(self) -> bool:
        stream = control_stream(self.user.pk)
        await self.channel_layer.group_add(stream_group(stream), self.channel_name)
        # The number first, then who this is: the other way round a log-out between the two would be missed.
        self._control, self._heard = (
            stream,
            (await asking(queries.last_numbers)([stream])).get(stream, 0),
        )
        if not await self._is_still_logged_in():
            return False
        for oldest in await presence.admit(self.user.pk, self.id):
            await self.channel_layer.group_send(stream_group(stream), {"type": "control.close", "id": oldest})
        return True

    async def _hear_control(self, seq: int) -> None:
        if seq > self._heard:
            self._heard = seq
            await self.ask_again()

    async def _listen(self, asked: list[tuple[str, int]]) -> None:
        named = {token: (topics.read(token), seq) for token, seq in asked}
        # One question for all of them: each on its own would be a hop to a thread, twenty for a page that comes back.
        allowed = await self._allowed({stream for stream, _ in named.values() if stream is not None})
        tokens: dict[str, tuple[str, int]] = {}
        for token, (stream, seq) in named.items():
            has_room = stream in self.seen or len(self.seen) + len(tokens) < MOST_TOPICS
            if stream is not None and stream in allowed and has_room:
                tokens[stream] = (token, seq)
            else:
                await self._refuse(token)
        if tokens:
            await self._join({stream: seq for stream, (_, seq) in tokens.items()})
        for stream, (token, _) in tokens.items():
            await self._send({"listening": stream, "token": token})

    async def _refuse(self, token: str) -> None:
        outdated = topics.outdated(token)
        await self._send({"reload": outdated} if outdated else {"refused": token})

    async def _join(self, streams: dict[str, int]) -> None:
        # First the groups, then what was missed: the other way round a message between the two would be lost.
        for stream in streams:
            await self.channel_layer.group_add(stream_group(stream), self.channel_name)
        async with self._order:
            self.seen |= streams
            await self._catch_up(list(streams))
        if told := {stream: [self.id] for stream in streams if not stream.startswith("user:")}:
            await presence.stay(told)
            Watch.of_this_process().stir(*told)

    async def _leave(self, stream: str) -> None:
        self.seen.pop(stream, None)
        await self.channel_layer.group_discard(stream_group(stream), self.channel_name)
        if not stream.startswith("user:"):
            await presence.depart(stream, self.id)
            Watch.of_this_process().stir(stream)

    async def _keep_allowed(self, streams: list[str]) -> None:
        if self.user.is_authenticated and not await self._is_still_logged_in():
            await self._end(LOGGED_OUT)
            return
        allowed = await self._allowed(streams)
        for stream in streams:
            if stream not in allowed:
                await self._leave(stream)
                await self._send({"closed": stream})

    async def _fill(self, streams: list[str]) -> None:
        await self._keep_allowed(streams)
        async with self._order:
            await self._catch_up(streams)

    async def _catch_up(self, streams: list[str]) -> None:
        # Two questions for all of them: two for each would be forty for a page that comes back, in the one thread of all pages.
        seen = {stream: self.seen[stream] for stream in streams if stream in self.seen}
        if self._is_closed or not seen:
            return
        missed, last = await asking(queries.since_each)(seen)
        for stream, found in missed.items():
            if stream not in self.seen:
                continue
            if found.must_reload:
                self.seen[stream] = last.get(stream, 0)
                await self._send({"reload": stream})
            for message in found.messages:
                await self._deliver(as_event(message))

    async def _deliver(self, event: dict[str, Any]) -> None:
        self.seen[event["stream"]] = event["seq"]
        html = event["html"].get(self.language) or event["html"].get(settings.LANGUAGE_CODE, "")
        await self._send({key: event[key] for key in ("stream", "seq", "action", "target")} | {"html": html})

    async def _typing(self, token: str) -> None:
        stream = topics.read(token)
        if stream in self.seen and self.user.is_authenticated:
            message = {"type": "stream.typing", "stream": stream, "by": self.id, "name": str(self.user)}
            await self.channel_layer.group_send(stream_group(stream), message)

    async def _send(self, message: dict[str, Any]) -> None:
        if self._is_closed:
            return
        try:
            async with asyncio.timeout(SLOW_SECONDS):
                await self.send(json.dumps(message, ensure_ascii=False))
        except TimeoutError:
            # A reader that does not read would make us keep everything for it; a close would wait in the same line.
            self._is_closed = self._is_cut = True
            if self._task is not None:
                self._task.cancel()

    async def _end(self, code: int) -> None:
        if not self._is_closed:
            self._is_closed = True
            # Whoever has gone by themselves needs no farewell.
            with contextlib.suppress(OSError):
                await self.close(code)

    def _is_within_budget(self) -> bool:
        now = time.monotonic()
        self._budget = min(MOST_PER_SECOND, self._budget + (now - self._refilled) * MOST_PER_SECOND) - 1
        self._refilled = now
        return self._budget >= 0

    @asking
    def _allowed(self, streams: Iterable[str]) -> set[str]:
        keys.forget(self.user)
        return {stream for stream in streams if may_listen(self.user, stream)}

    @asking
    def _is_still_logged_in(self) -> bool:
        fresh = standing.user_now(user=self.user, session=self.scope["session"])
        if fresh is None:
            return False
        self.user = self.scope["user"] = fresh
        self.standing = standing.of(user=fresh, session=self.scope["session"])
        return True
