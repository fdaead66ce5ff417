"""
Payment providers behind one interface; an adapter is one module here and one line in ``registry``.

An adapter speaks one provider's language and knows no table. It is called outside of any transaction.
"""

from .interface import (
    Checkout,
    Event,
    Forged,
    Hint,
    Listed,
    NotConfigured,
    NotUnderstood,
    Provider,
    Refused,
    Returned,
    Seen,
    Status,
    Unreachable,
    Wanted,
)
from .registry import available, by_name, register

__all__ = [
    "Checkout",
    "Event",
    "Forged",
    "Hint",
    "Listed",
    "NotConfigured",
    "NotUnderstood",
    "Provider",
    "Refused",
    "Returned",
    "Seen",
    "Status",
    "Unreachable",
    "Wanted",
    "available",
    "by_name",
    "register",
]
