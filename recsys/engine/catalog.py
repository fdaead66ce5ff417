"""All trainers by name, and the opening of what they saved."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from recsys.engine import ease, item_knn, popularity, storage, svd
from recsys.engine.contract import Model, Trainer
from recsys.engine.default import train_default

MODELS: Final[dict[str, Trainer]] = {
    "popularity": popularity.train,
    "svd": svd.train,
    "item_knn": item_knn.train,
    "ease": ease.train,
}

ALL: Final[dict[str, Trainer]] = {**MODELS, "default": train_default}

_KINDS: Final = {kind.kind: kind for kind in (popularity.Popularity, svd.SVD, item_knn.ItemKNN, ease.EASE)}


def load(folder: Path | str, *, verify: bool = True) -> Model:
    """
    Open a saved model with its arrays memory-mapped, so that processes share them.

    :raises DamagedModel: if anything is missing, altered or unknown; ``verify`` reads every file once to know.
    """
    model: Model = storage.load(folder, kinds=_KINDS, verify=verify)
    return model
