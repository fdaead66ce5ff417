"""One websocket per page: subscriptions, order, limits."""

import asyncio
import contextlib
import json
import time
import uuid
from typing import Any, cast

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import HttpRequest

from core.audience import keys

from . import presence, queries, topics
from .guarding import may_listen
from .sending import as_event, stream_group, user_group
from .watching import Watch

MOST_PER_SECOND = 10
MOST_TOPICS = 20
SLOW_SECONDS = 5.0
TOO_FAST, LOGGED_OUT, TOO_MANY, TOO_SLOW, BAD_MESSAGE = 4429, 4401, 4409, 4408, 4400


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """
    Takes ``{"listen": [[token, seq], …], "language": "en"}`` and sends what follows, in order and without gaps.

    ``{"typing": token}`` tells the others on a topic. Whatever else comes closes the socket.
    """

    async def connect(self) -> None:
        """Accept whoever the handshake let through; the sixth socket of one member closes their oldest."""
        self.id = uuid.uuid4().hex
        self.seen: dict[str, int] = {}
        self.language = settings.LANGUAGE_CODE
        self._budget, self._refilled = float(MOST_PER_SECOND), time.monotonic()
        self._order = asyncio.Lock()
        self.user = self.scope["user"]
        await self.accept()
        if self.user.is_authenticated:
            await self.channel_layer.group_add(user_group(self.user.pk), self.channel_name)
            for oldest in await presence.admit(self.user.pk, self.id):
                await self._control({"type": "control.close", "id": oldest})
        Watch.of_this_process().join(self)

    async def disconnect(self, code: int) -> None:
        """Leave every group."""
        Watch.of_this_process().leave(self)
        for stream in list(self.seen):
            await self._leave(stream)
        if self.user.is_authenticated:
            await self.channel_layer.group_discard(user_group(self.user.pk), self.channel_name)
            await presence.dismiss(self.user.pk, self.id)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one message of the client."""
        if not self._is_within_budget():
            await self.close(TOO_FAST)
            return
        request = _parse(text_data)
        if request is None:
            await self.close(BAD_MESSAGE)
        elif "listen" in request:
            self.language = request.get("language", self.language)
            for token, seq in request["listen"][:MOST_TOPICS]:
                await self._listen(token, seq)
        else:
            await self._typing(request["typing"])

    async def stream_message(self, event: dict[str, Any]) -> None:
        """Hand on a live message; a gap before it is filled from the database first."""
        async with self._order:
            last = self.seen.get(event["stream"])
            if last is None or event["seq"] <= last:
                return
            if event["seq"] == last + 1:
                await self._deliver(event)
            else:
                await self._catch_up(event["stream"])

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
            await self.close(TOO_MANY)

    async def control_check(self, event: dict[str, Any]) -> None:
        """Ask again whether this user is logged in and may hear what they listen to."""
        if not await self._is_still_logged_in():
            await self.close(LOGGED_OUT)
            return
        for stream in list(self.seen):
            if not await self._may_listen(stream):
                await self._leave(stream)
                await self._send({"closed": stream})

    async def fill_gaps(self, last: dict[str, int]) -> None:
        """Fetch what was lost on the way, given the ``last`` number of each stream."""
        for stream, seq in list(self.seen.items()):
            if last.get(stream, 0) > seq:
                async with self._order:
                    await self._catch_up(stream)

    async def _listen(self, token: str, seq: int) -> None:
        stream = topics.read(token)
        if stream is None or not await self._may_listen(stream):
            await self._send({"refused": token})
            return
        # First the group, then what was missed: the other way round a message between the two would be lost.
        await self.channel_layer.group_add(stream_group(stream), self.channel_name)
        async with self._order:
            self.seen[stream] = seq
            await self._catch_up(stream)
        await self._send({"listening": stream, "token": token})
        await self._tell_present(stream, await presence.arrive(stream, self.id))

    async def _leave(self, stream: str) -> None:
        self.seen.pop(stream, None)
        await self.channel_layer.group_discard(stream_group(stream), self.channel_name)
        await self._tell_present(stream, await presence.depart(stream, self.id))

    async def _tell_present(self, stream: str, count: int | None) -> None:
        if count is not None and not stream.startswith("user:"):
            message = {"type": "stream.present", "stream": stream, "count": count}
            await self.channel_layer.group_send(stream_group(stream), message)

    async def _catch_up(self, stream: str) -> None:
        if stream not in self.seen:
            return
        missed = await database_sync_to_async(queries.since)(stream=stream, seq=self.seen[stream])
        if missed.must_reload:
            self.seen[stream] = (await database_sync_to_async(queries.last_numbers)([stream])).get(stream, 0)
            await self._send({"reload": stream})
        for message in missed.messages:
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
        try:
            await asyncio.wait_for(self.send(json.dumps(message, ensure_ascii=False)), SLOW_SECONDS)
        except TimeoutError:
            # A reader that does not read would make us keep everything for it.
            with contextlib.suppress(Exception):
                await self.close(TOO_SLOW)

    async def _control(self, message: dict[str, Any]) -> None:
        await self.channel_layer.group_send(user_group(self.user.pk), message)

    def _is_within_budget(self) -> bool:
        now = time.monotonic()
        self._budget = min(MOST_PER_SECOND, self._budget + (now - self._refilled) * MOST_PER_SECOND) - 1
        self._refilled = now
        return self._budget >= 0

    @database_sync_to_async
    def _may_listen(self, stream: str) -> bool:
        keys.forget(self.user)
        return may_listen(self.user, stream)

    @database_sync_to_async
    def _is_still_logged_in(self) -> bool:
        if not self.user.is_authenticated:
            return True
        from django.contrib.auth import get_user

        session = self.scope["session"].__class__(self.scope["session"].session_key)
        fresh = get_user(cast("HttpRequest", _Holder(session)))
        if not fresh.is_authenticated or fresh.pk != self.user.pk:
            return False
        self.user = self.scope["user"] = fresh
        return True


class _Holder:
    """What ``get_user`` expects of a request."""

    def __init__(self, session: Any) -> None:
        self.session = session


def _parse(text: str | None) -> dict[str, Any] | None:
    """The client's message if it is one of the two that there are."""
    try:
        request = json.loads(text or "")
    except ValueError:
        return None
    if not isinstance(request, dict):
        return None
    listen, typing = request.get("listen"), request.get("typing")
    is_listen = isinstance(listen, list) and all(
        isinstance(one, list) and [type(part) for part in one] == [str, int] for one in listen
    )
    is_known_language = request.get("language", settings.LANGUAGE_CODE) in dict(settings.LANGUAGES)
    return request if is_known_language and (is_listen or isinstance(typing, str)) else None
