"""Quotation marks within quotation marks."""

import re

_STRAIGHT = re.compile(r'"([^"]*)"')
_TO_INNER = str.maketrans({"“": "‘", "”": "’"})


def within_quotes(title: str) -> str:
    """Write ``title`` as it stands between “ and ”: its own marks become the inner ones, in English as in Chinese."""
    return _STRAIGHT.sub(r"‘\1’", title).translate(_TO_INNER)
