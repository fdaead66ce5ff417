"""The one tag library that every component is registered in; templates load it as ``{% load ui %}``."""

from collections.abc import Collection

from django.template import Library, TemplateSyntaxError

register = Library()


def one_of(value: str, allowed: Collection[str], *, argument: str) -> str:
    """
    Return ``value`` if it is one of ``allowed``.

    :raises TemplateSyntaxError: if it is not; the message lists what would be.
    """
    if value not in allowed:
        message = f"{argument}={value!r} is none of {', '.join(sorted(allowed))}"
        raise TemplateSyntaxError(message)
    return value
