"""A machine that posts, repeats, reverses and cheats at random, against a model that is a dictionary of numbers."""

import itertools
from collections import Counter

import pytest
from django.db import Error, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from conftest import played
from ledger import AccountName, Line, Posting, queries
from ledger.models import Transaction
from ledger.operations import post, post_many, reverse
from ledger.rules import AlreadyReversed, Overdraft, Unbalanced, register_kind
from ledger.verification import verify

register_kind("tests.purse", is_limited=True)
register_kind("tests.house", is_limited=False)

SLIPPED_IN = """
    INSERT INTO ledger_entry (transaction_id, account_id, amount)
    SELECT transaction_id, account_id, %s FROM ledger_entry WHERE transaction_id = %s LIMIT 1
"""
EXAMPLES = itertools.count()
owners = st.sampled_from(["house", "bank", "ben", "cleo", "dora"])
units = st.sampled_from(["PTS", "CNY"])
amounts = st.integers(min_value=1, max_value=60)
moves = st.tuples(owners, owners, units, amounts).filter(lambda move: move[0] != move[1])
picks = st.integers(min_value=0, max_value=10**6)


class Journal(RuleBasedStateMachine):
    """The model keeps what every account holds and what was posted under every key; the ledger must agree after each step."""

    fired = Counter()

    def __init__(self):
        super().__init__()
        self.example = next(EXAMPLES)
        self.numbers = itertools.count()
        self.holds = Counter()
        self.posted = {}  # key → lines, in order of posting
        self.ids = {}
        self.reversed = {}  # key of the reversed → key of its reversal
        # Each example is thrown away at its end, and yet begins from rows of its own.
        self.whole = transaction.atomic()
        self.whole.__enter__()

    def teardown(self):
        assert [violation for _, finding in verify() for violation in finding.violations] == []
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def account(self, owner, unit):
        kind = "tests.house" if owner in {"house", "bank"} else "tests.purse"
        return AccountName(kind, f"{owner}:{self.example}", unit)

    def key(self):
        return f"{self.example}:{next(self.numbers)}"

    def lines(self, *given):
        found = []
        for source, target, unit, amount in given:
            found += [Line(self.account(source, unit), -amount), Line(self.account(target, unit), amount)]
        return found

    def after(self, lines, holds):
        holds = Counter(holds)
        for account, amount in lines:
            holds[account] += amount
        is_short = any(holds[account] < 0 for account, _ in lines if account.kind == "tests.purse")
        return None if is_short else holds

    def note(self, key, lines, pk, holds):
        self.posted[key], self.ids[key], self.holds = lines, pk, holds

    @initialize(unit=units)
    def begin(self, unit):
        self.fired["begin"] += 1
        self.post_one([("house", "ben", unit, 50)])

    @rule(given=st.lists(moves, min_size=1, max_size=4))
    def post_lines(self, given):
        self.fired["post"] += 1
        self.post_one(given)

    def post_one(self, given):
        lines, key = self.lines(*given), self.key()
        expected = self.after(lines, self.holds)
        if expected is None:
            self.fired["post: overdraft refused"] += 1
            with pytest.raises(Overdraft):
                post(key=key, kind="move", lines=lines)
        else:
            self.note(key, lines, post(key=key, kind="move", lines=lines).pk, expected)

    @rule(pick=picks, given=moves)
    def repeat(self, pick, given):
        self.fired["repeat"] += 1
        key = list(self.posted)[pick % len(self.posted)]
        assert post(key=key, kind="move", lines=self.lines(given)).pk == self.ids[key]

    @rule(batch=st.lists(st.lists(moves, min_size=1, max_size=2), min_size=1, max_size=4), pick=picks)
    def post_batch(self, batch, pick):
        self.fired["batch"] += 1
        known = list(self.posted)[pick % len(self.posted)]
        fresh = {self.key(): self.lines(*given) for given in batch}
        postings = [
            Posting(key=key, kind="move", lines=tuple(lines))
            for key, lines in {known: fresh[next(iter(fresh))], **fresh}.items()
        ]
        expected = self.holds
        for lines in fresh.values():
            expected = expected and self.after(lines, expected)
        if expected is None:
            self.fired["batch: overdraft refused"] += 1
            with pytest.raises(Overdraft):
                post_many(postings=postings)
            return
        repeated, *made = post_many(postings=postings)
        assert repeated == self.ids[known]
        for key, pk in zip(fresh, made, strict=True):
            self.note(key, fresh[key], pk, expected)

    @rule(pick=picks)
    def take_back(self, pick):
        self.fired["reverse"] += 1
        key, new = list(self.posted)[pick % len(self.posted)], self.key()
        lines = [Line(account, -amount) for account, amount in self.posted[key]]
        row = Transaction.objects.get(pk=self.ids[key])
        expected = self.after(lines, self.holds)
        if expected is None:
            # Which of two true reasons is given is not promised.
            self.fired["reverse: overdraft refused"] += 1
            with pytest.raises((Overdraft, AlreadyReversed)):
                reverse(transaction=row, key=new)
        elif key in self.reversed:
            self.fired["reverse: second refused"] += 1
            with pytest.raises(AlreadyReversed):
                reverse(transaction=row, key=new)
        else:
            self.note(new, lines, reverse(transaction=row, key=new).pk, expected)
            self.reversed[key] = new

    @rule(given=moves, rest=st.integers(min_value=1, max_value=9))
    def post_a_rest(self, given, rest):
        self.fired["unbalanced refused"] += 1
        first, second = self.lines(given)
        with pytest.raises(Unbalanced):
            post(key=self.key(), kind="move", lines=[first, Line(second.account, second.amount + rest)])

    @rule(
        change=st.sampled_from(
            ["UPDATE ledger_entry SET amount = 1", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
        )
    )
    def change_an_entry(self, change):
        self.fired["change refused"] += 1
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)

    @rule(pick=picks, amount=amounts)
    def slip_in_an_entry(self, pick, amount):
        self.fired["slipped-in entry refused"] += 1
        key = list(self.posted)[pick % len(self.posted)]
        with pytest.raises(Error, match="sum to zero"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SLIPPED_IN, [amount, self.ids[key]])

    @invariant()
    def holds_what_the_model_holds(self):
        assert queries.balances(self.holds) == dict(self.holds)

    @invariant()
    def keeps_every_line(self):
        key = next(reversed(self.posted), None)
        if key is not None:
            assert queries.lines_of(Transaction(pk=self.ids[key])) == self.posted[key]


