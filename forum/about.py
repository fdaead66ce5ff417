"""What a thread stands under: upper rooms say what ``lesson:7`` is called, where it is and who may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.web.numbers import number_in


@dataclass(frozen=True, kw_only=True)
class About:
    """The thing that a thread stands under, as one viewer may know it."""

    title: str
    url: str
    audience: Sequence[str]
    language: str
    teacher_id: int | None = None
    topic_ids: Sequence[int] = field(default_factory=tuple)


Resolve = Callable[[Any, int], About | None]
_resolvers: dict[str, Resolve] = {}


def register(kind: str, resolve: Resolve) -> None:
    """Let ``resolve(viewer, id)`` describe things of ``kind``; it returns None for what the viewer may not see."""
    _resolvers[kind] = resolve


def describe(reference: str, *, viewer: Any) -> About | None:
    """The thing called ``reference`` (``kind:id``), or None if there is none that ``viewer`` may see."""
    kind, _, ident = reference.partition(":")
    resolve = _resolvers.get(kind)
    number = number_in(ident)
    return resolve(viewer, number) if resolve and number is not None else None
