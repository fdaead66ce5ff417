"""The order of the stream: that of writing, whoever commits first and whatever is open elsewhere on the server."""

import threading
import time

import pytest
from django.db import connection, transaction

from conftest import _owner_connection
from core import events
from core.events import operations, sequencing, tasks
from core.events.listening import Listener
from core.events.models import Cursor
from core.events.testing import published, settle
from core.realtime.models import Stream

from .lamps import LampLit, light

pytestmark = [pytest.mark.commits, pytest.mark.race]

BOUND = "(xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))"


@pytest.fixture
def listener():
    reader = Listener("tests.lamps", resets=None)
    reader.seen = []
    reader(LampLit)(lambda fact: reader.seen.append(fact.lamp_id))
    return reader


class Writer:
    """A writer in a thread and a transaction of its own, which commits when it is told to."""

    def __init__(self, *lamps):
        self._wrote, self._may_commit = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._write, args=lamps)
        self._thread.start()
        assert self._wrote.wait(30)

    def _write(self, *lamps):
        try:
            with transaction.atomic():
                events.publish_all([LampLit(lamp_id=lamp) for lamp in lamps])
                self._wrote.set()
                assert self._may_commit.wait(60)
        finally:
            connection.close()

    def commit(self):
        self._may_commit.set()
        self._thread.join()


def read(listener):
    sequencing.sequence()
    operations.consume(listener=listener)
    return list(listener.seen)


class TestTwoWritersThatCommitOutOfOrder:
    def test_the_later_fact_waits_for_the_earlier_one(self, own_database, listener):
        first = Writer(1, 2)
        light(3)
        assert (read(listener), sequencing.is_anything_waiting()) == ([], True)
        first.commit()
        settle()
        assert read(listener) == [1, 2, 3]

    def test_control_without_the_bound_they_come_in_another_order(self, own_database, listener, monkeypatch):
        assert BOUND in sequencing._NUMBER
        monkeypatch.setattr(sequencing, "_NUMBER", sequencing._NUMBER.replace(BOUND, "true"))
        first = Writer(1, 2)
        light(3)
        assert read(listener) == [3]
        first.commit()
        assert read(listener) == [3, 1, 2]

    def test_control_a_reader_that_remembers_the_last_id_loses_one(self, own_database):
        first = Writer(1, 2)
        light(3)
        last = max(fact.id for fact in published(LampLit))
        first.commit()
        assert [fact.lamp_id for fact in published(LampLit) if fact.id > last] == []

    def test_one_that_rolls_back_is_not_waited_for(self, own_database, listener):
        light(1)
        with transaction.atomic():
            events.publish(LampLit(lamp_id=2))
            transaction.set_rollback(True)
        light(3)
        settle()
        assert read(listener) == [1, 3]


class TestAWriterHeldOpenInAnotherDatabase:
    @pytest.fixture
    def elsewhere(self, own_database):
        connected = _owner_connection("postgres")
        try:
            connected.autocommit = False
            with connected.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            yield connected
        finally:
            connected.close()

    def test_delays_and_loses_nothing(self, elsewhere, listener):
        light(1)
        light(2)
        assert (read(listener), sequencing.is_anything_waiting()) == ([], True)
        elsewhere.rollback()
        settle()
        assert read(listener) == [1, 2]

    def test_control_without_the_bound_nobody_would_wait_for_it(self, elsewhere, listener, monkeypatch):
        monkeypatch.setattr(sequencing, "_NUMBER", sequencing._NUMBER.replace(BOUND, "true"))
        light(1)
        light(2)
        assert (read(listener), sequencing.is_anything_waiting()) == ([1, 2], False)


def test_many_writers_and_two_sequencers_number_each_fact_once(own_database, listener):
    writers, each = 6, 25
    barrier = threading.Barrier(writers + 2)
    is_over = threading.Event()

    def write(number):
        barrier.wait()
        try:
            for n in range(each):
                light(number * each + n)
        finally:
            connection.close()

    def number_them():
        barrier.wait()
        try:
            while not is_over.is_set():
                sequencing.sequence(limit=7)
        finally:
            connection.close()

    writing = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    numbering = [threading.Thread(target=number_them) for _ in range(2)]
    for thread in (*writing, *numbering):
        thread.start()
    for thread in writing:
        thread.join()
    is_over.set()
    for thread in numbering:
        thread.join()
    settle()
    operations.consume(listener=listener)
    assert sorted(listener.seen) == list(range(writers * each))
    with connection.cursor() as cursor:
        cursor.execute("SELECT position FROM events_fact ORDER BY position")
        assert [position for (position,) in cursor.fetchall()] == list(range(1, writers * each + 1))
        cursor.execute("SELECT count(*) FROM (SELECT xid, lag(xid) OVER (ORDER BY position) AS before FROM events_fact) AS a "
                       "WHERE before > xid")  # fmt: skip
        assert cursor.fetchone() == (0,)


def wait_until_settled(count):
    """A test beside us that holds a transaction open delays it; the time limit of a test is the bound."""
    with connection.cursor() as cursor:
        settled = 0
        while settled < count:
            cursor.execute(f"SELECT count(*) FROM events_intake WHERE {BOUND}")
            (settled,) = cursor.fetchone()


