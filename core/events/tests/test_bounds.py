"""What commits late is not overtaken, and what leaves the database leaves it once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import events
from core.events import operations, outbox, sequencing
from core.events.listening import Listener
from core.events.models import OutboxMessage
from core.events.testing import settle


class BellCast(events.Fact):
    bell_id: int


@pytest.fixture
def listener():
    seen = []
    reader = Listener("tests.bells", resets=seen.clear)
    reader.seen = seen
    reader(BellCast)(lambda fact: seen.append(fact.bell_id))
    return reader


@pytest.fixture
def held_open(own_database):
    """Somebody who has cast the first bell and has not committed yet; calling it lets them commit."""
    published, go_on = threading.Event(), threading.Event()

    def write():
        try:
            with transaction.atomic():
                events.publish(BellCast(bell_id=1))
                published.set()
                assert go_on.wait(timeout=60)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert published.wait(timeout=60)

    def commit():
        go_on.set()
        writer.join(timeout=60)

    yield commit
    commit()


@pytest.mark.race
class TestCommitOrder:
    def read(self, listener):
        while operations.consume(listener=listener):
            pass
        return listener.seen

    def test_who_commits_first_does_not_overtake_who_began_first(self, held_open, listener):
        with transaction.atomic():
            events.publish(BellCast(bell_id=2))
        sequencing.sequence()
        assert self.read(listener) == []
        assert sequencing.is_anything_waiting()
        held_open()
        settle()
        assert self.read(listener) == [1, 2]

    def test_control_without_the_bound_the_order_is_another(self, held_open, listener, monkeypatch):
        bound = "(xid < pg_snapshot_xmin(pg_current_snapshot()) OR xid >= pg_snapshot_xmax(pg_current_snapshot()))"
        assert bound in sequencing._NUMBER
        monkeypatch.setattr(sequencing, "_NUMBER", sequencing._NUMBER.replace(bound, "true"))
        with transaction.atomic():
            events.publish(BellCast(bell_id=2))
        sequencing.sequence()
        assert self.read(listener) == [2]
        held_open()
        settle()
        assert self.read(listener) == [2, 1]


@pytest.mark.django_db
class TestOutbox:
    @pytest.fixture
    def sent(self, monkeypatch):
        sent = []
        monkeypatch.setitem(outbox._deliveries, "tests.letter", lambda message: sent.append(message.key))
        return sent

    def test_one_key_is_one_message_and_is_sent_once(self, sent):
        for _ in range(2):
            outbox.enqueue(kind="tests.letter", key="letter:1", payload={})
        assert [outbox.relay(), outbox.relay()] == [1, 0]
        assert sent == ["letter:1"]

    def test_who_is_sending_holds_a_lease(self, sent):
        outbox.enqueue(kind="tests.letter", key="letter:1", payload={})
        assert outbox._claim().key == "letter:1"
        assert outbox.relay() == 0
        OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        assert outbox.relay() == 1
        assert (sent, OutboxMessage.objects.get().attempts) == (["letter:1"], 2)

    def test_what_was_sent_is_done_even_when_its_lease_is_over(self, sent):
        outbox.enqueue(kind="tests.letter", key="letter:1", payload={})
        assert outbox.relay() == 1
        OutboxMessage.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        assert outbox.relay() == 0
        assert (sent, OutboxMessage.objects.get().done_at is not None) == (["letter:1"], True)

    def test_what_fails_is_tried_later_and_at_last_given_up(self, monkeypatch):
        def fail(message):
            raise OSError("nobody there")

        monkeypatch.setitem(outbox._deliveries, "tests.letter", fail)
        outbox.enqueue(kind="tests.letter", key="letter:1", payload={})
        for attempt in range(1, outbox.MOST_ATTEMPTS + 1):
            assert [outbox.relay(), outbox.relay()] == [1, 0]
            message = OutboxMessage.objects.get()
            assert (message.attempts, message.done_at, message.last_error) == (attempt, None, "OSError: nobody there")
            OutboxMessage.objects.update(due_at=timezone.now())
        assert message.dead_at is not None
        assert outbox.relay() == 0
