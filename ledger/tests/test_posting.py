"""What may be posted, what is refused, and what a repeat returns."""

from datetime import UTC, datetime

import pytest

from ledger import AccountName, Line, Posting, queries
from ledger.models import Account, Entry, Transaction
from ledger.operations import post, post_many, reverse
from ledger.rules import AlreadyReversed, Overdraft, Unbalanced, UnknownKind, is_limited, register_kind

from .names import BEN, CLEO, HOUSE, fund, moving

pytestmark = pytest.mark.django_db


def rows():
    return Account.objects.count(), Transaction.objects.count(), Entry.objects.count()


def test_a_posting_moves_balances_and_is_written_as_given():
    first = post(key="reply:1", kind="reply", lines=moving(10, to=BEN), memo_code="first_reply")
    assert queries.lines_of(first) == [Line(HOUSE, -10), Line(BEN, 10)]
    assert queries.balances([HOUSE, BEN, CLEO]) == {HOUSE: -10, BEN: 10, CLEO: 0}
    assert (first.key, first.kind, first.memo_code, first.reverses_id) == ("reply:1", "reply", "first_reply", None)


def test_only_limited_accounts_carry_a_balance():
    fund(BEN, 10)
    assert dict(Account.objects.values_list("kind", "balance")) == {"tests.purse": 10, "tests.house": None}


def test_balances_are_whole_numbers():
    fund(BEN, 10)
    assert {type(queries.balance(account)) for account in (HOUSE, BEN, CLEO)} == {int}
    assert {type(total) for total in queries.sums(kind="tests.house", unit="PTS").values()} == {int}


def test_the_same_key_again_returns_the_first_result():
    first = post(key="reply:1", kind="reply", lines=moving(10, to=BEN))
    before = rows()
    again = post(key="reply:1", kind="reply", lines=moving(99, to=BEN))
    assert (again.pk, rows(), queries.balance(BEN)) == (first.pk, before, 10)


def test_a_repeat_is_not_refused_for_money_that_its_first_time_took():
    fund(BEN, 10)
    first = post(key="perk:1", kind="perk", lines=moving(10, to=HOUSE, source=BEN))
    assert post(key="perk:1", kind="perk", lines=moving(10, to=HOUSE, source=BEN)).pk == first.pk


def test_an_overdraft_is_refused_before_anything_is_written():
    fund(BEN, 10)
    before = rows()
    with pytest.raises(Overdraft) as refused:
        post(key="perk:1", kind="perk", lines=moving(11, to=HOUSE, source=BEN))
    assert (refused.value.account, refused.value.short_by) == (BEN, 1)
    # No savepoint was asked for, and yet the caller's transaction goes on.
    assert (rows(), queries.balance(BEN)) == (before, 10)


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([], Unbalanced),
        ([Line(HOUSE, -10), Line(BEN, 9)], Unbalanced),
        ([Line(HOUSE, -10), Line(BEN._replace(unit="CNY"), 10)], Unbalanced),
        ([Line(HOUSE, -10.0), Line(BEN, 10.0)], ValueError),
        ([Line(HOUSE, True), Line(BEN, -1)], ValueError),
        ([Line(HOUSE, 0), Line(BEN, 0)], ValueError),
        (moving(10, to=BEN._replace(unit="yuan"), source=HOUSE._replace(unit="yuan")), ValueError),
        (moving(10, to=BEN._replace(kind="nobody.said")), UnknownKind),
    ],
)
def test_what_is_refused_leaves_nothing_behind(lines, refusal):
    before = rows()
    with pytest.raises(refusal):
        post(key="reply:1", kind="reply", lines=lines)
    assert rows() == before


@pytest.mark.parametrize("codes", [{"kind": "two words"}, {"kind": ""}, {"key": ""}, {"memo_code": "a note"}])
def test_what_could_be_text_is_refused(codes):
    with pytest.raises(ValueError):
        post(**{"key": "reply:1", "kind": "reply", "lines": moving(10, to=BEN), **codes})


def test_a_kind_cannot_be_registered_both_ways():
    register_kind("tests.purse", is_limited=True)
    with pytest.raises(ValueError, match="already"):
        register_kind("tests.purse", is_limited=False)
    assert is_limited("tests.purse") is True


