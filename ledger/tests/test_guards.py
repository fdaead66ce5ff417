"""What Postgres itself refuses, to the site's role and to the owner of the tables alike."""

import psycopg2
import pytest
from django.db import Error, connection, transaction

from ledger import Line, Posting, queries, verification
from ledger.operations import post, post_many

from .names import BEN, CLEO, HOUSE, fund

CHANGES = [
    "UPDATE ledger_entry SET amount = amount + 1",
    "UPDATE ledger_entry SET account_id = account_id",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_entry CASCADE",
    "UPDATE ledger_transaction SET kind = 'other'",
    "DELETE FROM ledger_transaction",
    "TRUNCATE ledger_transaction CASCADE",
    "UPDATE ledger_account SET owner = 'user:9'",
    "UPDATE ledger_account SET unit = 'CNY'",
    "DELETE FROM ledger_account",
    "TRUNCATE ledger_account CASCADE",
]


@pytest.fixture
def posted(own_database):
    fund(BEN, 10)
    return own_database


def journal():
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_id, account_id, amount FROM ledger_entry ORDER BY id")
        return cursor.fetchall()


def test_the_tests_run_with_the_rights_of_the_site(posted):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, tableowner FROM pg_tables WHERE tablename = 'ledger_entry'")
        user, table_owner = cursor.fetchone()
    assert user != table_owner


def test_no_change_is_granted_to_the_site(posted):
    before = journal()
    refused = []
    for change in CHANGES:
        with pytest.raises(Error) as error, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
        refused.append((error.value.__cause__.pgcode, "permission denied" in str(error.value)))
    assert refused == [("42501", True)] * len(CHANGES)
    assert journal() == before


def test_triggers_refuse_the_owner_too(posted, owner):
    before = journal()
    refused = []
    for change in CHANGES:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege, match=r"append-only|cannot truncate") as error:
            owner.cursor().execute(change)
        refused.append(error.value.pgcode)
        owner.rollback()
    assert refused == ["42501"] * len(CHANGES)
    assert journal() == before


def entering(cursor, *lines, into):
    values = ", ".join(["(%s, (SELECT id FROM ledger_account WHERE owner = %s), %s)"] * len(lines))
    cells = [cell for owner, amount in lines for cell in (into, owner, amount)]
    cursor.execute(f"INSERT INTO ledger_entry (transaction_id, account_id, amount) VALUES {values}", cells)


def opening(cursor, key="by-hand"):
    cursor.execute(
        "INSERT INTO ledger_transaction (key, kind, happened_at, memo_code) VALUES (%s, 'x', now(), '') RETURNING id",
        [key],
    )
    return cursor.fetchone()[0]


def test_entries_that_leave_a_rest_do_not_commit(posted):
    before = journal()
    with pytest.raises(Error, match="does not sum to zero"), transaction.atomic(), connection.cursor() as cursor:
        entering(cursor, ("house", -10), ("user:2", 9), into=opening(cursor))
    assert journal() == before


def test_a_rest_in_one_unit_is_not_made_good_by_another(posted):
    fund(CLEO._replace(unit="CNY"), 10, key="cny")
    with pytest.raises(Error, match="does not sum to zero"), transaction.atomic(), connection.cursor() as cursor:
        entering(cursor, ("user:3", -10), ("user:2", 10), into=opening(cursor))


def test_entries_come_with_all_of_their_transaction_at_once(posted):
    before = journal()
    with pytest.raises(Error, match="does not sum to zero"), transaction.atomic(), connection.cursor() as cursor:
        entering(cursor, ("house", -10), into=opening(cursor))
    assert journal() == before


def test_many_transactions_at_once_are_summed_each_by_itself(posted):
    before = journal()
    with pytest.raises(Error, match="does not sum to zero"), transaction.atomic(), connection.cursor() as cursor:
        entering_two(cursor, opening(cursor), opening(cursor, "another"))
    assert journal() == before


def entering_two(cursor, one, other):
    cursor.execute(
        "INSERT INTO ledger_entry (transaction_id, account_id, amount) SELECT made, id, amount FROM ledger_account "
        "JOIN (VALUES (%s, -10), (%s, 10)) AS line (made, amount) ON owner = 'house'",
        [one, other],
    )


def test_control_without_the_check_a_rest_is_written_and_found_at_night(posted, owner):
    with owner.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entries_sum_to_zero")
    owner.commit()
    with transaction.atomic(), connection.cursor() as cursor:
        made = opening(cursor)
        entering(cursor, ("house", -10), ("user:2", 9), into=made)
    assert [row[2] for row in journal()] == [-10, 10, -10, 9]
    found = {label: finding.violations for label, finding in verification.verify()}
    assert found["transactions that sum to zero"] == [f"transaction {made} leaves -1 PTS"]
    assert found["entries"] == ["all entries together leave -1 PTS"]


def test_a_committed_transaction_takes_no_more_entries(posted):
    first = journal()[0][0]
    with pytest.raises(Error, match="after it was committed"), transaction.atomic(), connection.cursor() as cursor:
        entering(cursor, ("house", -10), ("user:2", 10), into=first)


@pytest.mark.parametrize("balance", ["-1", "NULL"])
def test_a_limited_account_goes_neither_below_zero_nor_out_of_its_limit(posted, owner, balance):
    with pytest.raises(psycopg2.Error, match=r"no_limited_account_below_zero|append-only"):
        owner.cursor().execute(f"UPDATE ledger_account SET balance = {balance} WHERE owner = 'user:2'")
    owner.rollback()
    assert queries.balance(BEN) == 10


def test_the_checks_read_no_more_of_a_journal_that_has_grown(posted):
    """What they ask was planned by this connection when there was next to nothing."""
    lines = (Line(HOUSE, -1), Line(BEN, 1))
    post_many(postings=[Posting(key=f"in:{n}", kind="in", lines=lines) for n in range(1_000)])
    with transaction.atomic(), connection.cursor() as cursor:
        read = "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'ledger_transaction'"
        cursor.execute(read)
        before = cursor.fetchall()
        post(key="one", kind="in", lines=lines)
        cursor.execute(read)
        assert cursor.fetchall() == before
