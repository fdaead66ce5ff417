"""What the ledger holds about people: amounts under a number, kept by law and exported to whom they belong."""

from collections.abc import Iterator
from typing import Any

from core.privacy import Row, exempt, exports

from .models import Account, Entry, Transaction

_KEPT = "accounts are kept as the law asks, under a number that no longer leads to a name"

for model in (Account, Transaction, Entry):
    exempt(model, erasure=_KEPT)
exempt(Transaction, export="each of its entries is exported with it")


@exports(Account)
def export_accounts(user: Any) -> Iterator[Row]:
    """The accounts that are theirs."""
    mine = Account.objects.filter(owner=f"user:{user.pk}").order_by("pk")
    yield from mine.values("kind", "unit", "balance")


@exports(Entry)
def export_entries(user: Any) -> Iterator[Row]:
    """Every line of theirs, and what it was for."""
    mine = Entry.objects.filter(account__owner=f"user:{user.pk}").order_by("pk")
    yield from mine.values(
        "account__kind",
        "account__unit",
        "amount",
        "transaction__kind",
        "transaction__happened_at",
        "transaction__memo_code",
    ).iterator(chunk_size=1_000)
