"""Accounts without a limit are remembered after a commit, by the connection that saw it."""

import pytest
from django.db import connection, transaction

from ledger import AccountName, known, queries
from ledger.operations import post

from .names import BEN, HOUSE, moving

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("own_database")]

OTHER = AccountName("tests.house", "other", "PTS")


def test_are_not_looked_up_again_unless_they_are_limited(django_assert_num_queries):
    post(key="first", kind="in", lines=moving(10, to=OTHER))
    post(key="funds", kind="in", lines=moving(10, to=BEN))
    with transaction.atomic():
        with django_assert_num_queries(1):
            post(key="second", kind="in", lines=moving(10, to=OTHER))
        with django_assert_num_queries(2):
            post(key="third", kind="out", lines=moving(10, to=OTHER, source=BEN))
    assert queries.balances([OTHER, BEN]) == {OTHER: 30, BEN: 0}


def test_what_a_rollback_took_along_is_not_remembered():
    with transaction.atomic():
        post(key="first", kind="in", lines=moving(10, to=OTHER))
        post(key="second", kind="in", lines=moving(10, to=OTHER))
        transaction.set_rollback(True)
    assert known.ids_of([OTHER, HOUSE]) == {}
    post(key="first", kind="in", lines=moving(10, to=OTHER))
    assert queries.balance(OTHER) == 10


def test_another_connection_looks_for_itself():
    post(key="first", kind="in", lines=moving(10, to=OTHER))
    assert set(known.ids_of([OTHER, HOUSE, BEN])) == {OTHER, HOUSE}
    connection.close()
    connection.ensure_connection()
    assert known.ids_of([OTHER, HOUSE]) == {}


def test_no_connection_remembers_without_end(monkeypatch):
    monkeypatch.setattr(known, "AT_MOST", 3)
    for n in range(5):
        post(key=f"in:{n}", kind="in", lines=moving(10, to=AccountName("tests.house", f"other:{n}", "PTS")))
    assert len(known._known[connection.connection]) <= 3
