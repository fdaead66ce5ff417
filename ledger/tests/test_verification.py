"""``ledger_verify`` says what it counted, and notices what is wrong."""

import io

import pytest
from django.core.management import call_command
from django.db import connection

from ledger import verification
from ledger.tasks import verify_all
from ledger.verification import Finding, verifies

from .names import BEN, fund

pytestmark = pytest.mark.django_db

CLEAN = """\
           1 transactions that sum to zero, 0 wrong
           1 limited accounts that hold what their entries say, 0 wrong
           2 accounts of a registered kind, 0 wrong
           2 entries, 0 wrong
"""


@pytest.fixture(autouse=True)
def _only_its_own_checks(monkeypatch):
    own = {label: check for label, check in verification._checks.items() if check.__module__ == "ledger.verification"}
    monkeypatch.setattr(verification, "_checks", own)


def verified():
    out = io.StringIO()
    code = 0
    try:
        call_command("ledger_verify", stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, out.getvalue()


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_clean_ledger_is_counted():
    fund(BEN, 10)
    assert verified() == (0, CLEAN)
    assert verify_all() == 0


def test_a_balance_that_differs_is_noticed():
    fund(BEN, 10)
    execute("UPDATE ledger_account SET balance = 11 WHERE balance IS NOT NULL")
    code, said = verified()
    assert (code, said.count("says 11, its entries say 10")) == (1, 1)
    assert verify_all() == 1


def test_an_empty_transaction_is_noticed():
    execute("INSERT INTO ledger_transaction (key, kind, happened_at, memo_code) VALUES ('empty', 'x', now(), '')")
    found = {label: finding.violations for label, finding in verification.verify()}
    assert len(found["transactions that sum to zero"]) == 1


def test_an_account_nobody_registered_is_noticed():
    execute("INSERT INTO ledger_account (kind, owner, unit) VALUES ('forgotten', 'user:1', 'PTS')")
    assert len({label: f.violations for label, f in verification.verify()}["accounts of a registered kind"]) == 1


def test_other_rooms_add_their_own_checks():
    verifies("boards")(lambda: Finding(3, ["board 2 is off by 1"]))
    fund(BEN, 10)
    assert verified() == (1, CLEAN + "           3 boards, 1 wrong\n             board 2 is off by 1\n")
