"""
Payment providers behind one interface; an adapter is one module here and one line in ``registry``.

An adapter speaks one provider's language and knows no table. It is called outside of any transaction.
"""

from .interface import (
    Bill,
    Checkout,
    Event,
    Forged,
    Hint,
    Listed,
    NotConfigured,
    Notice,
    NotUnderstood,
    Provider,
    Refused,
    Renewal,
    Returned,
    Seen,
    Standing,
    Status,
    Subscribed,
    Unreachable,
    Wanted,
)
from .registry import available, by_name, in_words, register

__all__ = [
    "Bill",
    "Checkout",
    "Event",
    "Forged",
    "Hint",
    "Listed",
    "NotConfigured",
    "NotUnderstood",
    "Notice",
    "Provider",
    "Refused",
    "Renewal",
    "Returned",
    "Seen",
    "Standing",
    "Status",
    "Subscribed",
    "Unreachable",
    "Wanted",
    "available",
    "by_name",
    "in_words",
    "register",
]
