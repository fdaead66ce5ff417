"""What happened in the world, collected as its parts are made, and told to the stream in the order of time."""

from dataclasses import dataclass, field
from datetime import datetime

from core import events
from core.events import Dated, Fact


@dataclass
class Diary:
    """The facts of a world."""

    facts: list[Dated] = field(default_factory=list)

    def note(self, fact: Fact, *, at: datetime, by: int | None, subject: str) -> None:
        """Remember that ``fact`` happened ``at``."""
        self.facts.append(Dated(fact, at, by, subject))

    def tell(self) -> int:
        """Publish everything, the oldest first; what happened at the same moment keeps the order in which it was noted."""
        events.publish_many_at(sorted(self.facts, key=lambda one: one.happened_at))
        return len(self.facts)
