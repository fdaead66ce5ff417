"""Who says what is told of a kind of fact."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from core.events import Fact
from notifications.operations import Notice

from .found import Found

Told = Notice | list[Notice] | None
Tell = Callable[[Any, Found], Told]

told_of: dict[type[Fact], Tell] = {}
"""By kind of fact: the function that makes a notice of it, or several, or None where nobody is told."""


def tells(*kinds: type[Fact]) -> Callable[[Tell], Tell]:
    """Let the decorated function say what is told of each fact of ``kinds``."""

    def register(tell: Tell) -> Tell:
        told_of.update(dict.fromkeys(kinds, tell))
        return tell

    return register


def as_list(told: Told) -> list[Notice]:
    """What is told of one fact, however many hear it."""
    if told is None:
        return []
    return told if isinstance(told, list) else [told]


def absolute(path: str) -> str:
    """``path`` as a mail needs it."""
    return f"{settings.SITE_URL}{path}"
