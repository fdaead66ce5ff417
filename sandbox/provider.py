"""The provider at work: its store, its courier, its clock, and the transactions they share."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.books import Books
from sandbox.couriers import Courier
from sandbox.environment import Settings
from sandbox.store import Store


class Provider:
    def __init__(self, *, folder: Path, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self.settings, self._clock = settings, clock
        self._store = Store(folder)
        self._courier = Courier(store=self._store, settings=settings, clock=clock)

    def open(self) -> None:
        self._courier.start()

    def close(self) -> None:
        self._courier.stop()
        self._store.close()

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """Open the books to change them; the courier is nudged once the change is kept."""
        with self._store.writing() as db:
            yield Books(db, self.settings, self._clock())
        self._courier.nudge()

    @contextmanager
    def reading(self) -> Iterator[Books]:
        with self._store.reading() as db:
            yield Books(db, self.settings, self._clock())
