"""Two batches for one member at once: the daily count of a rule holds, and without the lock on the member it does not."""

import time

import pytest
from django.db import connection

from accounts.models import User
from gamification import operations
from gamification.models import Rule
from gamification.operations import giving
from gamification.rules import account_of
from ledger.queries import balance

pytestmark = [pytest.mark.race, pytest.mark.commits]

RULE, ACTS = "question_asked", 8


def ask(user, n):
    # On a busy machine eight wait for each other longer than the site would let them.
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
    operations.give_points(user_id=user.pk, rule=RULE, source=f"thread:{n}")


@pytest.fixture
def earn(own_database, at_once, monkeypatch):
    """Eight questions at once, each batch with time to look before it writes; what came of it, in times of the rule."""
    cap = giving._cap

    def look_and_wait(*given):
        found = cap(*given)
        time.sleep(0.15)
        return found

    def race():
        ada = User.objects.create_user("ada@example.test", username="ada", name="Ada")
        assert at_once(*(lambda n=n: ask(ada, n) for n in range(ACTS))) == {"done": ACTS}
        return balance(account_of(ada.pk)) // Rule.objects.get(code=RULE).points

    monkeypatch.setattr(giving, "_cap", look_and_wait)
    return race


def test_no_more_are_given_than_a_day_has(earn):
    assert earn() == Rule.objects.get(code=RULE).times_a_day == 5


def test_control_without_the_lock_more_are(earn, without_row_locks, meet):
    meet(giving, "_posting", threads=ACTS)
    assert earn() > 5
