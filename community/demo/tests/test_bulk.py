"""The quick way into a large world ends where the slow one does."""

import pytest
import time_machine

from community.demo.world import listening
from community.demo.world.building import build
from core.events import publishing
from core.events.models import OutboxMessage, StoredFact
from core.search.models import SearchDocument
from gamification.models import Grant, Tally
from ledger.models import Entry
from notifications.models import Notification
from recsys.models import Interaction

from .conftest import small_plan

SMALL = {"members": 4, "courses": 1, "posts": 12, "views": (1, 2), "most_courses": 1}
"""The smallest world that tells of everything: each fact is read by each listener in a transaction of its own."""


def derived():
    """What listeners made, without the numbers of rows, which tell only who came first."""
    facts = StoredFact.objects.exclude(name="recsys.ModelTrained").values_list("name", "happened_at", "payload")
    return {
        "facts": sorted((name, at, _lasting(payload)) for name, at, payload in facts),
        "tallies": sorted(Tally.objects.values_list("user", "date", "rule", "points", "times")),
        "badges": sorted(Grant.objects.values_list("user", "badge", "granted_at")),
        "entries": sorted(Entry.objects.values_list("transaction__key", "account__owner", "account__unit", "amount")),
        "interactions": sorted(Interaction.objects.values_list("user", "item", "weight", "happened_at")),
        "search": sorted(SearchDocument.objects.values_list("kind", "object_id", "title", "url")),
        "told": sorted(Notification.objects.values_list("user", "kind", "key", "created_at")),
        "mails": sorted(OutboxMessage.objects.filter(kind="mail").values_list("key", "payload__to", "payload__text")),
    }


def _lasting(payload):
    return sorted((name, value) for name, value in payload.items() if name != "transaction_id")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_copying_and_reading_in_bulk_equal_writing_and_reading_one_by_one(fresh_database, monkeypatch):
    plan, found = small_plan(**SMALL), []
    for by_copy_from, at_once in ((0, listening.AT_ONCE), (10**9, 1)):
        monkeypatch.setattr(publishing, "AT_ONCE", by_copy_from)
        monkeypatch.setattr(listening, "AT_ONCE", at_once)
        fresh_database()
        # On the day itself: nobody is told any more of what happened weeks ago.
        with time_machine.travel(plan.now, tick=False):
            build(plan, say=lambda words: None)
        found.append(derived())
    quick, slow = found
    assert {name: len(rows) for name, rows in quick.items()} == {name: len(rows) for name, rows in slow.items()}
    assert quick == slow
    assert min(len(rows) for rows in quick.values()) > 0
