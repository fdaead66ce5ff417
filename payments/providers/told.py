"""Reading what providers tell: a name that is missing, or of another kind than agreed, is not guessed."""

import re
from collections.abc import Mapping
from typing import Any

from .interface import NotUnderstood

_DECIMAL = re.compile(r"(0|[1-9]\d{0,11})(?:\.(\d{1,2}))?")
_LONGEST = 128


def text(told: Mapping[str, Any], name: str) -> str:
    """
    The text called ``name``.

    :raises NotUnderstood: if it is missing, empty, or no text.
    """
    value = told.get(name)
    if not isinstance(value, str) or not value or len(value) > _LONGEST:
        raise NotUnderstood(f"no {name}")
    return value


def number(told: Mapping[str, Any], name: str) -> int:
    """
    The whole number called ``name``, of the smallest unit.

    :raises NotUnderstood: if it is missing, below zero, or no whole number.
    """
    value = told.get(name)
    if type(value) is not int or value < 0:
        raise NotUnderstood(f"no {name}")
    return value


def decimal(told: Mapping[str, Any], name: str, *, default: str | None = None) -> int:
    """
    The amount called ``name``, written as ``199.00``, in the smallest unit.

    :raises NotUnderstood: if it is not written so.
    """
    value = told.get(name, default)
    found = _DECIMAL.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise NotUnderstood(f"no {name}")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """
    The object called ``name``.

    :raises NotUnderstood: if it is none.
    """
    value = told.get(name)
    if not isinstance(value, dict):
        raise NotUnderstood(f"no {name}")
    return value


def written(amount: int) -> str:
    """``amount`` of the smallest unit as ``199.00``."""
    return f"{amount // 100}.{amount % 100:02d}"
