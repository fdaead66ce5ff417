"""Numbers of payments that we choose and the provider repeats, where a message has no other place for our order's name."""

from .interface import NotUnderstood

_REFERENCE, _REST = 12, 16


def trade_number(*, reference: str, key: str) -> str:
    """28 letters and digits from which the order can be read: its name, then the beginning of the attempt's key."""
    return reference.replace("-", "") + key.replace("-", "")[:_REST]


def reference_of(number: str) -> str:
    """
    The order that ``trade_number`` was made for.

    :raises NotUnderstood: if it is not a number of that form.
    """
    if len(number) != _REFERENCE + _REST or not number.isalnum() or not number.isascii():
        raise NotUnderstood("a number that is not ours")
    return f"{number[:4]}-{number[4:8]}-{number[8:_REFERENCE]}"
