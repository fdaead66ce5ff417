"""Reading the journal."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet, Sum

from core.events.columns import column, columns_of

from .models import Account, Entry, Transaction
from .rules import AccountName, Line


def balance(account: AccountName) -> int:
    """What ``account`` holds; for one that is not limited this sums its entries. An account never posted to holds 0."""
    return balances([account])[account]


def balances(accounts: Collection[AccountName]) -> dict[AccountName, int]:
    """What each of ``accounts`` holds, in two queries at most."""
    found = dict.fromkeys(accounts, 0)
    summed: dict[int, AccountName] = {}
    for account in _named(accounts):
        if account.balance is None:
            summed[account.pk] = account.account_name
        else:
            found[account.account_name] = account.balance
    if summed:
        sums = Entry.objects.filter(account__in=summed).values_list("account_id").annotate(Sum("amount")).order_by()
        found.update({summed[pk]: total for pk, total in sums})
    return found


def entries_of(account: AccountName) -> QuerySet[Entry]:
    """The entries of ``account``, the newest first, each with its transaction."""
    kind, owner, unit = account
    found = Entry.objects.filter(account__kind=kind, account__owner=owner, account__unit=unit)
    return found.select_related("transaction").order_by("-pk")


def sums(
    *,
    kind: str,
    unit: str,
    owners: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    transaction_kinds: Collection[str] = (),
) -> dict[str, int]:
    """
    What each owner's account of ``kind`` and ``unit`` gained or lost, by owner; those without an entry are left out.

    ``since`` (included) and ``until`` (excluded) bound when it happened, not when it was recorded.
    """
    found = Entry.objects.filter(account__kind=kind, account__unit=unit)
    if owners is not None:
        found = found.filter(account__owner__in=owners)
    if since is not None:
        found = found.filter(transaction__happened_at__gte=since)
    if until is not None:
        found = found.filter(transaction__happened_at__lt=until)
    if transaction_kinds:
        found = found.filter(transaction__kind__in=transaction_kinds)
    return dict(found.values_list("account__owner").annotate(Sum("amount")).order_by())


def lines_of(transaction: Transaction) -> list[Line]:
    """The lines of ``transaction``, in the order in which they were posted."""
    entries = Entry.objects.filter(transaction=transaction).select_related("account").order_by("pk")
    return [Line(entry.account.account_name, entry.amount) for entry in entries]


def transactions_by_key(keys: Collection[str]) -> dict[str, Transaction]:
    """The transactions that were posted by any of ``keys``."""
    return {found.key: found for found in Transaction.objects.filter(key__in=keys)}


def keys_posted(keys: Collection[str]) -> set[str]:
    """The ones of ``keys`` by which something was posted."""
    with connection.cursor() as cursor:
        # One parameter for however many keys: as an IN list each of them would cost as much as the look into the index.
        cursor.execute("SELECT key FROM ledger_transaction WHERE key = ANY (%s::text[])", [column(keys)])
        return {key for (key,) in cursor.fetchall()}


def _named(accounts: Collection[AccountName]) -> Sequence[Account]:
    if not accounts:
        return []
    return list(
        Account.objects.raw(
            "SELECT account.* FROM ledger_account AS account "
            "JOIN unnest(%s::text[], %s::text[], %s::text[]) AS name (kind, owner, unit) USING (kind, owner, unit)",
            columns_of(accounts),
        )
    )
