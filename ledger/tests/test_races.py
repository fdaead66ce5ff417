"""Real connections against each other; each lock has a control that fails without it."""

import threading
from collections import Counter

import pytest
from django.db import connection, transaction

from conftest import played
from ledger import AccountName, Line, operations, queries
from ledger.models import Transaction
from ledger.operations import post, reverse
from ledger.rules import AlreadyReversed, Overdraft
from ledger.verification import verify

from .names import BEN, CLEO, HOUSE, fund, moving

pytestmark = pytest.mark.race


def race(*acts):
    """Let every act run on a connection of its own, all released at once; count what each came to."""
    barrier = threading.Barrier(len(acts))
    outcomes = []

    def run(act):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            act()
        except Exception as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("done")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return Counter(outcomes)


def spending(key, amount, account=BEN):
    return lambda: post(key=key, kind="perk", lines=moving(amount, to=HOUSE, source=account))


def wrong():
    return [violation for _, finding in verify() for violation in finding.violations]


def spend_rounds(*, rounds, threads, affordable):
    """Rounds in which ``threads`` spend at once what is enough for ``affordable`` of them; what each round came to."""
    found = []
    for number in range(rounds):
        purse = AccountName("tests.purse", f"round:{number}", "PTS")
        fund(purse, affordable * 10)
        outcome = race(*(spending(f"{number}:{n}", 10, purse) for n in range(threads)))
        found.append((outcome, queries.balance(purse)))
    return found


def without_locks(monkeypatch):
    monkeypatch.setattr(operations, "_LOCK", operations._LOCK.replace("FOR NO KEY UPDATE OF account", ""))


def dropping(owner, table, name, kind):
    with owner, owner.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND conname LIKE %s AND contype = %s",
            [table, name, kind],
        )
        [(constraint,)] = cursor.fetchall()
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')


class TestSpending:
    ROUNDS, THREADS = played(5, full=200), played(8, full=20)

    @pytest.mark.timeout(600)
    def test_nobody_spends_twice(self, own_database):
        found = spend_rounds(rounds=self.ROUNDS, threads=self.THREADS, affordable=3)
        assert found == [(Counter(done=3, Overdraft=self.THREADS - 3), 0)] * self.ROUNDS
        assert wrong() == []

    def test_control_without_the_lock_the_check_in_postgres_has_to_step_in(self, own_database, monkeypatch, meet):
        without_locks(monkeypatch)
        meet(operations, "_write", threads=8)
        assert spend_rounds(rounds=1, threads=8, affordable=3) == [(Counter(done=3, IntegrityError=5), 0)]
        assert wrong() == []

    def test_control_without_both_the_same_money_is_spent_twice(self, own_database, owner, monkeypatch, meet):
        without_locks(monkeypatch)
        dropping(owner, "ledger_account", "no_limited_account_below_zero", "c")
        meet(operations, "_write", threads=8)
        assert spend_rounds(rounds=1, threads=8, affordable=3) == [(Counter(done=8), -50)]


class TestKeys:
    def test_one_key_posted_at_once_is_one_transaction(self, own_database):
        fund(BEN, 10)
        assert race(*[spending("perk:1", 10)] * 10) == Counter(done=10)
        assert (Transaction.objects.filter(key="perk:1").count(), queries.balance(BEN)) == (1, 0)
        assert wrong() == []

    def test_one_key_between_accounts_without_locks_too(self, own_database):
        other = AccountName("tests.house", "other", "PTS")
        act = lambda: post(key="grant:1", kind="grant", lines=moving(10, to=other))  # noqa: E731
        assert race(*[act] * 10) == Counter(done=10)
        assert queries.balance(other) == 10

    def test_a_repeat_waits_for_the_first_and_returns_it(self, own_database):
        other = AccountName("tests.house", "other", "PTS")
        fund(other, 1)
        returned = []

        def repeat():
            returned.append(post(key="grant:1", kind="grant", lines=moving(10, to=other)).pk)

        thread = threading.Thread(target=lambda: (repeat(), connection.close()))
        with transaction.atomic():
            first = post(key="grant:1", kind="grant", lines=moving(10, to=other))
            thread.start()
            thread.join(timeout=0.3)
            assert returned == []
        thread.join(timeout=20)
        assert returned == [first.pk]

    def test_control_without_the_unique_index_one_cause_pays_twice(self, own_database, owner):
        dropping(owner, "ledger_transaction", "ledger_transaction_key_%", "u")
        fund(BEN, 100)
        race(*[spending("perk:1", 10)] * 5)
        assert queries.balance(BEN) < 90


