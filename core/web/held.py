"""What each process may hold by itself for some seconds: to ask Redis at every page takes longer than many a query."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar
from weakref import WeakSet

T = TypeVar("T")


class Held(Generic[T]):
    """
    What ``make`` returns, made anew when it is ``seconds`` old.

    It is handed out as it is, to all threads, and not copied as by a cache: whoever is given it must not change it.
    """

    _all: ClassVar[WeakSet[Held[object]]] = WeakSet()

    def __init__(self, make: Callable[[], T], *, seconds: float) -> None:
        self._make, self.seconds = make, seconds
        self._kept: tuple[T, float] | None = None
        self._all.add(self)  # type: ignore[arg-type]

    def get(self) -> T:
        """What is held, if it is young enough, or else what is made now."""
        kept = self._kept
        return kept[0] if kept is not None and kept[1] > time.monotonic() else self.anew()

    def anew(self) -> T:
        """What is made now; it is held from now on."""
        made = self._make()
        self._kept = made, time.monotonic() + self.seconds
        return made

    def forget(self) -> None:
        """Hold nothing."""
        self._kept = None

    @classmethod
    def forget_all(cls) -> None:
        """Let none hold anything; for tests."""
        for one in cls._all:
            one.forget()
