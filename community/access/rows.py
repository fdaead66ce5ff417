"""What a row of the table says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db.models import Model
from django.urls import reverse

from .personas import STAFF, WITHOUT_LOG_IN, Persona
from .stage import Stage

Fill = Sequence[Any] | Callable[[Stage], Sequence[Any]]


class Answer(Enum):
    """What somebody gets to see; the value is the status."""

    PAGE = 200
    SENT_ON = 302
    MOVED = 301
    LOG_IN = "log-in"
    DENIED = 401
    FORBIDDEN = 403
    NOT_FOUND = 404
    NOT_SO = 405


@dataclass(frozen=True)
class Door:
    """What those see who may not come in: whoever is not logged in, members, those who work at the desk; ``but`` some."""

    guests: Answer
    members: Answer
    staff: Answer | None = None
    but: Mapping[Persona, Answer] = field(default_factory=dict)

    def answer(self, persona: Persona) -> Answer:
        """What ``persona`` sees at this door."""
        if persona in self.but:
            return self.but[persona]
        if persona in WITHOUT_LOG_IN:
            return self.guests
        return self.staff if self.staff and persona in STAFF else self.members


LOG_IN = Door(Answer.LOG_IN, Answer.NOT_FOUND)
"""Guests are asked to log in; for members who may not there is nothing here."""
NOT_THEIRS = Door(Answer.LOG_IN, Answer.FORBIDDEN)
"""It is known that the thing exists, and it belongs to somebody else."""
NOTHING_HERE = Door(Answer.NOT_FOUND, Answer.NOT_FOUND)
WAY_IN = Door(Answer.FORBIDDEN, Answer.FORBIDDEN)
"""Paid: the page says how it is opened."""
SENT_ON = Door(Answer.SENT_ON, Answer.SENT_ON)
UNKNOWN = Door(Answer.DENIED, Answer.DENIED)
"""Programs are told that they showed nothing by which they are known."""
DESK = Door(Answer.SENT_ON, Answer.SENT_ON, Answer.FORBIDDEN)
"""The desk's own door sends guests to log in and members home."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """
    One address and who may open it.

    ``case`` tells apart rows of one address. ``fill`` gives the arguments of the address, ``query`` what follows the
    question mark. ``seen_by`` is whose picture is taken; without it, or where the answer is no page, none is. ``of`` is
    the model of which the page shows a row.
    """

    name: str
    may: frozenset[Persona]
    door: Door = LOG_IN
    fill: Fill = ()
    query: str | Callable[[Stage], str] = ""
    case: str = ""
    method: str = "GET"
    gives: Answer = Answer.PAGE
    seen_by: Persona | None = None
    path: str = ""
    is_main: bool = False
    of: type[Model] | None = None

    @property
    def title(self) -> str:
        """What the row is called in tests and on contact sheets."""
        return f"{self.name} ({self.case})" if self.case else self.name

    def address(self, stage: Stage) -> str:
        """The address in the world of ``stage``."""
        arguments = self.fill(stage) if callable(self.fill) else self.fill
        query = self.query(stage) if callable(self.query) else self.query
        found = self.path or reverse(self.name, args=list(arguments))
        return f"{found}?{query}" if query else found

    def answer(self, persona: Persona) -> Answer:
        """What ``persona`` gets to see."""
        return self.gives if persona in self.may else self.door.answer(persona)

    def answer_in(self, stage: Stage, persona: Persona) -> Answer:
        """The same in the world of ``stage``, where there may be nothing to show yet: then the desk sends its people on."""
        is_at_the_desk = persona in (STAFF if self.name.endswith("_history") else self.may)
        if self.of and is_at_the_desk and stage.first(self.of) == "0":
            return Answer.SENT_ON
        return self.answer(persona)
