"""The model in service, in this process's hands."""

import json
import logging
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from . import kinds, probing
from .engine import DamagedModel, load
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


_current: Served | None = None
_asked_at = 0.0


def current() -> Served | None:
    """
    The model in service, memory-mapped and shared by the process's threads; None while there is none that can be read.

    Which one serves is asked for every ten seconds, so a new one is in all processes soon after it was put in service.
    """
    global _current, _asked_at  # noqa: PLW0603 - one model for a process, whatever thread asks
    if time.monotonic() - _asked_at > ASK_AGAIN_SECONDS:
        _asked_at = time.monotonic()
        _current = _newest(_current)
    return _current


def forget() -> None:
    """Let the next question look anew; for tests and for the process that has just trained."""
    global _current, _asked_at
    _current, _asked_at = None, 0.0


def _newest(held: Served | None) -> Served | None:
    for row in TrainedModel.objects.filter(put_in_service_at__isnull=False).order_by("-put_in_service_at")[:3]:
        if held is not None and held.row_id == row.pk:
            return held
        folder = Path(settings.MODELS_ROOT) / row.folder
        try:
            return _opened(row, folder)
        except (OSError, ValueError, DamagedModel):
            # An older model is better than none, and popularity better than a broken page.
            logger.exception("the model in %s cannot be read", folder)
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
