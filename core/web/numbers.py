"""Whole numbers that come from outside."""

LARGEST = 2**63 - 1
"""The largest that Postgres keeps."""


def number_in(text: str) -> int | None:
    """The number that ``text`` says in digits alone; None where it says none, or one that is larger than any of ours."""
    # Python refuses to read a number of thousands of digits.
    if not text.isdecimal() or len(text) > len(str(LARGEST)):
        return None
    number = int(text)
    return number if number <= LARGEST else None
