"""Ids of accounts without a limit, as each connection remembers them: an account keeps its name and is never deleted."""

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from django.db import connection, transaction

from .rules import AccountName

AT_MOST = 10_000
"""Accounts that one connection remembers; a school of any size forgets some, and a process does not grow with it."""

_known: WeakKeyDictionary[object, dict[AccountName, int]] = WeakKeyDictionary()


def ids_of(names: Iterable[AccountName]) -> dict[AccountName, int]:
    """The ids of those of ``names`` that this connection remembers."""
    known = _known.get(connection.connection, {})
    return {name: known[name] for name in names if name in known}


def remember(ids: dict[AccountName, int]) -> None:
    """Remember the ids of accounts that have no limit, once it is certain that they stay: after the commit."""
    # By connection and not by process: what was opened in one database is somebody else's account in another.
    own = connection.connection

    def keep() -> None:
        known = _known.setdefault(own, {})
        if len(known) + len(ids) > AT_MOST:
            known.clear()
        known.update(ids)

    if ids:
        transaction.on_commit(keep)
