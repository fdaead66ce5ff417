"""Redis that may be gone: short calls that give up, and a minute's peace after each failure."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import redis
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerError
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

OPEN_SECONDS = 60.0
GIVE_UP_SECONDS = 0.1
UNREACHABLE = (redis.RedisError, BrokerError, OSError)


class Breaker:
    """
    ``with breaker as broker:`` gives a client, or None while Redis is thought to be gone.

    An unreachable Redis inside the block is logged and swallowed, and nobody asks again for a minute: what is done
    here are hints that a sweep makes up for, so a page must neither fail nor wait for them.
    """

    def __init__(self, name: str, *, url: Callable[[], str] = lambda: settings.CACHE_URL) -> None:
        self._name = name
        self._url = url
        self._closed_until = 0.0
        self._local = threading.local()

    def __enter__(self) -> Any:
        return None if time.monotonic() < self._closed_until else self._client()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if kind is None or not issubclass(kind, UNREACHABLE):
            return False
        self._closed_until = time.monotonic() + OPEN_SECONDS
        logger.warning("%s: Redis cannot be reached (%s); trying again in %.0f s", self._name, error, OPEN_SECONDS)
        return True

    def _client(self) -> redis.Redis:
        if not hasattr(self._local, "client"):
            self._local.client = client(self._url())
        found: redis.Redis = self._local.client
        return found


def client(url: str) -> redis.Redis:
    """A client that asks once and gives up soon; the library's own would try again and again for seconds."""
    return redis.Redis.from_url(
        url, socket_timeout=GIVE_UP_SECONDS, socket_connect_timeout=GIVE_UP_SECONDS, retry=Retry(NoBackoff(), 0)
    )
