"""Posting: the only way in which the journal is written."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from core.events.columns import column, columns_of

from . import known
from .models import Transaction
from .queries import lines_of, transactions_by_key
from .rules import REVERSED, AccountName, AlreadyReversed, Line, Overdraft, Posting, is_limited


class Held(NamedTuple):
    """An account as it was found; one that has a ``balance`` is limited and stays locked until the transaction ends."""

    id: int
    balance: int | None


def post(
    *,
    key: str,
    kind: str,
    lines: Sequence[Line],
    reverses: Transaction | None = None,
    happened_at: datetime | None = None,
    memo_code: str = "",
) -> Transaction:
    """
    Write one transaction; the same ``key`` again, even at the same moment, returns the first one.

    Costs one statement where no limited account is concerned and this connection has met the accounts, else two.

    Limited accounts are locked until the caller's transaction ends, in ascending order of id. A refusal comes before anything
    is written, so the caller's transaction stays usable.

    :raises Unbalanced: if the lines do not sum to zero in each unit.
    :raises Overdraft: if a limited account would go below zero.
    :raises AlreadyReversed: if ``reverses`` has a reversal by another key.
    :raises UnknownKind: if an account is of a kind that nobody has registered.
    """
    posting = Posting(
        key=key,
        kind=kind,
        lines=tuple(lines),
        reverses_id=reverses.pk if reverses else None,
        happened_at=happened_at or timezone.now(),
        memo_code=memo_code,
    )
    made, repeated = _post([posting])
    return repeated[key] if key in repeated else _as_row(posting, made[key])


def post_many(*, postings: Sequence[Posting]) -> list[int]:
    """
    Write many transactions, all or none, in a handful of statements; the result equals posting them one by one, in order.

    Meant for batches of up to some thousand. Returns the id of each one's transaction: whoever writes so many reads them no more.
    Otherwise as ``post``, with the same refusals.
    """
    if not postings:
        return []
    made, repeated = _post(postings)
    ids = made | {key: first.pk for key, first in repeated.items()}
    return [ids[posting.key] for posting in postings]


def reverse(*, transaction: Transaction, key: str) -> Transaction:
    """
    Take back ``transaction`` by a new one with the opposite lines that points to it.

    :raises AlreadyReversed: if that has been done, by another key.
    :raises Overdraft: if a limited account no longer holds what would be taken back.
    """
    lines = [Line(account, -amount) for account, amount in lines_of(transaction)]
    return post(key=key, kind=f"{transaction.kind}{REVERSED}"[:64], lines=lines, reverses=transaction)


def _post(postings: Sequence[Posting]) -> tuple[dict[str, int], dict[str, Transaction]]:
    """The ids of what was written, by key, and those that had been posted before."""
    with _whole(postings):
        held = _hold({line.account for posting in postings for line in posting.lines})
        _require_funds(postings, held)
        return _write(_first_of_each_key(postings), held)


def _as_row(posting: Posting, pk: int) -> Transaction:
    return Transaction.from_db("default", _FIELDS, (pk, *_cells(posting)))


def _whole(postings: Sequence[Posting]) -> AbstractContextManager[Any]:
    # A single posting is refused before it writes, so it needs no savepoint: each one costs two statements, and more
    # than 64 in one transaction slow down every reader of the server.
    if len(postings) > 1 or not connection.in_atomic_block:
        return transaction.atomic()
    return nullcontext()


def _hold(names: set[AccountName]) -> dict[AccountName, Held]:
    held = {name: Held(pk, None) for name, pk in known.ids_of(names).items()}
    if len(held) < len(names):
        held |= _look_up({name for name in names if name not in held})
    return held


def _look_up(names: set[AccountName]) -> dict[AccountName, Held]:
    held = _lock(names)
    missing = sorted(names.difference(held))
    if missing:
        _open(missing)
        held.update(_lock(set(missing)))
    known.remember({name: account.id for name, account in held.items() if account.balance is None})
    return held


# Limited accounts are locked in ascending order of id, so that two transfers against each other wait and never deadlock.
# NO KEY: entries that point to the account may be written meanwhile. The others are only looked up: nobody waits for them.
_LOCK = """
    WITH wanted AS (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) AS name (kind, owner, unit)),
    limited AS (
        SELECT account.id, kind, owner, unit, account.balance
        FROM ledger_account AS account JOIN wanted USING (kind, owner, unit)
        WHERE account.balance IS NOT NULL ORDER BY account.id FOR NO KEY UPDATE OF account
    )
    SELECT * FROM limited
    UNION ALL
    SELECT account.id, kind, owner, unit, NULL
    FROM ledger_account AS account JOIN wanted USING (kind, owner, unit) WHERE account.balance IS NULL
