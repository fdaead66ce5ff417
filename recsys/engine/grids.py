"""What is tried when settings are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

# Recency at serving; tried on every trained candidate, since it needs no training.
DECAYS: Final = (1.0, 0.9, 0.8, 0.7, 0.6)

# Of these the grid goes along one number, from little to much: quality rises to a place and falls behind it.
RISING: Final = frozenset({"ease", "successors"})

GRIDS: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "popularity": [{}],
    "svd": [{"factors": factors} for factors in (16, 32, 64, 128, 256)],
    "item_knn": [{"neighbors": 200, "shrinkage": shrinkage} for shrinkage in (5.0, 20.0, 100.0)],
    "ease": [{"regularization": strength} for strength in (50.0, 100.0, 200.0, 500.0, 1000.0)],
    "successors": [{"memory": memory} for memory in (0.6, 0.75, 0.87)],
    "ials": [
        {"regularization": strength, "unobserved": weight}
        for weight in (0.05, 0.2, 0.5)
        for strength in (0.005, 0.02, 0.08)
    ],
    "modulated": [{"regularization": strength} for strength in (0.005, 0.02, 0.08)],
    "profile": [{"regularization": strength} for strength in (1.0, 10.0, 100.0)],
    "content": [{"factors": factors} for factors in (32, 64)],
}
