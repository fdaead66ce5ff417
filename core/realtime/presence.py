"""Who is here: counted in Redis, forgotten with it, never the truth."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio
from django.conf import settings

from core.web.breaker import UNREACHABLE

MOST_SOCKETS = 5
FADES_SECONDS = 90
_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, Any]" = WeakKeyDictionary()


async def admit(user_id: int, socket: str) -> list[str]:
    """Note a member's new socket and return the ids of their oldest ones beyond five."""
    name = f"sockets:{user_id}"
    try:
        async with _client().pipeline() as pipe:
            pipe.zadd(name, {socket: time.time()}).expire(name, 24 * 3600)
            pipe.zrange(name, 0, -MOST_SOCKETS - 1).zremrangebyrank(name, 0, -MOST_SOCKETS - 1)
            oldest = (await pipe.execute())[2]
    except UNREACHABLE:
        return []
    return [one.decode() for one in oldest]


async def dismiss(user_id: int, socket: str) -> None:
    """Forget a member's socket."""
    try:
        await _client().zrem(f"sockets:{user_id}", socket)
    except UNREACHABLE:
        return


async def stay(listeners: Mapping[str, Iterable[str]]) -> None:
    """Count the sockets in, by stream; who has not been counted for 90 seconds fades away."""
    now = time.time()
    try:
        async with _client().pipeline() as pipe:
            for stream, sockets in listeners.items():
                pipe.zadd(_name(stream), dict.fromkeys(sockets, now)).expire(_name(stream), FADES_SECONDS)
            await pipe.execute()
    except UNREACHABLE:
        return


async def depart(stream: str, socket: str) -> None:
    """Count ``socket`` out."""
    try:
        await _client().zrem(_name(stream), socket)
    except UNREACHABLE:
        return


async def counts(streams: Iterable[str]) -> dict[str, int]:
    """How many are present on each of ``streams``; nothing when nobody can tell."""
    asked, faded = list(streams), time.time() - FADES_SECONDS
    try:
        async with _client().pipeline() as pipe:
            for stream in asked:
                pipe.zcount(_name(stream), faded, "+inf")
            return dict(zip(asked, await pipe.execute(), strict=True))
    except UNREACHABLE:
        return {}


def _name(stream: str) -> str:
    return f"present:{stream}"


def _client() -> Any:
    # A client belongs to the event loop that it was first used in.
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = redis.asyncio.Redis.from_url(
            settings.CHANNELS_URL, socket_timeout=0.2, socket_connect_timeout=0.1
        )
    return _clients[loop]
