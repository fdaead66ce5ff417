"""The addresses of pages by their names, worked out once for each page: a list asks for forty at every request, and each is another one."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

_PLAIN = re.compile(r"[-A-Za-z0-9_]+(:[-A-Za-z0-9_]+)?")
"""What stands in an address as it is."""


Form = Callable[..., str]
Root = tuple[str, str]


def addresses_of(name: str, *like: str | int) -> Form:
    """
    What gives the addresses of the page called ``name`` for arguments that look as ``like`` does, for a list that has many of them.

    What is handed to it must look so: a number, a slug, or ``kind:id``. It holds for one request.

    :raises ValueError: if no page of that name takes such.
    """
    form = _form_for(name, like)
    if form is None:
        raise ValueError(f"no form of {name} for {like}")
    return form


def address_of(name: str, *arguments: str | int) -> str:
    """
    The address of the page called ``name`` with ``arguments`` in it, as ``reverse`` gives it.

    Arguments that look alike (numbers, slugs, ``kind:id``) go the same way, which is found once; any other is given to ``reverse``.

    :raises NoReverseMatch: if there is no such page; that is asked anew each time.
    """
    form = _form_for(name, arguments)
    return form(*arguments) if form else reverse(name, args=arguments)


def root() -> Root:
    """What all addresses depend on: which pages there are, and under which path the site stands."""
    return get_urlconf() or settings.ROOT_URLCONF, get_script_prefix()


def _form_for(name: str, like: Sequence[str | int]) -> Form | None:
    looks = tuple([_looks(argument) for argument in like])
    return _form(root(), name, looks) if all(looks) else None


def _looks(argument: str | int) -> str:
    if isinstance(argument, int):
        return "1" if argument >= 0 else ""
    found = _PLAIN.fullmatch(argument)
    if found is None or argument.isdecimal():
        return ""
    return "a:1" if found[1] else "a"


_STAND_INS = {"1": "1917283{}", "a": "stand-in-{}", "a:1": "stand:in-{}"}


@lru_cache(maxsize=1_024)
def _form(pages: Root, name: str, looks: tuple[str, ...]) -> Form | None:
    """What puts arguments into the address of a page; None where it takes none that look so."""
    urlconf, _prefix = pages
    # The prefix is part of the key alone: reverse() takes it from the thread, as we did.
    stand_ins = [_STAND_INS[look].format(place) for place, look in enumerate(looks)]
    try:
        rest = reverse(name, urlconf=urlconf, args=stand_ins)
    except NoReverseMatch:
        # A page may want more of its arguments than that they look so: a number of four digits, a token.
        return None
    parts = []
    for one in stand_ins:
        before, _found, rest = rest.partition(one)
        parts.append(before)
    return "{}".join(part.replace("{", "{{").replace("}", "}}") for part in (*parts, rest)).format