class TestReversal:
    def test_happens_once_however_many_ask(self, own_database):
        other = AccountName("tests.house", "other", "PTS")
        first = fund(other, 10)
        acts = [lambda n=n: reverse(transaction=first, key=f"back:{n}") for n in range(8)]
        assert race(*acts) == Counter({"done": 1, AlreadyReversed.__name__: 7})
        assert queries.balance(other) == 0
        assert wrong() == []


class TestLockOrder:
    ROUNDS = played(5, full=100)

    def crossing(self, rounds):
        """Pairs of transfers between the same two purses, each naming them in the other order."""
        fund(BEN, 1_000)
        fund(CLEO, 1_000)
        outcomes = Counter()
        for number in range(rounds):
            there = lambda n=number: post(key=f"a:{n}", kind="move", lines=moving(1, to=CLEO, source=BEN))  # noqa: E731
            back = lambda n=number: post(key=f"b:{n}", kind="move", lines=moving(1, to=BEN, source=CLEO))  # noqa: E731
            outcomes += race(there, back, there, back)
        return outcomes

    def test_transfers_against_each_other_wait_and_never_deadlock(self, own_database):
        assert self.crossing(self.ROUNDS * 2) == Counter(done=8 * self.ROUNDS)
        assert queries.balances([BEN, CLEO]) == {BEN: 1_000, CLEO: 1_000}

    def test_control_locks_in_the_order_of_the_lines_deadlock(self, own_database, monkeypatch):
        fund(BEN, 10)
        fund(CLEO, 10)
        meet = threading.Barrier(2)

        def one_by_one(names):
            held = {}
            is_turned = threading.current_thread().name == "turned"
            for name in sorted(names, key=lambda name: name.owner, reverse=is_turned):
                held.update(locked({name}))
                if len(held) == 1:
                    meet.wait(timeout=10)
            return held

        locked = operations._lock
        monkeypatch.setattr(operations, "_lock", one_by_one)

        def back():
            threading.current_thread().name = "turned"
            post(key="b", kind="move", lines=moving(1, to=BEN, source=CLEO))

        outcome = race(lambda: post(key="a", kind="move", lines=moving(1, to=CLEO, source=BEN)), back)
        assert outcome == Counter(done=1, OperationalError=1)


def test_nobody_waits_for_an_account_without_limit(own_database):
    fund(BEN, 10)
    fund(CLEO, 10)
    with transaction.atomic():
        post(key="a", kind="in", lines=[Line(HOUSE, -1), Line(BEN, 1)])
        # The house is in both; with a lock on it this one would run into the lock time-out.
        assert race(lambda: post(key="b", kind="in", lines=[Line(HOUSE, -1), Line(CLEO, 1)])) == Counter(done=1)


def test_control_somebody_does_wait_for_a_limited_one(own_database, monkeypatch):
    fund(BEN, 10)
    with transaction.atomic():
        spending("a", 10)()
        waiting = threading.Thread(target=lambda: outcomes.append(race(spending("b", 10))))
        outcomes = []
        waiting.start()
        waiting.join(timeout=0.3)
        assert outcomes == []
    waiting.join(timeout=20)
    assert outcomes == [Counter({Overdraft.__name__: 1})]


def test_a_posting_of_its_own_commits_and_one_inside_goes_with_the_rest(own_database):
    fund(BEN, 10)
    with transaction.atomic():
        post(key="lost", kind="in", lines=moving(10, to=BEN))
        transaction.set_rollback(True)
    connection.close()
    assert (queries.balance(BEN), Transaction.objects.count()) == (10, 1)
