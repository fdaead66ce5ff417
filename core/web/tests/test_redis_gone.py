"""Without Redis nothing waits longer than 100 ms, and everything works."""

import socket
import threading
import time

import pytest
from django.core.cache import cache
from django.db import transaction

from core import events
from core.events import nudging
from core.events.testing import published
from core.web import breaker, limits
from core.web import cache as cache_room
from core.web.breaker import Breaker
from core.web.cache import ForgivingRedisCache
from core.web.health import ready

PATIENCE = 0.15
"""The 100 ms that one call may take, and a little for the machine."""


class BellRung(events.Fact):
    bell_id: int


@pytest.fixture(params=["no server", "silent server", "refused port"])
def dead(request, tmp_path):
    """The address of a server that is not there, or takes connections and never answers."""
    if request.param == "no server":
        yield f"unix://{tmp_path}/nowhere.sock?db=1"
    elif request.param == "refused port":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        yield f"redis://127.0.0.1:{port}/1"
    else:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            yield f"redis://127.0.0.1:{silent.getsockname()[1]}/1"


def seconds(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class TestCache:
    @pytest.fixture
    def forgiving(self, dead, monkeypatch, settings):
        monkeypatch.setattr(cache_room, "_breaker", Breaker("tests", url=lambda: dead))
        forgiving = ForgivingRedisCache(dead, {"OPTIONS": {"socket_timeout": 0.1, "socket_connect_timeout": 0.1}})
        yield forgiving
        forgiving._memory.clear()

    def test_it_falls_back_within_a_moment_and_then_at_once(self, forgiving):
        assert seconds(lambda: forgiving.set("lamp", "lit")) < PATIENCE
        assert seconds(lambda: forgiving.get("lamp")) < 0.02
        assert forgiving.get("lamp") == "lit"

    def test_everything_that_a_cache_does_works(self, forgiving):
        forgiving.set_many({"a": 1, "b": 2})
        assert forgiving.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
        assert forgiving.add("a", 9) is False
        assert (forgiving.incr("a"), forgiving.decr("b"), forgiving.get_or_set("d", 4)) == (2, 1, 4)
        assert (forgiving.has_key("a"), forgiving.touch("a"), forgiving.delete("a"), forgiving.get("a")) == (
            True, True, True, None,
        )  # fmt: skip
        forgiving.clear()
        assert forgiving.get("b") is None

    def test_redis_is_asked_again_after_a_minute(self, forgiving, monkeypatch, settings):
        forgiving.get("lamp")
        assert cache_room._breaker.__enter__() is None
        later = time.monotonic() + breaker.OPEN_SECONDS + 1
        monkeypatch.setattr(breaker.time, "monotonic", lambda: later)
        assert cache_room._breaker.__enter__() is not None


def test_nudges_are_dropped_within_a_moment_and_facts_are_kept(own_database, dead, monkeypatch):
    monkeypatch.setattr(nudging, "_breaker", Breaker("tests", url=lambda: dead))

    def ring():
        with transaction.atomic():
            events.publish(BellRung(bell_id=1))

    ring_once = seconds(ring)
    assert ring_once < PATIENCE + 0.1
    assert seconds(ring) < 0.1
    assert [fact.bell_id for fact in published(BellRung)] == [1, 1]


def test_limits_go_on_within_a_moment(dead, monkeypatch):
    def ask_anew():
        monkeypatch.setattr(limits, "_breaker", Breaker("tests", url=lambda: dead))
        limits.forget()
        return seconds(lambda: limits.allow(scope="test", key="ben", rate="1/m"))

    # The best of three: the machine has other things to do, too.
    assert min(ask_anew() for _ in range(3)) < PATIENCE
    assert limits.allow(scope="test", key="ben", rate="1/m") is False


def test_many_threads_wait_together_and_not_in_turn(dead, monkeypatch):
    monkeypatch.setattr(limits, "_breaker", Breaker("tests", url=lambda: dead))
    threads = [threading.Thread(target=limits.allow, kwargs={"scope": "t", "key": str(n)}) for n in range(8)]

    def run():
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]

    assert seconds(run) < PATIENCE + 0.15


def test_a_fault_of_our_own_is_not_swallowed():
    def fail():
        with Breaker("tests"):
            raise KeyError("ours")

    with pytest.raises(KeyError):
        fail()


def test_readiness_says_so(db, rf, settings, dead):
    settings.CACHE_URL = dead
    answer = ready(rf.get("/readyz"))
    assert (answer.status_code, answer.content) == (200, b'{"database": "ok", "redis": "unreachable"}')


def test_a_page_and_a_log_in_work(client, ben, dead, monkeypatch):
    for room in (cache_room, nudging, limits):
        monkeypatch.setattr(room, "_breaker", Breaker("tests", url=lambda: dead))
    monkeypatch.setattr(
        ForgivingRedisCache, "_either", lambda self, name, *a, **k: getattr(self._memory, name)(*a, **k)
    )
    assert client.get("/account/login/").status_code == 200
    answer = client.post("/account/login/", {"login": ben.email, "password": "a long password"})
    assert answer.status_code == 302
    cache.clear()
