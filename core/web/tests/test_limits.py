"""How often somebody may do something, and who somebody is."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from core.web import breaker, limits
from core.web.addresses import UNKNOWN, client_address, network_of
from core.web.limits import Rate, allow, limited, wait_for


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1_000_000_040.0

        def __call__(self):
            return self.now

    monkeypatch.setattr(limits, "_now", clock := Clock())
    return clock


@pytest.fixture
def without_redis(monkeypatch):
    monkeypatch.setattr(limits, "_breaker", limits.Breaker("tests", url=lambda: "unix:///nowhere/redis.sock"))


def tries(count, *, key="ben", rate="5/m"):
    return [allow(scope="test", key=key, rate=rate) for _ in range(count)]


class TestCounting:
    def test_so_many_times_and_no_more(self, clock):
        assert tries(7) == [True] * 5 + [False] * 2

    def test_each_counts_for_themselves(self, clock):
        assert (tries(5), tries(1, key="cleo"), tries(1)) == ([True] * 5, [True], [False])

    def test_the_window_slides(self, clock):
        tries(5)
        clock.now += 60
        # Two thirds of the last minute are still within reach at its 20th second: 5 × 40/60 = 3.3.
        assert tries(3) == [True, True, False]
        clock.now += 120
        assert tries(6) == [True] * 5 + [False]

    def test_what_is_refused_is_not_counted(self, clock):
        tries(50)
        clock.now += 120
        assert tries(1) == [True]

    def test_several_rates_must_all_allow_it(self, clock):
        assert tries(4, rate="9/m,3/h") == [True, True, True, False]

    def test_it_says_how_long_to_wait(self, clock):
        tries(5)
        assert wait_for(scope="test", key="ben", rate="5/m") == 60 - 1_000_000_040 % 60

    @pytest.mark.parametrize("text", ["", "5", "5/x", "m/5", "5 per minute", "-1/m"])
    def test_what_is_no_rate_is_refused(self, text):
        with pytest.raises(ValueError, match="is not a rate"):
            Rate.read(text)

    def test_rates(self):
        assert [Rate.read(text) for text in ("5/m", "3/10m", "1/s", "100/d")] == [
            Rate(5, 60), Rate(3, 600), Rate(1, 1), Rate(100, 86_400),
        ]  # fmt: skip


class TestTogether:
    def test_processes_count_together(self, clock):
        tries(5)
        limits.forget()  # as another process would begin
        assert tries(1) == [False]

    def test_emptying_redis_lifts_no_limit(self, clock):
        from django.core.cache import cache

        tries(5)
        cache.clear()
        assert tries(1) == [False]

    def test_without_redis_the_process_counts_alone(self, clock, without_redis):
        assert tries(7) == [True] * 5 + [False] * 2

    @pytest.mark.race
    @pytest.mark.parametrize("alone", [True, False])
    def test_many_at_once_get_exactly_so_many(self, clock, alone, monkeypatch):
        if not alone:
            # Each thread as a process of its own, with nothing but Redis in common.
            monkeypatch.setattr(limits, "_take_here", lambda keys, rest, rate: True)
            # On a busy machine a tenth of a second may pass, and a breaker that opens would let everybody through.
            monkeypatch.setattr(breaker, "GIVE_UP_SECONDS", 10)
            monkeypatch.setattr(limits, "_breaker", breaker.Breaker("patient"))
        got, barrier = [], threading.Barrier(16)

        def work():
            barrier.wait()
            got.extend(tries(4, rate="10/m"))

        threads = [threading.Thread(target=work) for _ in range(16)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert sum(got) == 10

    def test_memory_is_bounded(self, clock, without_redis, monkeypatch):
        monkeypatch.setattr(limits, "MOST_COUNTERS", 10)
        for number in range(50):
            tries(1, key=str(number))
        assert len(limits._counters) == 10


class TestViews:
    @pytest.fixture
    def view(self, clock):
        return limited(scope="test view", rate="2/m")(lambda request: HttpResponse("done"))

    def ask(self, view, *, user=None, address="203.0.113.9"):
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        request.user = user or AnonymousUser()
        return view(request)

    def test_beyond_the_rate_stands_a_page(self, view, db):
        answers = [self.ask(view) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].headers["Retry-After"] == "40"
        assert "A little slower, please" in answers[2].content.decode()

    def test_members_behind_one_address_do_not_share_a_limit(self, view, ben, cleo):
        answers = [self.ask(view, user=user) for user in (ben, ben, cleo, cleo, ben)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]

    def test_one_household_is_one_guest(self, view, db):
        answers = [self.ask(view, address=f"2001:db8:1:2::{number}") for number in range(1, 4)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]


class TestAddresses:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "expected"),
        [
            (0, "", "10.0.0.1"),
            (0, "203.0.113.9", "10.0.0.1"),
            (1, "203.0.113.9", "203.0.113.9"),
            (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
            (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            (2, "203.0.113.9", "10.0.0.1"),
            (1, "nonsense", UNKNOWN),
            (1, "[2001:db8::1]", "2001:db8::1"),
            (1, "::ffff:203.0.113.9", "203.0.113.9"),
            (1, "", "10.0.0.1"),
        ],
    )
    def test_only_as_many_proxies_as_there_are_speak_the_truth(self, settings, proxies, forwarded, expected):
        settings.TRUSTED_PROXIES = proxies
        more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        assert client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **more)) == expected

    def test_a_household_is_one_network(self):
        assert [network_of(one) for one in ("203.0.113.9", "2001:db8:1:2::9", "rubbish")] == [
            "203.0.113.9", "2001:db8:1:2::/64", UNKNOWN,
        ]  # fmt: skip
