"""What there is of every kind of item: one entry a kind says how its items are loaded, what they are about and who made them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.audience.keys import hidden_authors, keys_of

from . import glimpses
from .items import Item

Ids = Iterable[int]
Load = Callable[[Any, Mapping[str, Ids]], list[Item]]
Pairs = Callable[[Ids], Iterable[tuple[int, Any]]]
RENEWED = 10
"""So much of what is ranked and was seen long ago is fetched along with what is shown."""


def nothing(ids: Ids) -> Iterable[tuple[int, Any]]:
    """What a kind says that has none of it."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """
    A kind of items. ``load(viewer, ids)`` gives those that ``viewer`` may see; ``ids`` are those of each kind that has the same ``load``, by
    its name, so that kinds may be loaded together.

    What a model learns from is asked for whoever may see it, as pairs with the id of an item: the ids of its ``topics``, the
    ``words`` that describe it, and who made it (``creators``). Only what ``is_ranked`` is ranked by what people did; items of the
    other kinds are named in reasons or have places of their own.
    """

    load: Load
    topics: Pairs = nothing
    words: Pairs = nothing
    creators: Pairs = nothing
    is_ranked: bool = True


_kinds: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Let items called ``name:id`` be recommended."""
    _kinds[name] = kind


_NAME = re.compile(r"([a-z]+):([0-9]{1,12})")


def is_name(text: str) -> bool:
    """Whether ``text`` names an item of a kind that is registered, as in ``course:42``."""
    found = _NAME.fullmatch(text)
    return found is not None and found[1] in _kinds


def load(names: Iterable[str], *, viewer: Any) -> dict[str, Item]:
    """The items called ``names`` (``kind:id``) that ``viewer`` may see; a few queries for all kinds that are loaded alike."""
    asked: dict[Load, dict[str, list[int]]] = {}
    for kind, ident in _parted(names):
        asked.setdefault(_kinds[kind].load, {}).setdefault(kind, []).append(ident)
    return {item.name: item for load_them, ids in asked.items() for item in load_them(viewer, ids)}


def _parted(names: Iterable[str]) -> Iterator[tuple[str, int]]:
    for name in names:
        found = _NAME.fullmatch(name)
        if found is not None and found[1] in _kinds:
            yield found[1], int(found[2])


class Shelf:
    """Items as one viewer may see them, each fetched once: whoever asks for many things at first asks for few queries in all."""

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer
        self._asked: set[str] = set()
        self._items: dict[str, Item] = {}
        self._glanced: dict[str, Item] = {}
        self._old: list[str] = []

    def load(self, names: Iterable[str]) -> dict[str, Item]:
        """As ``kinds.load``; only what was not asked for before costs queries."""
        wanted = list(names)
        fresh = set(wanted) - self._asked
        if fresh:
            fresh.update(self._renewed_with(fresh))
            self._items |= load(sorted(fresh), viewer=self.viewer)
            self._asked |= fresh
        return {name: self._items[name] for name in wanted if name in self._items}

    def glance(self, names: Iterable[str]) -> dict[str, Item]:
        """
        What it takes to rank those of ``names`` that may be shown, as it was within the last minutes; what is shown in the end has to be loaded.
        """
        wanted, seen = list(names), self._glanced
        if fresh := [name for name in wanted if name not in seen] if seen else wanted:
            found = self._lent(fresh)
            if len(found) < len(fresh):
                found |= self.load(name for name in fresh if name not in found)
            seen |= found
        return {name: seen[name] for name in wanted if name in seen}

    def _lent(self, names: Iterable[str]) -> dict[str, Item]:
        # Whose work is hidden from somebody is known to no process.
        if hidden_authors(self.viewer):
            return {}
        items, old = glimpses.of(names, keys=keys_of(self.viewer))
        self._old += old
        return items

    def _renewed_with(self, fresh: Collection[str]) -> list[str]:
        """What was lent though it is old: a few rows more take less than the statement for them once they are lent no more."""
        old = [name for name in self._old if name not in fresh and name not in self._asked]
        self._old = old[RENEWED:]
        return old[:RENEWED]


def is_ranked(name: str) -> bool:
    """Whether what people did with ``name`` and its like says where it stands as a card."""
    kind = _kinds.get(name.partition(":")[0])
    return kind is None or kind.is_ranked


def topics_of(names: Iterable[str]) -> dict[str, frozenset[int]]:
    """The ids of the topics of ``names``, whoever may see them; a query for each kind, whatever the number of names."""
    found: dict[str, set[int]] = {}
    for name, topic in _told(names, lambda kind: kind.topics):
        found.setdefault(name, set()).add(topic)
    return {name: frozenset(topics) for name, topics in found.items()}


def words_of(names: Iterable[str]) -> dict[str, str]:
    """The words that describe each of ``names``; a query for each kind."""
    return dict(_told(names, lambda kind: kind.words))


def creators_of(names: Iterable[str]) -> dict[str, int]:
    """Who made each of ``names``; a query for each kind."""
    return dict(_told(names, lambda kind: kind.creators))


def _told(names: Iterable[str], what: Callable[[Kind], Pairs]) -> Iterable[tuple[str, Any]]:
    for kind, ids in _ids(names).items():
        # What was done with a kind that nobody registers any more is still in the histories.
        for pk, told in what(_kinds[kind])(ids) if kind in _kinds else ():
            yield f"{kind}:{pk}", told


def _ids(names: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name in names:
        kind, _sep, ident = name.partition(":")
        found.setdefault(kind, []).append(int(ident))
    return found
