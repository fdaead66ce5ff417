"""Who is here: counted in Redis, forgotten with it, never the truth."""

import time
from typing import Any

import redis.asyncio
from django.conf import settings

from core.web.breaker import UNREACHABLE

MOST_SOCKETS = 5
FADES_SECONDS = 90


async def admit(user_id: int, socket: str) -> list[str]:
    """Note a member's new socket and return the ids of their oldest ones beyond five."""
    name = f"sockets:{user_id}"
    try:
        async with _client() as client, client.pipeline() as pipe:
            pipe.zadd(name, {socket: time.time()}).expire(name, 24 * 3600)
            pipe.zrange(name, 0, -MOST_SOCKETS - 1).zremrangebyrank(name, 0, -MOST_SOCKETS - 1)
            oldest = (await pipe.execute())[2]
    except UNREACHABLE:
        return []
    return [one.decode() for one in oldest]


async def dismiss(user_id: int, socket: str) -> None:
    """Forget a member's socket."""
    try:
        async with _client() as client:
            await client.zrem(f"sockets:{user_id}", socket)
    except UNREACHABLE:
        return


async def arrive(stream: str, socket: str) -> int | None:
    """Count ``socket`` in; the number of those present, or None when nobody can tell."""
    return await _count(stream, add=socket)


async def depart(stream: str, socket: str) -> int | None:
    """Count ``socket`` out; the number of those left, or None when nobody can tell."""
    return await _count(stream, remove=socket)


async def _count(stream: str, *, add: str = "", remove: str = "") -> int | None:
    name, now = f"present:{stream}", time.time()
    try:
        async with _client() as client, client.pipeline() as pipe:
            pipe.zadd(name, {add: now}) if add else pipe.zrem(name, remove)
            pipe.expire(name, FADES_SECONDS).zremrangebyscore(name, 0, now - FADES_SECONDS).zcard(name)
            return int((await pipe.execute())[-1])
    except UNREACHABLE:
        return None


def _client() -> Any:
    return redis.asyncio.Redis.from_url(settings.CHANNELS_URL, socket_timeout=0.2, socket_connect_timeout=0.1)
