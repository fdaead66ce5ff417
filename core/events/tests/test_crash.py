"""Killed without warning, in the middle: nothing is lost and nothing is done twice, except where the world outside is asked again."""

import signal
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.events import operations, outbox
from core.events.models import Cursor, OutboxMessage
from core.events.testing import published, settle

from .lamps import LampSeen, deliver_into, light, watcher

pytestmark = pytest.mark.commits

TEN = range(1, 11)


def seen():
    return Counter(fact.lamp_id for fact in published(LampSeen))


class TestAListenerKilledInMidBatch:
    @pytest.fixture(autouse=True)
    def _lit(self, own_database):
        light(*TEN)
        settle()

    def test_each_fact_takes_effect_exactly_once(self, beside):
        assert beside("watch", 6) == -signal.SIGKILL
        assert (seen(), Cursor.objects.get().position) == (Counter(), 0)
        operations.consume(listener=watcher())
        assert seen() == Counter(TEN)

    def test_control_with_effects_and_cursor_apart_five_happen_twice(self, beside):
        assert beside("watch-loosely", 6) == -signal.SIGKILL
        operations.consume(listener=watcher())
        assert seen() == Counter(TEN) + Counter(range(1, 6))


def write(*keys, **more):
    with transaction.atomic():
        for key in keys:
            outbox.enqueue(kind="tests.letter", key=key, payload={}, **more)


