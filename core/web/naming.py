"""The addresses of pages by their names, worked out once each: a list asks for the same ones at every request."""

from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

KEPT = 8192


def address_of(name: str, *arguments: str | int) -> str:
    """
    The address of the page called ``name`` with ``arguments`` in it, as ``reverse`` gives it.

    :raises NoReverseMatch: if there is no such page; that is asked anew each time.
    """
    return _reversed(get_urlconf() or settings.ROOT_URLCONF, get_script_prefix(), name, arguments)


@lru_cache(maxsize=KEPT)
def _reversed(urlconf: str, prefix: str, name: str, arguments: tuple[str | int, ...]) -> str:
    # The prefix is part of the key alone: reverse() takes it from the thread, as we did.
    return reverse(name, urlconf=urlconf, args=arguments)
