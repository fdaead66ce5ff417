"""The cache: Redis, and while it is gone this process's own memory."""

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

from .breaker import Breaker

_breaker = Breaker("cache")


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache that answers from the process's memory while Redis cannot be reached, so that no page fails for it."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        # The library's own habit is to try again for seconds; a page has better things to do.
        options = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._memory = LocMemCache("while-redis-is-gone", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})

    def _either(self, method: str, *arguments: Any, **options: Any) -> Any:
        with _breaker as broker:
            if broker is not None:
                return getattr(super(), method)(*arguments, **options)
        return getattr(self._memory, method)(*arguments, **options)


def _forgiving(name: str) -> Any:
    def method(self: ForgivingRedisCache, *arguments: Any, **options: Any) -> Any:
        return self._either(name, *arguments, **options)

    method.__name__ = name
    return method


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(ForgivingRedisCache, _name, _forgiving(_name))
