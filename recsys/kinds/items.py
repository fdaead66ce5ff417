"""What is recommended, as one viewer may see it, and how it looks on a card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model
from django.db.models.base import ModelState

from topics.models import Topic

T = TypeVar("T", bound=Model)


def with_values(model: type[T], values: Mapping[str, Any]) -> T:
    """
    An object of ``model`` that knows ``values``, by the names of its columns, and fetches what else it is asked for.

    It is what Django makes of a row of which fields were left out, but that not each of them is gone through: a page makes hundreds.
    """
    one = model.__new__(model)
    one._state = ModelState()  # noqa: SLF001 - Django's public name for it
    one._state.adding = False  # noqa: SLF001 - as above
    one.__dict__.update(values)
    return one


class Look(NamedTuple):
    """What a card shows of an item."""

    url: str
    kind_label: str
    facts: tuple[str, ...]
    mean: float | None = None
    by: str = ""
    """The name of whoever made it."""
    picture_url: str = ""
    life: Callable[[], str] = str
    """What is said of it where nothing speaks to its reader: how much life there is in it, and no more than there is."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """
    Something that can be recommended, as one viewer may see it.

    Hundreds are ranked for ten cards: how one looks is worked out when it is drawn.
    """

    name: str
    title: str
    language: str
    creator_id: int
    topic_ids: frozenset[int]
    """What it is about, by id."""
    draw: Callable[[], Look]
    named: Callable[[], Mapping[int, Topic]] = dict
    """Its topics and perhaps others, by their ids; items that were fetched together have them from one place."""
    is_waiting: bool = False
    """Whether it is a question that has no answer yet that solved it."""
    circle: int = 0
    """The group on whose board it stands, by its id."""

    @classmethod
    def of_row(cls, **values: Any) -> Item:
        """One with all of its ``values``, made as ``with_values`` makes objects: to set each of a frozen one takes four times as long."""
        one = cls.__new__(cls)
        object.__setattr__(one, "__dict__", values)
        return one

    @cached_property
    def topics(self) -> tuple[Topic, ...]:
        """What it is about."""
        named = self.named()
        # What was taken away meanwhile is no topic any more.
        return tuple(named[one] for one in sorted(self.topic_ids) if one in named)

    @cached_property
    def aspects(self) -> tuple[int | str, ...]:
        """Its topics and its kind: in what two cards may resemble each other."""
        return *self.topic_ids, self.name.partition(":")[0]

    @cached_property
    def look(self) -> Look:
        """What its card shows."""
        return self.draw()
