"""
A model whose figures are drawn by lot, for where a training would take too long.

What a request costs depends on how many items, sources and figures there are, and not on what the figures say. It has the one source
that the default took on all histories with an order that were looked at. Nothing can be learned from it about how good
recommendations are.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from recsys import probing
from recsys.engine.blend import Blend, BlendConfig
from recsys.engine.trails import Trails, TrailsConfig
from recsys.models import Interaction, TrainedModel

FOLDER = "drawn-by-lot"


def drawn_once() -> TrainedModel | None:
    """Put a drawn model in service unless one serves."""
    if TrainedModel.objects.in_service():
        return None
    items = sorted(Interaction.objects.values_list("item", flat=True).distinct().order_by())
    model = _drawn(len(items))
    _save(model, items)
    return TrainedModel.objects.create(
        folder=FOLDER, kind=model.kind, as_of=timezone.now(), put_in_service_at=timezone.now(),
        report={"probe": probing.probe(model, items)},
    )  # fmt: skip


def _drawn(items: int) -> Blend:
    lots = np.random.default_rng(7)
    popularity = lots.random(items, dtype=np.float32)
    return Blend(
        config=BlendConfig(), popularity=popularity, models=(Trails(popularity, _square(lots, items), TrailsConfig()),),
        shares=np.ones(1, dtype=np.float32), burden=0.1 * np.log1p(popularity),
        trust=np.ones((1, items), dtype=np.float32), chosen={},
    )  # fmt: skip


def _square(lots: np.random.Generator, items: int) -> NDArray[np.float32]:
    drawn = lots.standard_normal((items, items), dtype=np.float32)
    np.fill_diagonal(drawn, 0.0)
    return drawn


def _save(model: Blend, items: list[str]) -> None:
    folder = Path(settings.MODELS_ROOT) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    model.save(folder)
    (folder / "items.json").write_text(json.dumps(items))
