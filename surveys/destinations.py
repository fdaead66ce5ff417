"""Whom a survey may be for, and where an answer may lead: rooms above say what they have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.audience.keys import MEMBERS


@dataclass(frozen=True, kw_only=True)
class Place:
    """Something that an answer leads to, as one viewer may see it: a course, a group, a path."""

    reference: str
    title: str
    url: str
    language: str
    kind: str


Crowds = Callable[[], Iterable[tuple[str, str]]]
Choices = list[tuple[str, str | list[tuple[str, str]]]]
"""Choices as form fields take them: some alone, some in named groups."""
Places = Callable[[Any, Iterable[int] | None], Iterable[Place]]
_crowds: list[tuple[Any, Crowds]] = []
_places: dict[str, Places] = {}


def register_crowds(label: Any, crowds: Crowds) -> None:
    """Let ``crowds()`` name keys by which a survey's audience may be chosen, each with its name, as a group called ``label``."""
    _crowds.append((label, crowds))


def register_places(kind: str, places: Places) -> None:
    """Let ``places(viewer, ids)`` give what answers may lead to and ``viewer`` may see: those of ``ids``, or all for None."""
    _places[kind] = places


def crowds() -> Choices:
    """The keys that may be chosen: all members first, then in groups what the rooms above have."""
    groups = [(str(label), list(ask())) for label, ask in _crowds]
    return [(MEMBERS, _("Every member")), *((label, pairs) for label, pairs in groups if pairs)]


def everywhere(viewer: Any) -> list[Place]:
    """Everything that an answer may lead to."""
    return [place for ask in _places.values() for place in ask(viewer, None)]


def those_of(references: Iterable[str], *, viewer: Any) -> list[Place]:
    """The places called ``references`` that ``viewer`` may see, each once, in that order; a few queries for each kind."""
    wanted: dict[str, list[int]] = {}
    order = list(dict.fromkeys(references))
    for reference in order:
        kind, _sep, ident = reference.partition(":")
        if kind in _places:
            wanted.setdefault(kind, []).append(int(ident))
    found = {place.reference: place for kind, ids in wanted.items() for place in _places[kind](viewer, ids)}
    return [found[reference] for reference in order if reference in found]