RULES = {
    "begin", "post", "post: overdraft refused", "repeat", "batch", "batch: overdraft refused", "reverse",
    "reverse: overdraft refused", "reverse: second refused", "unbalanced refused", "change refused",
    "slipped-in entry refused",
}  # fmt: skip
EXAMPLES_AND_STEPS = played((200, 50), full=(5_000, 100))


def play(record_property, **chosen):
    Journal.fired.clear()
    run_state_machine_as_test(
        Journal, settings=settings(deadline=None, database=None, suppress_health_check=list(HealthCheck), **chosen)
    )
    record_property("rules fired", ", ".join(f"{name} {count:,}" for name, count in sorted(Journal.fired.items())))
    assert set(Journal.fired) == RULES, f"never fired: {sorted(RULES - set(Journal.fired))}"


@pytest.mark.stateful
class TestJournal:
    @pytest.mark.django_db
    def test_agrees_with_the_model_briefly(self, record_property):
        # Always the same examples: a fast run must not fail because chance left a rule out.
        play(record_property, max_examples=30, stateful_step_count=30, derandomize=True)

    # With a database of its own, so that no transaction is open for longer than an example.
    @pytest.mark.slow
    @pytest.mark.commits
    @pytest.mark.timeout(7_200)
    def test_agrees_with_the_model(self, own_database, record_property):
        examples, steps = EXAMPLES_AND_STEPS
        play(record_property, max_examples=examples, stateful_step_count=steps)
