"""What accounts and transactions are called when people read the journal; each room names its own."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .rules import REVERSED

Words = str | Promise

_accounts: dict[str, Words] = {}
_transactions: dict[str, Words] = {}


def name(*, accounts: Mapping[str, Words], transactions: Mapping[str, Words]) -> None:
    """Let kinds of accounts and of transactions, by code, be read in these words."""
    _accounts.update(accounts)
    _transactions.update(transactions)


def account(kind: str) -> str:
    """What accounts of ``kind`` are called; itself where no room names it."""
    return str(_accounts.get(kind, kind))


def transaction(kind: str) -> str:
    """What transactions of ``kind`` are called, and that they take another one back; itself where no room names it."""
    if kind.endswith(REVERSED):
        return _("Taken back: %(what)s") % {"what": transaction(kind.removesuffix(REVERSED))}
    return str(_transactions.get(kind, kind))


def transactions() -> list[tuple[str, str]]:
    """All kinds of transactions that have words, by code, in the order of their words."""
    return sorted(((kind, transaction(kind)) for kind in _transactions), key=lambda named: named[1])


def named_accounts() -> set[str]:
    """The kinds of accounts that have words."""
    return set(_accounts)
