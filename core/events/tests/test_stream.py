"""The stream: every committed fact reaches every listener once, in one order, whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import events
from core.events import operations
from core.events.facts import Code, NotAFact
from core.events.listening import Listener, NotRebuildable
from core.events.models import Cursor, DeadLetter
from core.events.testing import published, settle


class LampLit(events.Fact):
    lamp_id: int
    color: Code = Code("white")


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


def light(*lamps):
    with transaction.atomic():
        events.publish_all([LampLit(lamp_id=lamp) for lamp in lamps])


class TestReading:
    def test_facts_arrive_once_and_in_order(self, own_database, listener):
        light(1, 2)
        light(3)
        settle()
        assert operations.consume(listener=listener) == 3
        assert operations.consume(listener=listener) == 0
        assert listener.seen == [1, 2, 3]

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
