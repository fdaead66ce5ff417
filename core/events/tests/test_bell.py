"""The bell: rung once for many facts, and none of them is left without somebody who looks for it."""

import time

import pytest
from celery import current_app
from django.db import connection, transaction

from core import events
from core.events import nudging, sequencing, tasks
from core.events.listening import Listener

from .lamps import LampLit, light
from .test_order import Writer

pytestmark = pytest.mark.commits

LONG = 3_600.0


class Worker:
    """Keeps what is sent to the workers, and does what the sequencer is asked for when it is told to."""

    def __init__(self):
        self.asked = []
        self.nudged = []

    def take(self, task, args=(), countdown=None, **_):
        if task == "core.events.tasks.advance":
            self.asked.append((args, countdown))
        else:
            self.nudged.append(args)

    def look(self):
        """Do what was asked for; a test beside us that holds facts back is waited for."""
        [(args, _)] = self.asked
        self.asked.clear()
        tasks.advance(*args)
        until = time.monotonic() + 60
        while [args[:1] for args, _ in self.asked] == [(None,)]:
            assert time.monotonic() < until
            time.sleep(nudging.HELD_SECONDS)
            self.asked.clear()
            tasks.advance(*args)


@pytest.fixture
def worker(own_database, monkeypatch):
    worker = Worker()
    monkeypatch.setattr(nudging, "QUIET_SECONDS", LONG)
    monkeypatch.setattr(current_app._get_current_object(), "send_task", worker.take)
    known = Listener("tests.bell", resets=None)
    known(LampLit)(lambda fact: None)
    monkeypatch.setattr(Listener, "known", {known.name: known})
    be_another_process(monkeypatch)
    for what in ("sequencer", f"listener:{known.name}"):
        nudging.begun(what)
    return worker


def be_another_process(monkeypatch):
    monkeypatch.setattr(nudging, "_rung_at", float("-inf"))


def numbered():
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload->>'lamp_id' FROM events_fact ORDER BY position")
        return [int(lamp) for (lamp,) in cursor.fetchall()]


def test_many_facts_ring_once(worker):
    for lamp in (1, 2, 3):
        light(lamp)
    assert worker.asked == [((), None)]
    worker.look()
    assert (numbered(), worker.nudged) == ([1, 2, 3], [("tests.bell",)])


def test_what_is_published_after_the_look_and_before_the_next_ring_is_found(worker):
    light(1)
    worker.look()
    light(2)
    assert numbered() == [1]
    [(_, countdown)] = worker.asked
    assert countdown > nudging.QUIET_SECONDS
    worker.look()
    light(3)
    worker.look()
    assert numbered() == [1, 2, 3]
    worker.look()
    assert worker.asked == []


def test_control_without_the_second_look_it_is_not(worker, monkeypatch):
    monkeypatch.setattr(nudging, "look_again", lambda last, found: None)
    light(1)
    worker.look()
    light(2)
    assert (numbered(), worker.asked) == ([1], [])


def test_another_process_that_finds_it_rung_may_be_quiet_too(worker, monkeypatch):
    light(1)
    worker.look()
    be_another_process(monkeypatch)
    light(2)
    assert len(worker.asked) == 1
    worker.look()
    light(3)
    assert len(worker.asked) == 1
    worker.look()
    assert numbered() == [1, 2, 3]


def test_what_somebody_else_has_numbered_meanwhile_is_news_all_the_same(worker, monkeypatch):
    light(1)
    worker.look()
    be_another_process(monkeypatch)
    light(2)
    until = time.monotonic() + 60
    while numbered() != [1, 2]:
        assert time.monotonic() < until
        sequencing.sequence()
    worker.look()
    light(3)
    worker.look()
    assert numbered() == [1, 2, 3]


def test_after_the_quiet_time_it_is_rung_again(worker, monkeypatch):
    light(1)
    worker.look()
    worker.look()
    assert worker.asked == []
    monkeypatch.setattr(nudging, "_rung_at", time.monotonic() - LONG)
    light(2)
    assert worker.asked == [((), None)]


def test_facts_that_an_open_transaction_holds_back_are_looked_for_soon(worker):
    first = Writer(1)
    light(2)
    [(args, _)] = worker.asked
    worker.asked.clear()
    tasks.advance(*args)
    [(args, countdown)] = worker.asked
    assert (numbered(), countdown) == ([], nudging.HELD_SECONDS)
    first.commit()
    worker.look()
    assert numbered() == [1, 2]


@pytest.mark.parametrize(("found", "seconds"), [(0, 0.05), (10, 0.07), (100, 0.25), (350, 0.75), (5_000, 0.75)])
def test_the_more_was_found_the_longer_it_stays_away(worker, found, seconds):
    nudging.look_again_soon(found=found)
    [(_, countdown)] = worker.asked
    assert countdown == pytest.approx(seconds)


def test_what_is_held_back_for_long_is_looked_for_ever_more_seldom(worker):
    first = Writer(1)
    light(2)
    countdowns = []
    for _ in range(6):
        [(args, countdown)] = worker.asked
        countdowns.append(countdown)
        worker.asked.clear()
        tasks.advance(*args)
    first.commit()
    worker.look()
    assert (numbered(), countdowns) == ([1, 2], [None, 0.05, 0.1, 0.2, 0.4, 0.75])


def test_a_flood_is_left_alone_for_a_moment(worker, monkeypatch):
    monkeypatch.setattr(nudging, "QUIET_SECONDS", 0.1)
    with transaction.atomic():
        events.publish_all(LampLit(lamp_id=lamp) for lamp in range(500))
    worker.look()
    [(_, countdown)] = worker.asked
    assert countdown == nudging.LONGEST_SECONDS


def test_a_rolled_back_fact_does_not_ring(worker):
    with transaction.atomic():
        events.publish(LampLit(lamp_id=1))
        transaction.set_rollback(True)
    assert worker.asked == []
