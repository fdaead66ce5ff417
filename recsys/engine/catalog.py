"""All trainers by name, and the opening of what they saved."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from recsys.engine import (
    blend,
    content,
    ease,
    ials,
    item_knn,
    modulated,
    popularity,
    profile,
    storage,
    successors,
    svd,
    trails,
)
from recsys.engine.contract import Model, Trainer
from recsys.engine.default import train_default
from recsys.engine.sources import SOURCES

MODELS: Final[dict[str, Trainer]] = {**SOURCES, "blend": blend.train}

ALL: Final[dict[str, Trainer]] = {**MODELS, "default": train_default}

_KINDS: Final = {
    kind.kind: kind
    for kind in (
        popularity.Popularity,
        svd.SVD,
        item_knn.ItemKNN,
        ease.EASE,
        successors.Successors,
        trails.Trails,
        ials.IALS,
        profile.Profile,
        modulated.Modulated,
        content.Content,
        blend.Blend,
    )
}


def load(folder: Path | str, *, verify: bool = True) -> Model:
    """
    Open a saved model with its arrays memory-mapped, so that processes share them.

    :raises DamagedModel: if anything is missing, altered or unknown; ``verify`` reads every file once to know.
    """
    model: Model = storage.load(folder, kinds=_KINDS, verify=verify)
    return model