class TestMany:
    def test_equals_posting_one_by_one(self):
        batch = [
            Posting(key="in:1", kind="in", lines=tuple(moving(10, to=BEN))),
            Posting(key="out:1", kind="out", lines=tuple(moving(7, to=CLEO, source=BEN))),
            Posting(key="in:1", kind="in", lines=tuple(moving(10, to=BEN))),
        ]
        first, second, repeat = post_many(postings=batch)
        assert (first < second, repeat) == (True, first)
        assert queries.balances([HOUSE, BEN, CLEO]) == {HOUSE: -10, BEN: 3, CLEO: 7}

    def test_a_dip_in_between_is_refused_and_nothing_is_written(self):
        batch = [
            Posting(key="out:1", kind="out", lines=tuple(moving(7, to=CLEO, source=BEN))),
            Posting(key="in:1", kind="in", lines=tuple(moving(10, to=BEN))),
        ]
        with pytest.raises(Overdraft):
            post_many(postings=batch)
        assert rows() == (0, 0, 0)

    def test_a_repeat_in_the_batch_lends_nothing(self):
        post(key="in:1", kind="in", lines=moving(10, to=BEN))
        post(key="out:1", kind="out", lines=moving(10, to=HOUSE, source=BEN))
        batch = [
            Posting(key="in:1", kind="in", lines=tuple(moving(10, to=BEN))),
            Posting(key="out:2", kind="out", lines=tuple(moving(5, to=HOUSE, source=BEN))),
        ]
        with pytest.raises(Overdraft):
            post_many(postings=batch)

    @pytest.mark.parametrize("count", [2, 300])
    def test_asks_for_known_keys_where_money_might_not_suffice(self, count, django_assert_num_queries):
        fund(BEN, 1)
        batch = [Posting(key=f"in:{n}", kind="in", lines=tuple(moving(10, to=BEN))) for n in range(count)]
        batch.append(Posting(key="out", kind="out", lines=tuple(moving(5, to=HOUSE, source=BEN))))
        with django_assert_num_queries(5):
            post_many(postings=batch)
        assert queries.balance(BEN) == 1 + 10 * count - 5

    def test_nothing_to_post_is_nothing(self):
        assert post_many(postings=[]) == []

    @pytest.mark.parametrize("count", [2, 300])
    def test_costs_the_same_few_statements(self, count, django_assert_num_queries):
        fund(BEN, 1)
        batch = [Posting(key=f"in:{n}", kind="in", lines=tuple(moving(10, to=BEN))) for n in range(count)]
        # Savepoint, accounts with their locks, the rows, release.
        with django_assert_num_queries(4):
            post_many(postings=batch)
        assert queries.balance(BEN) == 1 + 10 * count


@pytest.mark.parametrize("account", [BEN, AccountName("tests.house", "other", "PTS")])
def test_a_posting_costs_two_statements(account, django_assert_num_queries):
    post(key="first", kind="in", lines=moving(10, to=account))
    with django_assert_num_queries(2):
        post(key="second", kind="in", lines=moving(10, to=account))


class TestReversing:
    def test_takes_back_and_points_to_what_it_took_back(self):
        first = fund(BEN, 10)
        back = reverse(transaction=first, key="unfund")
        assert (back.reverses_id, back.kind) == (first.pk, "funded.reversed")
        assert queries.lines_of(back) == [Line(HOUSE, 10), Line(BEN, -10)]
        assert queries.balances([HOUSE, BEN]) == {HOUSE: 0, BEN: 0}

    def test_happens_once(self):
        first = fund(BEN, 10)
        back = reverse(transaction=first, key="unfund")
        assert reverse(transaction=first, key="unfund").pk == back.pk
        fund(BEN, 20, key="more")
        before = rows()
        with pytest.raises(AlreadyReversed):
            reverse(transaction=first, key="unfund:again")
        assert (rows(), queries.balance(BEN)) == (before, 20)

    def test_is_refused_when_it_is_spent(self):
        first = fund(BEN, 10)
        post(key="perk:1", kind="perk", lines=moving(4, to=HOUSE, source=BEN))
        with pytest.raises(Overdraft):
            reverse(transaction=first, key="unfund")

    def test_in_a_batch_leaves_nothing_of_the_batch(self):
        first = fund(BEN, 10)
        reverse(transaction=first, key="unfund")
        before = rows()
        with pytest.raises(AlreadyReversed):
            post_many(
                postings=[
                    Posting(key="in:1", kind="in", lines=tuple(moving(10, to=BEN))),
                    Posting(key="back:2", kind="back", lines=tuple(moving(1, to=BEN)), reverses_id=first.pk),
                ]
            )
        assert rows() == before


def test_sums_count_by_owner_in_a_window():
    days = {day: datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3)}
    for day, at in days.items():
        post(key=f"ben:{day}", kind="reply", lines=moving(day, to=BEN), happened_at=at)
    post(key="cleo", kind="like", lines=moving(50, to=CLEO), happened_at=days[2])
    window = {"kind": "tests.purse", "unit": "PTS", "since": days[2], "until": days[3]}
    assert queries.sums(**window) == {"user:2": 2, "user:3": 50}
    assert queries.sums(**window, owners=["user:2"]) == {"user:2": 2}
    assert queries.sums(**window, transaction_kinds=["like"]) == {"user:3": 50}
    assert queries.sums(kind="tests.purse", unit="CNY") == {}


def test_entries_are_listed_newest_first_in_one_query(django_assert_num_queries):
    for n in range(3):
        post(key=f"in:{n}", kind="in", lines=moving(n + 1, to=BEN))
    with django_assert_num_queries(1):
        listed = [(entry.amount, entry.transaction.key) for entry in queries.entries_of(BEN)]
    assert listed == [(3, "in:2"), (2, "in:1"), (1, "in:0")]
