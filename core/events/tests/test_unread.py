"""What somebody has just done is known before a worker has read of it."""

import pytest
from django.db import transaction

from core import events
from core.events import operations, queries
from core.events.listening import Listener
from core.events.testing import settle

from .lamps import LampLit, LampSeen

pytestmark = pytest.mark.commits


@pytest.fixture
def reader():
    found = Listener("tests.lamps", resets=None)
    found(LampLit)(lambda fact: None)
    return found


def lights(lamp, by):
    with transaction.atomic():
        events.publish(LampLit(lamp_id=lamp), by=by)
        events.publish(LampSeen(lamp_id=lamp), by=by)


def ahead(reader, actor):
    rows = queries.AHEAD.rows(listener=reader.name, actor=actor, names=reader.facts)
    return sorted(fact.lamp_id for fact in queries.facts_ahead(rows))


def test_a_fact_is_ahead_from_its_commit_until_it_was_read_numbered_or_not(own_database, reader):
    seen = [ahead(reader, 7)]
    lights(1, by=7)
    seen.append(ahead(reader, 7))
    settle()
    lights(2, by=7)
    seen.append(ahead(reader, 7))
    operations.consume(listener=reader)
    seen.append(ahead(reader, 7))
    settle()
    operations.consume(listener=reader)
    seen.append(ahead(reader, 7))
    assert seen == [[], [1], [1, 2], [2], []]


def test_those_of_others_are_not(own_database, reader):
    for actor in (7, 8):
        lights(actor, by=actor)
    lights(9, by=None)
    assert [ahead(reader, actor) for actor in (7, 8, 9)] == [[7], [8], []]


def test_of_a_long_queue_only_the_newest_are_looked_through(own_database, reader, monkeypatch):
    monkeypatch.setattr(queries, "AHEAD", queries._ahead(3))
    for lamp in range(4):
        lights(lamp, by=7)
    newest = ahead(reader, 7)
    settle()
    assert (newest, ahead(reader, 7)) == ([3], [3])
