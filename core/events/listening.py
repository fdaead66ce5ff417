"""Listeners: named readers of the stream, each with handlers by kind of fact."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils.functional import Promise

from .facts import Fact

F = TypeVar("F", bound=Fact)
Handler = Callable[[Any], None]
BulkHandler = Callable[[Sequence[Any]], None]
Decorator = Callable[[Handler], Handler]


class Listener:
    """
    One named reader of the stream. Made by ``listener``, at the top of ``<app>/handlers.py``.

    Used as a decorator it names the facts that a function handles: ``@listens(AnswerAccepted)``. A handler only writes to
    the database; what must leave it goes to the outbox. Handlers run in the order of the stream, in the transaction
    that moves the cursor, so each fact takes effect exactly once.
    """

    known: dict[str, "Listener"] = {}

    def __init__(
        self,
        name: str,
        *,
        called: str | Promise = "",
        resets: Callable[[], None] | None,
        within: timedelta | None = None,
    ) -> None:
        self.name = name
        self.called = called
        self.within = within
        self.handlers: dict[str, list[Handler]] = {}
        self.bulk: list[tuple[frozenset[str], BulkHandler]] = []
        self._resets = resets

    def __call__(self, *kinds: type[Fact]) -> Decorator:
        """Let the decorated function handle each fact of ``kinds``."""

        def register(handler: Handler) -> Handler:
            for kind in kinds:
                self.handlers.setdefault(kind.name, []).append(handler)
            return handler

        return register

    def in_bulk(self, *kinds: type[Fact]) -> Callable[[BulkHandler], BulkHandler]:
        """Let the decorated function take a batch's facts of ``kinds`` in one call, in order; must equal taking them one by one."""

        def register(handler: BulkHandler) -> BulkHandler:
            self.bulk.append((frozenset(kind.name for kind in kinds), handler))
            return handler

        return register

    @property
    def facts(self) -> list[str]:
        """The names of the facts that this listener reads."""
        return sorted(set(self.handlers).union(*(kinds for kinds, _ in self.bulk)))

    def is_too_late_for(self, fact: Fact, *, as_of: datetime) -> bool:
        """Whether ``fact`` happened so long ago that this listener has nothing to do about it any more."""
        return self.within is not None and as_of - fact.happened_at > self.within

    @property
    def is_rebuildable(self) -> bool:
        """Whether what it wrote can be thrown away and read again from the stream."""
        return self._resets is not None

    def reset(self) -> None:
        """Throw away what this listener wrote."""
        if self._resets is None:
            raise NotRebuildable(self.name)
        self._resets()


class NotRebuildable(Exception):
    """The listener's effects cannot be repeated (a mail is a mail); it refuses to read the stream again."""


def listener(
    name: str,
    *,
    called: str | Promise = "",
    resets: Callable[[], None] | None = None,
    within: timedelta | None = None,
) -> Listener:
    """
    The listener ``name`` (``app.purpose``), made on first use; ``called`` is what the desk says of it.

    ``within`` is for effects that only make sense soon, as telling somebody: older facts are passed over.

    ``resets`` empties the tables that it derives from facts; a listener that gives it may be reset and replayed.
    """
    return Listener.known.setdefault(name, Listener(name, called=called, resets=resets, within=within))


def in_words(name: str) -> str:
    """What the listener ``name`` is called; the name itself where nobody listens by it any more."""
    found = Listener.known.get(name)
    return str(found.called if found else "") or name
