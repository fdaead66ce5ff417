"""Checks that recount what the ledger promises; rooms that derive figures from it add their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from .models import Account, Entry, Transaction
from .rules import kinds


@dataclass(frozen=True)
class Finding:
    """How much was looked at, and a sentence for each thing that is wrong."""

    counted: int
    violations: list[str] = field(default_factory=list)


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}


def verifies(label: str) -> Callable[[Check], Check]:
    """Let the decorated function be one of the checks of ``verify``; ``label`` says in plural what it counts."""

    def register(check: Check) -> Check:
        _checks[label] = check
        return check

    return register


def verify() -> Iterator[tuple[str, Finding]]:
    """Run every check, one after the other; reads whole tables, so it belongs into the night."""
    for label, check in _checks.items():
        yield label, check()


@verifies("transactions that sum to zero")
def transactions_balance() -> Finding:
    """Look for transactions whose entries leave a rest in some unit, or that have no entries."""
    wrong = rows_of(
        "SELECT transaction_id, unit, sum(amount) FROM ledger_entry "
        "JOIN ledger_account ON ledger_account.id = account_id GROUP BY transaction_id, unit HAVING sum(amount) <> 0"
    )
    empty = Transaction.objects.filter(entries=None).values_list("pk", flat=True)
    violations = [f"transaction {pk} leaves {rest} {unit}" for pk, unit, rest in wrong]
    return Finding(Transaction.objects.count(), violations + [f"transaction {pk} has no entries" for pk in empty])


@verifies("limited accounts that hold what their entries say")
def balances_equal_entries() -> Finding:
    """Look for cached balances that differ from the sum of the account's entries."""
    wrong = rows_of(
        "SELECT account.id, account.balance, coalesce(sum(amount), 0) FROM ledger_account AS account "
        "LEFT JOIN ledger_entry ON account_id = account.id WHERE account.balance IS NOT NULL "
        "GROUP BY account.id HAVING account.balance <> coalesce(sum(amount), 0)"
    )
    violations = [f"account {pk} says {cached}, its entries say {summed}" for pk, cached, summed in wrong]
    return Finding(Account.objects.filter(balance__isnull=False).count(), violations)


@verifies("accounts of a registered kind")
def kinds_are_kept() -> Finding:
    """Look for accounts that nobody registered the kind of, or that are not limited though their kind says so."""
    known = kinds()
    violations = [
        f"account {pk} is of kind {kind}, {'limited' if limited else 'not limited'} against what is registered"
        for pk, kind, limited in rows_of("SELECT id, kind, balance IS NOT NULL FROM ledger_account ORDER BY id")
        if known.get(kind) is not limited
    ]
    return Finding(Account.objects.count(), violations)


@verifies("entries")
def units_sum_to_zero() -> Finding:
    """Look for a unit of which there is more or less than nothing in all accounts together."""
    wrong = rows_of(
        "SELECT unit, sum(amount) FROM ledger_entry JOIN ledger_account ON ledger_account.id = account_id "
        "GROUP BY unit HAVING sum(amount) <> 0"
    )
    return Finding(Entry.objects.count(), [f"all entries together leave {rest} {unit}" for unit, rest in wrong])


def rows_of(statement: str) -> list[tuple[Any, ...]]:
    """The rows of a statement that may take its time."""
    with connection.cursor() as cursor:
        # Recounting everything takes longer than a web request may.
        cursor.execute("SELECT set_config('statement_timeout', '0', false)")
        try:
            cursor.execute(statement)
            return list(cursor.fetchall())
        finally:
            cursor.execute("RESET statement_timeout")
