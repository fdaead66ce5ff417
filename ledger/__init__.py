"""
One double-entry journal for money and points: accounts, transactions, entries.

Owns all three; entries are append-only and every transaction sums to zero, enforced by Postgres.
Publishes nothing; whoever posts says why.
Listens to nothing.
"""

from .rules import AccountName, Line, Posting, register_kind

__all__ = ["AccountName", "Line", "Posting", "register_kind"]