class TestASequencerThatHasNotCommitted:
    """The next one begins when its numbers can be seen."""

    @pytest.fixture
    def positions(self, own_database, at_once):
        """Numbers two facts, the second one while the transaction that numbered the first is open."""
        has_numbered = threading.Event()

        def slowly():
            with transaction.atomic():
                sequencing.sequence(limit=1)
                has_numbered.set()
                time.sleep(0.3)

        def next_one():
            assert has_numbered.wait(30)
            sequencing.sequence()

        def number_them():
            light(1)
            light(2)
            wait_until_settled(2)
            assert at_once(slowly, next_one) == {"done": 2}
            with connection.cursor() as cursor:
                cursor.execute("SELECT position FROM events_fact ORDER BY position")
                return [position for (position,) in cursor.fetchall()]

        return number_them

    def test_is_waited_for(self, positions):
        assert positions() == [1, 2]

    def test_control_not_waited_for_a_number_is_given_twice(self, positions, monkeypatch):
        monkeypatch.setattr(sequencing, "_ALONE", sequencing._ALONE.replace("pg_advisory_xact_lock(%s)", "%s"))
        assert positions() == [1, 1]


class TestABacklog:
    """It is taken by the index, however empty the intake was when its statistics were taken."""

    @staticmethod
    def plan():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sequencing._ALONE, [sequencing._LOCK])
            cursor.execute(f"EXPLAIN {sequencing._NUMBER}", [sequencing.AT_ONCE])
            return "\n".join(line for (line,) in cursor.fetchall())

    def test_is_taken_by_the_index(self, own_database):
        light(*range(20))
        assert "Seq Scan on events_intake" not in self.plan()

    def test_control_left_to_itself_it_would_be_read_whole(self, own_database, monkeypatch):
        light(*range(20))
        monkeypatch.setattr(sequencing, "_ALONE", "SELECT pg_advisory_xact_lock(%s)")
        assert "Seq Scan on events_intake" in self.plan()

    def test_comes_in_portions_and_in_order(self, own_database, listener):
        for first in range(0, 60, 3):
            light(*range(first, first + 3))
        numbered = []
        # A test beside us that holds a transaction open delays it; the time limit of a test is the bound.
        while sequencing.is_anything_waiting():
            numbered.append(sum(sequencing.sequence(limit=7).values()))
        assert (max(numbered), sum(numbered)) == (7, 60)
        assert read(listener) == list(range(60))


def test_two_workers_never_read_for_one_listener_at_once(own_database):
    light(1)
    settle()
    began, may_end = threading.Event(), threading.Event()
    slow = Listener("tests.slow", resets=None)

    @slow(LampLit)
    def dawdle(fact):
        began.set()
        assert may_end.wait(60)

    def work():
        try:
            operations.consume(listener=slow)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert began.wait(30)
    with pytest.raises(operations.Busy):
        operations.consume(listener=slow)
    may_end.set()
    thread.join()
    assert Cursor.objects.get(pk=slow.name).position == 1


class TestReplaying:
    @pytest.fixture
    def counting(self):
        """Counts how often each lamp was lit, in a table of the database."""
        reader = Listener("tests.counting", resets=lambda: Stream.objects.all().delete())

        @reader(LampLit)
        def count(fact):
            row, _ = Stream.objects.get_or_create(name=f"lamp:{fact.lamp_id}")
            Stream.objects.filter(pk=row.pk).update(seq=row.seq * 3 + fact.lamp_id)

        return reader

    @staticmethod
    def table():
        return sorted(Stream.objects.values_list("name", "seq"))

    @pytest.fixture
    def before(self, own_database, counting):
        for lamps in ((1, 2), (2,), (3, 1, 2), (1,)):
            light(*lamps)
            settle()
            operations.consume(listener=counting, limit=2)
        while operations.consume(listener=counting):
            pass
        return self.table()

    def test_it_makes_the_same_tables_again(self, before, counting):
        Stream.objects.filter(name="lamp:2").delete()
        operations.replay(listener=counting)
        assert self.table() == before == [("lamp:1", 13), ("lamp:2", 26), ("lamp:3", 3)]

    def test_control_read_again_without_forgetting_they_are_others(self, before, counting):
        counting._resets = lambda: None
        operations.replay(listener=counting)
        assert self.table() != before


class TestALostNudge:
    @pytest.fixture(autouse=True)
    def _mute(self, own_database, listener, monkeypatch):
        monkeypatch.setattr("core.events.nudging._nudge", lambda *_, **__: None)
        monkeypatch.setattr(Listener, "known", {listener.name: listener})

    def test_the_sweep_catches_it(self, listener):
        light(1, 2)
        assert listener.seen == []
        settle()
        tasks.sweep()
        assert listener.seen == [1, 2]

    def test_one_listener_that_cannot_read_does_not_stop_the_others(self, listener, monkeypatch):
        broken = Listener("tests.broken", resets=None)

        @broken(LampLit)
        def fail(fact):
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = 'lock_not_available'; END $$")

        Listener.known = {broken.name: broken, listener.name: listener}
        light(1)
        settle()
        with pytest.raises(ExceptionGroup):
            tasks.sweep()
        assert listener.seen == [1]
