"""What was shown is noted, and no page waits for the disk because of it."""

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from forum import operations as forum
from recsys import operations
from recsys.models import Impression

pytestmark = pytest.mark.django_db

CARDS = [{"name": f"course:{n}", "source": "popular", "is_to_be_noted": True} for n in (1, 2)]


def waits_for_the_disk():
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return cursor.fetchone()[0]


@pytest.fixture
def _careful():
    """As on a server that makes every commit wait."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")


@pytest.mark.usefixtures("_careful")
@pytest.mark.parametrize(("is_inside", "afterwards"), [(False, "off"), (True, "on")])
def test_by_itself_it_is_committed_lightly_and_within_a_transaction_as_that_is(
    cleo, monkeypatch, is_inside, afterwards
):
    monkeypatch.setattr(connections["default"], "in_atomic_block", is_inside)
    operations.note_shown(user=cleo, cards=CARDS)
    assert (waits_for_the_disk(), Impression.objects.filter(user=cleo).count()) == (afterwards, 2)


def test_looking_again_changes_nothing(cleo, django_assert_num_queries):
    operations.note_shown(user=cleo, cards=CARDS)
    with django_assert_num_queries(1):
        operations.note_shown(user=cleo, cards=[*CARDS, {"name": "course:3", "source": "new", "is_to_be_noted": False}])
    assert Impression.objects.filter(user=cleo).count() == 2


def is_to_be_noted(page):
    return [card["is_to_be_noted"] for card in page.get("/").context["feed"]]


def test_a_card_is_to_be_noted_once_a_day(ada, cleo, page_of):
    for n in range(2):
        forum.start_thread(by=ada, title=f"Talk {n}", source="Of cups.", audience=["public"])
    page = page_of(cleo)
    assert (is_to_be_noted(page), is_to_be_noted(page)) == ([True, True], [False, False])
    Impression.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert is_to_be_noted(page) == [True, True]
    assert Impression.objects.filter(user=cleo).count() == 4
