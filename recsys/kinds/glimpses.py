"""
What is ranked, as a process saw it within the last minutes: a list looks at two hundred things and shows ten.

Nothing is shown as it stands here. Each is lent only to those who hold one of the keys that opened it, so that nobody's list is full of
what is not theirs; and what is about to be shown is fetched for its viewer, who gets it as it is now, or not at all.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from typing import NamedTuple

from .items import Item, Look

YOUNG_SECONDS, LENT_SECONDS = 300.0, 600.0
"""How long a thing need not be looked at anew, and how long it is lent for all that."""
AT_MOST = 20_000
"""So many are kept, of about a kilobyte each; beyond that all of them are let go."""

_held: dict[str, tuple[Item, Collection[str], float]] = {}


class Lent(NamedTuple):
    """What is lent, and the names of those of it that are ``old``: they are to be looked at anew when something is fetched anyway."""

    items: dict[str, Item]
    old: list[str]


def keep(items: Iterable[tuple[Item, Collection[str]]]) -> None:
    """Keep each of ``items``, in no reader's language, with the keys that open it; what nothing opens is somebody's own."""
    seen = time.monotonic()
    if len(_held) > AT_MOST:
        _held.clear()
    _held.update((item.name, (item, keys, seen)) for item, keys in items if keys)


def has(name: str) -> bool:
    """Whether ``name`` is kept, and need not be kept anew."""
    kept = _held.get(name)
    return kept is not None and kept[2] > time.monotonic() - YOUNG_SECONDS


def of(names: Iterable[str], *, keys: frozenset[str]) -> Lent:
    """Those of ``names`` that are kept and that one of ``keys`` opens."""
    now, held, opens_none = time.monotonic(), _held.get, keys.isdisjoint
    young, lent = now - YOUNG_SECONDS, now - LENT_SECONDS
    found, old = dict[str, Item](), list[str]()
    for name in names:
        kept = held(name)
        if kept is not None and kept[2] > lent and not opens_none(kept[1]):
            found[name] = kept[0]
            if kept[2] <= young:
                old.append(name)
    return Lent(found, old)


def forget() -> None:
    """Keep nothing."""
    _held.clear()


def unseen() -> Look:
    """
    What draws an item that is kept.

    :raises RuntimeError: always, since its reader may not be allowed to see it any more.
    """
    raise RuntimeError("What is shown is fetched for whoever sees it.")
