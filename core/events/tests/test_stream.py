"""The stream: every committed fact reaches every listener once, in one order, whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from core import events
from core.events import operations
from core.events.facts import Code, NotAFact
from core.events.listening import Listener, NotRebuildable
from core.events.models import Cursor, DeadLetter
from core.events.testing import published, settle
from core.realtime.models import Stream

from .lamps import LampLit, LampSeen, light


@pytest.fixture
def listener():
    seen = []
    reader = Listener("tests.lamps", resets=seen.clear)
    reader.seen = seen
    reader(LampLit)(lambda fact: seen.append(fact.lamp_id))
    return reader


@pytest.mark.django_db
class TestPublishing:
    def test_a_fact_is_stored_with_its_actor_and_payload(self):
        events.publish(LampLit(lamp_id=7, color=Code("green")), by=42, subject="lamp:7")
        [fact] = published(LampLit)
        assert (fact.lamp_id, fact.color, fact.actor_id) == (7, "green", 42)

    def test_a_code_that_looks_like_text_is_refused(self):
        with pytest.raises(ValueError, match="not a code"):
            events.publish(LampLit(lamp_id=7, color=Code("a green lamp")))

    def test_it_is_one_statement_for_whoever_counts_them(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            events.publish(LampLit(lamp_id=7))

    def test_what_the_database_refuses_is_an_error_of_django_and_breaks_the_transaction(self):
        with transaction.atomic():
            with pytest.raises(IntegrityError):
                events.publish(LampLit(lamp_id=7), subject=None)
            transaction.set_rollback(True)
        assert published(LampLit) == []

    def test_a_broken_transaction_takes_no_facts(self):
        with transaction.atomic():
            transaction.set_rollback(True)
            with pytest.raises(transaction.TransactionManagementError):
                events.publish(LampLit(lamp_id=7))

    def test_many_facts_keep_their_own_times_actors_and_order(self, monkeypatch):
        monkeypatch.setattr(events.publishing, "AT_ONCE", 2)
        monday = datetime(2026, 3, 2, tzinfo=UTC)
        events.publish_many_at(
            [
                events.Dated(LampLit(lamp_id=n), monday - timedelta(days=n), by=n or None, subject=f"lamp:{n}")
                for n in range(5)
            ]
        )
        assert [(fact.lamp_id, fact.actor_id, fact.happened_at) for fact in published(LampLit)] == [
            (n, n or None, monday - timedelta(days=n)) for n in range(5)
        ]

    def test_a_fact_with_a_text_field_cannot_be_declared(self):
        with pytest.raises(NotAFact):

            class LampNamed(events.Fact):
                name_given: str


def test_publishing_outside_a_transaction_is_refused(own_database):
    with pytest.raises(RuntimeError):
        events.publish(LampLit(lamp_id=1))
    with pytest.raises(RuntimeError):
        events.publish_many_at([events.Dated(LampLit(lamp_id=1), timezone.now())])


class TestReading:
    def test_facts_arrive_once_and_in_order(self, own_database, listener):
        light(1, 2)
        light(3)
        settle()
        assert operations.consume(listener=listener) == 3
        assert operations.consume(listener=listener) == 0
        assert listener.seen == [1, 2, 3]

    def test_facts_that_were_deleted_leave_holes_that_nobody_falls_into(self, own_database, listener):
        for lamp in range(1, 9):
            light(lamp)
        settle()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM events_fact WHERE position BETWEEN 2 AND 6")
        read = [operations.consume(listener=listener, limit=3) for _ in range(4)]
        assert (read, listener.seen) == ([3, 3, 2, 0], [1, 7, 8])

    def test_a_batch_holds_only_what_the_listener_reads(self, own_database, listener, monkeypatch):
        with transaction.atomic():
            events.publish_all([LampLit(lamp_id=1), LampSeen(lamp_id=1), LampLit(lamp_id=2)])
        settle()
        read = []
        monkeypatch.setattr(operations, "fact_in", lambda row: read.append(row[1]) or LampLit(lamp_id=len(read)))
        assert operations.consume(listener=listener) == 3
        assert read == [LampLit.name] * 2

    def test_a_replay_begins_again(self, own_database, listener):
        light(1, 2)
        settle()
        operations.consume(listener=listener)
        operations.replay(listener=listener)
        assert listener.seen == [1, 2]

    def test_what_cannot_be_repeated_refuses_a_replay(self, own_database):
        with pytest.raises(NotRebuildable):
            operations.replay(listener=Listener("tests.mails", resets=None))

    def test_poison_is_buried_and_the_stream_goes_on(self, own_database, listener):
        def refuse(fact):
            if fact.lamp_id == 2:
                raise ValueError("no such lamp")

        listener(LampLit)(refuse)
        light(1, 2, 3)
        settle()
        operations.consume(listener=listener)
        assert [letter.error.splitlines()[-1] for letter in DeadLetter.objects.all()] == ["ValueError: no such lamp"]
        assert Cursor.objects.get(pk=listener.name).position == 3

    def test_control_not_read_one_by_one_it_would_stop_the_stream(self, own_database, listener, monkeypatch):
        def refuse(fact):
            if fact.lamp_id == 2:
                raise ValueError("no such lamp")

        def all_together(listener, rows):
            operations._handle(listener, [operations.fact_in(row) for row in rows])

        monkeypatch.setattr(operations, "_take_carefully", all_together)
        listener(LampLit)(refuse)
        light(1, 2, 3)
        settle()
        for _ in range(2):
            with pytest.raises(ValueError, match="no such lamp"):
                operations.consume(listener=listener)
        assert (Cursor.objects.get(pk=listener.name).position, DeadLetter.objects.count()) == (0, 0)

    def test_what_poison_wrote_is_undone_and_the_others_take_effect(self, own_database, listener):
        def write_and_fail(fact):
            Stream.objects.create(name=f"lamp:{fact.lamp_id}")
            if fact.lamp_id == 2:
                raise ValueError("no such lamp")

        listener(LampLit)(write_and_fail)
        light(1, 2, 3)
        settle()
        operations.consume(listener=listener)
        assert sorted(Stream.objects.values_list("name", flat=True)) == ["lamp:1", "lamp:3"]

    def test_a_fact_that_cannot_even_be_read_is_buried_too(self, own_database, listener, monkeypatch):
        light(1, 2, 3)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE events_intake SET payload = '{}' WHERE payload->>'lamp_id' = '2'")
        settle()
        operations.consume(listener=listener)
        assert [letter.error.splitlines()[-1] for letter in DeadLetter.objects.all()] == [
            "TypeError: LampLit.__init__() missing 1 required keyword-only argument: 'lamp_id'"
        ]
        assert listener.seen == [1, 3]
        assert Cursor.objects.get(pk=listener.name).position == 3

    def test_a_fact_that_takes_for_ever_is_buried(self, own_database, listener):
        def dawdle(fact):
            if fact.lamp_id == 2:
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)")

        listener(LampLit)(dawdle)
        light(1, 2, 3)
        settle()
        operations.consume(listener=listener)
        [letter] = DeadLetter.objects.all()
        assert "canceling statement due to statement timeout" in letter.error
        assert Cursor.objects.get(pk=listener.name).position == 3

    def test_what_may_pass_is_not_buried_and_read_again(self, own_database, listener):
        tries = []

        def wait_in_vain(fact):
            tries.append(fact.lamp_id)
            if len(tries) == 1:
                with connection.cursor() as cursor:
                    cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'locked' USING ERRCODE = 'lock_not_available'; END $$")

        listener(LampLit)(wait_in_vain)
        light(1)
        settle()
        with pytest.raises(OperationalError):
            operations.consume(listener=listener)
        assert operations.consume(listener=listener) == 1
        assert (tries, DeadLetter.objects.count()) == ([1, 1], 0)

    def test_a_dead_letter_is_handed_over_once_more(self, own_database, listener, monkeypatch):
        is_broken = [True]

        def refuse(fact):
            if is_broken[0]:
                raise ValueError("not today")
            Stream.objects.create(name=f"lamp:{fact.lamp_id}")

        listener(LampLit)(refuse)
        monkeypatch.setitem(Listener.known, listener.name, listener)
        light(1)
        settle()
        operations.consume(listener=listener)
        letter = DeadLetter.objects.get()
        with pytest.raises(ValueError, match="not today"):
            operations.retry_dead_letter(letter=letter)
        is_broken[0] = False
        for _ in range(2):
            operations.retry_dead_letter(letter=letter)
        assert (list(Stream.objects.values_list("name", flat=True)), DeadLetter.objects.get().resolved_at is None) == (
            ["lamp:1"],
            False,
        )

    def test_what_happened_too_long_ago_is_passed_over_by_those_who_say_so(self, own_database, listener):
        listener.within = timedelta(days=7)
        now = timezone.now()
        with transaction.atomic():
            events.publish_many_at(
                [
                    events.Dated(LampLit(lamp_id=1), now - timedelta(days=7, minutes=1)),
                    events.Dated(LampLit(lamp_id=2), now - timedelta(days=6, hours=23)),
                ]
            )
        settle()
        assert operations.consume(listener=listener) == 2
        assert listener.seen == [2]
