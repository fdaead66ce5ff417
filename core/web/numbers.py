"""Whole numbers that come from outside."""

MOST_DIGITS = 18
"""Every number of so many digits is one to Postgres; Python refuses to read those of thousands."""


def number_in(text: str) -> int | None:
    """The number that ``text`` says in digits alone; None where it says none, or one that is larger than any of ours."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
