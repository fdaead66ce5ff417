"""
Rate limits: how often somebody may do something.

Each process counts for itself and, while Redis answers, all of them count together; both must agree, so that a limit
holds when Redis is gone and when somebody empties it. A window slides: what happened in the one before counts for the
part of it that is still within reach.
"""

import functools
import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from . import errors
from .addresses import client_address, network_of
from .breaker import Breaker

_breaker = Breaker("limits")
_RATE = re.compile(r"(\d+)/(\d*)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
MOST_COUNTERS = 20_000

# One round trip, and nothing can come between looking and counting.
_TAKE = """
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
local before = tonumber(redis.call('GET', KEYS[2]) or '0')
if now + before * tonumber(ARGV[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


@dataclass(frozen=True)
class Rate:
    """So many times within so many seconds."""

    count: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> "Rate":
        """
        The rate that ``5/m``, ``3/10m`` or ``100/d`` stands for.

        :raises ValueError: if it is none.
        """
        found = _RATE.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text!r} is not a rate such as 5/m or 3/10m")
        return cls(int(found[1]), int(found[2] or 1) * _SECONDS[found[3]])


def allow(*, scope: str, key: str, rate: str = "5/m") -> bool:
    """
    Count one more time that ``key`` does ``scope``, and say whether that is within ``rate``; what is refused is not counted.

    Several rates are parted by commas and must all allow it.
    """
    return wait_for(scope=scope, key=key, rate=rate) == 0


def wait_for(*, scope: str, key: str, rate: str) -> int:
    """As ``allow``, but say how many seconds to wait; 0 when it was allowed and counted."""
    waits = [_wait(f"{scope}:{one}:{key}", Rate.read(one)) for one in rate.split(",")]
    return max(waits)


def limited(
    *, scope: str, rate: str | Callable[[HttpRequest], str] = "60/m", by: Callable[[HttpRequest], str] | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """
    Let a view answer with the page for too many requests beyond ``rate``, counted ``by`` member, or address of a guest.

    ``rate`` may be a function of the request, as for members who are new.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def within(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
            allowed = rate(request) if callable(rate) else rate
            wait = wait_for(scope=scope, key=(by or member_or_address)(request), rate=allowed)
            return errors.too_many(request, retry_after=wait) if wait else view(request, *arguments, **options)

        return within

    return decorate


def member_or_address(request: HttpRequest) -> str:
    """The member who asks, or the network that a guest comes from."""
    user = getattr(request, "user", None)
    return f"user:{user.pk}" if user is not None and user.is_authenticated else by_address(request)


def by_address(request: HttpRequest) -> str:
    """The network that the request comes from, member or not."""
    return f"net:{network_of(client_address(request))}"


def forget() -> None:
    """Forget what this process has counted; for tests."""
    with _lock:
        _counters.clear()


_counters: dict[str, int] = {}
_lock = threading.Lock()


def _now() -> float:
    return time.time()


def _wait(name: str, rate: Rate) -> int:
    window, passed = divmod(_now(), rate.seconds)
    rest = 1 - passed / rate.seconds
    keys = [f"limit:{name}:{int(window)}", f"limit:{name}:{int(window) - 1}"]
    if _take_here(keys, rest, rate) and _take_together(keys, rest, rate):
        return 0
    return max(1, math.ceil(rate.seconds - passed))


def _take_here(keys: list[str], rest: float, rate: Rate) -> bool:
    with _lock:
        now, before = (_counters.get(key, 0) for key in keys)
        if now + before * rest >= rate.count:
            return False
        _counters[keys[0]] = now + 1
        while len(_counters) > MOST_COUNTERS:
            del _counters[next(iter(_counters))]
        return True


def _take_together(keys: list[str], rest: float, rate: Rate) -> bool:
    with _breaker as broker:
        if broker is not None:
            return bool(broker.eval(_TAKE, 2, *keys, rest, rate.count, 2 * rate.seconds))
    return True
