"""The one tag library that every component is registered in; templates load it as ``{% load ui %}``."""

from collections.abc import Callable, Collection
from functools import lru_cache, wraps
from typing import Any

from django.template import Library, TemplateSyntaxError
from django.utils.safestring import SafeString
from django.utils.translation import get_language

REMEMBERED = 4_096

register = Library()


def remembered(draw: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """
    Let a component that follows from its arguments and the language alone be drawn once: a list has the same names again and again.

    Words that are safe and words that are not are told apart, though they may be equal.
    """

    @lru_cache(REMEMBERED, typed=True)
    def kept(_language: str | None, **arguments: Any) -> SafeString:
        return draw(**arguments)

    @wraps(draw)
    def drawn(**arguments: Any) -> SafeString:
        return kept(get_language(), **arguments)

    return drawn


def one_of(value: str, allowed: Collection[str], *, argument: str) -> str:
    """
    Return ``value`` if it is one of ``allowed``.

    :raises TemplateSyntaxError: if it is not; the message lists what would be.
    """
    if value not in allowed:
        message = f"{argument}={value!r} is none of {', '.join(sorted(allowed))}"
        raise TemplateSyntaxError(message)
    return value
