"""Who says what is told of a kind of fact."""

from collections.abc import Callable
from typing import Any

from django.conf import settings

from core.events import Fact
from notifications.operations import Notice

from .found import Found

Tell = Callable[[Any, Found], Notice | None]

told_of: dict[type[Fact], Tell] = {}
"""By kind of fact: the function that makes one notice of it, or None where nobody is told."""


def tells(*kinds: type[Fact]) -> Callable[[Tell], Tell]:
    """Let the decorated function say what is told of each fact of ``kinds``."""

    def register(tell: Tell) -> Tell:
        told_of.update(dict.fromkeys(kinds, tell))
        return tell

    return register


def absolute(path: str) -> str:
    """``path`` as a mail needs it."""
    return f"{settings.SITE_URL}{path}"
