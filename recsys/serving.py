"""The model in service, in this process's hands."""

import json
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray

from . import kinds, probing, words
from .engine import DamagedModel, load, threads
from .models import TrainedModel

logger = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 10.0


@dataclass(frozen=True, eq=False)
class Served:
    """A loaded model with the names of its items."""

    row_id: int
    model: Any
    items: list[str]

    @cached_property
    def column_of(self) -> dict[str, int]:
        """The column of each item."""
        return {item: column for column, item in enumerate(self.items)}

    @cached_property
    def is_card(self) -> NDArray[np.bool_]:
        """(items,): which of them are ranked as cards; lessons are named in reasons, and the next one has a place of its own."""
        return np.array([kinds.is_ranked(item) for item in self.items], dtype=bool)

    @cached_property
    def columns_of(self) -> dict[str, NDArray[np.int64]]:
        """For each kind that is ranked, the columns (n,) of its items, ascending."""
        kinds_of = np.array(self.kind_of)
        return {str(kind): np.flatnonzero(kinds_of == kind) for kind in np.unique(kinds_of[self.is_card])}

    @cached_property
    def kind_of(self) -> list[str]:
        """Of which kind each item is."""
        return [item.partition(":")[0] for item in self.items]


_current: Served | None = None
_asked_at = 0.0
_has_looked = False
_unreadable: dict[int, str] = {}
"""The rows of models that this process has tried to open and could not, and why."""
_opening = threading.Lock()
"""Held while a model is being opened: to read a large one takes seconds, and one reader is enough."""


def current() -> Served | None:
    """
    The model in service, memory-mapped and shared by the process's threads; None while there is none that can be read.

    Which one serves is asked for every ten seconds. A new one is read beside the requests, which go on with the one that they have until
    then; only who asks first in a process waits for it, unless ``look_ahead`` was before them.
    """
    global _asked_at, _has_looked  # noqa: PLW0603 - one model for a process, whatever thread asks
    if time.monotonic() - _asked_at > ASK_AGAIN_SECONDS:
        _asked_at = time.monotonic()
        is_first, _has_looked = not _has_looked, True
        rows = _in_service()
        if is_first or not rows:
            _open(rows)
        elif not _is_held(rows):
            threading.Thread(target=_open, args=[rows], daemon=True).start()
    return _current


def look_ahead() -> threading.Thread:
    """
    Read the model as a process begins, beside whatever else it does: those who come before it is read get what is popular.

    From now on each request scores in its own thread, whatever the environment says: threads of BLAS wait for each other by spinning, and
    beside other requests that takes longer than the work.
    """
    global _asked_at, _has_looked
    threads.keep_blas_to_the_caller()
    _asked_at, _has_looked = time.monotonic(), True
    thread = threading.Thread(target=_look_alone, daemon=True)
    thread.start()
    return thread


def cannot_be_read(row: TrainedModel) -> bool:
    """Whether this process has tried to open the model of ``row`` and could not, so that an earlier one serves, or what is popular."""
    return row.pk in _unreadable


def why_unreadable(row: TrainedModel) -> str:
    """What was wrong with its files when this process tried to open it; empty when nothing was."""
    return _unreadable.get(row.pk, "")


def forget() -> None:
    """Let the next question look anew; for tests and for the process that has just trained."""
    global _current, _asked_at, _has_looked
    _current, _asked_at, _has_looked = None, 0.0, False
    _unreadable.clear()


def _look_alone() -> None:
    try:
        _open(_in_service())
    finally:
        connection.close()


def _in_service() -> list[TrainedModel]:
    """The models of which the first that can be read is to serve, the last put in service first."""
    served = TrainedModel.objects.filter(put_in_service_at__isnull=False).order_by("-put_in_service_at")
    return list(served[:3])


def _is_held(rows: Sequence[TrainedModel]) -> bool:
    return _current is not None and _current.row_id == rows[0].pk


def _open(rows: Sequence[TrainedModel]) -> None:
    global _current  # noqa: PLW0603 - as above
    if not _opening.acquire(blocking=False):
        return
    try:
        _current = _first_that_opens(rows, _current)
    finally:
        _opening.release()


def _first_that_opens(rows: Sequence[TrainedModel], held: Served | None) -> Served | None:
    for row in rows:
        if held is not None and held.row_id == row.pk:
            return held
        folder = Path(settings.MODELS_ROOT) / row.folder
        try:
            found = _opened(row, folder)
        except (OSError, ValueError, DamagedModel) as damaged:
            # An older model is better than none, and popularity better than a broken page.
            logger.exception("the model in %s cannot be read", folder)
            _unreadable[row.pk] = words.fault(damaged, place=folder)
        else:
            _unreadable.pop(row.pk, None)
            return found
    return None


def _opened(row: TrainedModel, folder: Path) -> Served:
    """
    The model in ``folder``, if it still answers as it did when it was measured.

    :raises DamagedModel: if not.
    """
    items, model = json.loads((folder / "items.json").read_text()), load(folder)
    if damage := probing.disagreement(model, items, row.report.get("probe", {})):
        raise DamagedModel(damage)
    return Served(row_id=row.pk, model=model, items=items)
