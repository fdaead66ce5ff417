"""What was shown is noted, and no page waits for the disk because of it."""

import pytest
from django.db import connection, connections

from recsys import operations
from recsys.models import Impression

pytestmark = pytest.mark.django_db

CARDS = [{"name": f"course:{n}", "source": "popular", "may_be_noted": True} for n in (1, 2)]


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
        operations.note_shown(user=cleo, cards=[*CARDS, {"name": "course:3", "source": "new", "may_be_noted": False}])
    assert Impression.objects.filter(user=cleo).count() == 2