"""


def _lock(names: set[AccountName]) -> dict[AccountName, Held]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, columns_of(names))
        return {AccountName(kind, owner, unit): Held(pk, balance) for pk, kind, owner, unit, balance in cursor}


def _open(names: Sequence[AccountName]) -> None:
    balances = [0 if is_limited(name.kind) else None for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (kind, owner, unit, balance) "
            "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) ON CONFLICT DO NOTHING",
            [*columns_of(names), column(balances)],
        )


def _require_funds(postings: Sequence[Posting], held: dict[AccountName, Held]) -> None:
    if _is_covered(postings, held):
        return
    # A repeat must not be refused for money that its first time has taken, nor lend what its first time has given.
    # Asked after the lock: whoever posted this key with these accounts has committed.
    posted = transactions_by_key({posting.key for posting in postings})
    refusal = _overdraft([posting for posting in postings if posting.key not in posted], held)
    if refusal is not None:
        raise refusal


def _is_covered(postings: Iterable[Posting], held: dict[AccountName, Held]) -> bool:
    """Whether no account would go below zero even if all that is taken were taken before anything is given."""
    left = {name: account.balance for name, account in held.items() if account.balance is not None}
    for posting in postings if left else []:
        for name, amount in posting.lines:
            if amount < 0 and name in left:
                left[name] += amount
    return all(balance >= 0 for balance in left.values())


def _overdraft(postings: Iterable[Posting], held: dict[AccountName, Held]) -> Overdraft | None:
    balances = {name: account.balance for name, account in held.items() if account.balance is not None}
    for posting in _first_of_each_key(postings):
        for name, amount in posting.lines:
            if name in balances:
                balances[name] += amount
        for name, _ in posting.lines:
            if balances.get(name, 0) < 0:
                return Overdraft(name, short_by=-balances[name])
    return None


def _first_of_each_key(postings: Iterable[Posting]) -> list[Posting]:
    found: dict[str, Posting] = {}
    for posting in postings:
        found.setdefault(posting.key, posting)
    return list(found.values())


_FIELDS = ["id", "key", "kind", "reverses_id", "happened_at", "memo_code"]
# Of the rows only what we do not know: an instant that comes back costs as much as the whole posting costs Python.
_WRITE = """
    SELECT id, key FROM ledger_write(
        %s::text[], %s::text[], %s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[]
    )
"""


def _write(postings: Sequence[Posting], held: dict[AccountName, Held]) -> tuple[dict[str, int], dict[str, Transaction]]:
    """Write all rows in one statement; Postgres sums what it adds, and refuses it there and not at a commit that is far away."""
    limited = [account.id for account in held.values() if account.balance is not None]
    rows = [_cells(posting) for posting in postings]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [*columns_of(rows), *_line_columns(postings, held), column(limited)])
        made: dict[str, int] = {key: pk for pk, key in cursor}
    repeated = [posting.key for posting in postings if posting.key not in made]
    # In a statement of its own, which sees what whoever was first has committed while ours waited for them.
    return made, _first_times(repeated) if repeated else {}


def _first_times(keys: Sequence[str]) -> dict[str, Transaction]:
    found = transactions_by_key(keys)
    if len(found) < len(keys):
        # The key is new and yet no row was made: the other unique column, of reversals, was taken.
        raise AlreadyReversed(", ".join(key for key in keys if key not in found))
    return found


def _cells(posting: Posting) -> tuple[Any, ...]:
    at = posting.happened_at or timezone.now()
    return (posting.key, posting.kind, posting.reverses_id, at, posting.memo_code)


def _line_columns(postings: Sequence[Posting], held: dict[AccountName, Held]) -> list[str]:
    return columns_of([(posting.key, held[name].id, amount) for posting in postings for name, amount in posting.lines])