class TestOutbox:
    @pytest.fixture
    def file(self, tmp_path):
        return tmp_path / "letters"

    @pytest.fixture
    def letters(self, own_database, file, monkeypatch):
        monkeypatch.setattr(outbox, "_deliveries", {})
        deliver_into(file)
        return lambda: file.read_text().split() if file.exists() else []

    def test_a_key_is_sent_once_however_often_it_is_written(self, letters):
        for _ in range(3):
            write("welcome:7")
            outbox.relay()
        write("welcome:7")
        assert (outbox.relay(), letters()) == (0, ["welcome:7"])

    def test_what_is_rolled_back_is_not_sent(self, letters):
        with transaction.atomic():
            write("welcome:7")
            transaction.set_rollback(True)
        assert (outbox.relay(), letters()) == (0, [])

    def test_outside_a_transaction_nothing_is_written(self, letters):
        with pytest.raises(RuntimeError):
            outbox.enqueue(kind="tests.letter", key="welcome:7", payload={})

    def test_what_is_not_due_waits(self, letters):
        write("late", due_at=timezone.now() + timedelta(hours=1))
        write("now")
        assert (outbox.relay(), letters()) == (1, ["now"])

    def test_what_goes_first_is_sent_before_what_has_waited_longer(self, letters, monkeypatch):
        """A week's digests are a long queue, in which a refund would stand at the end."""
        sent = []
        monkeypatch.setattr(outbox, "_first", set())
        for kind, goes_first in (("tests.digest", False), ("tests.refund", True)):
            outbox.delivers(kind, called=kind, goes_first=goes_first)(lambda message: sent.append(message.key))
        with transaction.atomic():
            for n in range(5):
                outbox.enqueue(kind="tests.digest", key=f"digest:{n}", payload={})
        assert (outbox.relay(limit=2), sent) == (2, ["digest:0", "digest:1"])
        with transaction.atomic():
            outbox.enqueue(kind="tests.refund", key="refund:1", payload={})
            outbox.enqueue(kind="tests.refund", key="later", payload={}, due_at=timezone.now() + timedelta(hours=1))
        assert (outbox.relay(limit=2), sent[2:]) == (2, ["refund:1", "digest:2"])
        assert (outbox.relay(), sent[4:]) == (2, ["digest:3", "digest:4"])

    def test_killed_between_the_call_and_its_record_it_is_sent_again_after_the_lease(self, letters, beside, file):
        write("a", "b", "c")
        assert beside("relay", file, "b") == -signal.SIGKILL
        assert letters() == ["a", "b"]
        assert (outbox.relay(), letters()) == (1, ["a", "b", "c"])
        OutboxMessage.objects.filter(done_at=None).update(leased_until=timezone.now() - timedelta(seconds=1))
        assert (outbox.relay(), letters()) == (1, ["a", "b", "c", "b"])
        assert list(OutboxMessage.objects.order_by("key").values_list("key", "attempts")) == [
            ("a", 1), ("b", 2), ("c", 1),
        ]  # fmt: skip
        assert outbox.relay() == 0

    def test_what_never_succeeds_is_given_up_and_stays_to_be_looked_at(self, letters, monkeypatch):
        monkeypatch.setitem(outbox._deliveries, "tests.letter", lambda message: 1 / 0)
        write("hopeless")
        for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
            assert outbox.relay() == 1
            message = OutboxMessage.objects.get()
            assert (message.attempts, message.dead_at is not None) == (attempt, attempt == outbox.MOST_ATTEMPTS)
            assert message.due_at > timezone.now()
            OutboxMessage.objects.update(due_at=timezone.now())
        assert outbox.relay() == 0
        assert (message.done_at, message.last_error) == (None, "ZeroDivisionError: division by zero")

    def test_pauses_grow_and_end_at_six_hours(self, letters, monkeypatch):
        monkeypatch.setitem(outbox._deliveries, "tests.letter", lambda message: 1 / 0)
        monkeypatch.setattr(outbox.random, "uniform", lambda low, high: 1.0)
        write("hopeless")
        pauses = []
        for _ in range(outbox.MOST_ATTEMPTS):
            began = timezone.now()
            outbox.relay()
            pauses.append(round((OutboxMessage.objects.get().due_at - began).total_seconds()))
            OutboxMessage.objects.update(due_at=began)
        assert pauses == [2**n for n in range(1, outbox.MOST_ATTEMPTS + 1)]
        assert min(2**20, outbox.LONGEST_PAUSE_SECONDS) == 6 * 3600

    def test_a_message_that_kills_every_worker_is_given_up_too(self, letters, beside, file):
        write("deadly")
        OutboxMessage.objects.update(attempts=outbox.MOST_ATTEMPTS - 1)
        assert beside("relay", file, "deadly") == -signal.SIGKILL
        OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        outbox.relay()
        message = OutboxMessage.objects.get()
        assert (message.dead_at is None, message.attempts, letters()) == (False, outbox.MOST_ATTEMPTS, ["deadly"])

    def test_no_transaction_is_open_during_a_delivery(self, letters, monkeypatch):
        asked = []
        monkeypatch.setitem(
            outbox._deliveries, "tests.letter", lambda message: asked.append(connection.in_atomic_block)
        )
        write("a")
        outbox.relay()
        assert asked == [False]


@pytest.mark.race
class TestRelaysAtOnce:
    @staticmethod
    def race(relays=4, messages=12):
        write(*(f"letter:{n}" for n in range(messages)))
        barrier, sent = threading.Barrier(relays), []

        def deliver(message):
            sent.append(message.key)

        outbox._deliveries["tests.letter"] = deliver

        def relay():
            try:
                barrier.wait()
                while outbox.relay(limit=3):
                    pass
            finally:
                connection.close()

        threads = [threading.Thread(target=relay) for _ in range(relays)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return Counter(sent)

    @pytest.fixture(autouse=True)
    def _own_deliveries(self, own_database, monkeypatch):
        monkeypatch.setattr(outbox, "_deliveries", {})

    def test_each_message_is_sent_by_one_of_them(self):
        assert self.race() == Counter(f"letter:{n}" for n in range(12))

    def test_control_without_claim_and_lease_some_are_sent_by_several(self, monkeypatch):
        together, has_looked = threading.Barrier(4), threading.local()

        def look(**only):
            found = OutboxMessage.objects.filter(done_at__isnull=True, **only).order_by("pk").first()
            if found is not None and not getattr(has_looked, "once", False):
                has_looked.once = True
                together.wait(timeout=30)
            return found

        monkeypatch.setattr(outbox, "_claim", look)
        assert self.race()["letter:0"] == 4
