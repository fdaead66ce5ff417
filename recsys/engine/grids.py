"""What is tried when settings are chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

# Recency at serving; tried on every trained candidate, since it needs no training.
DECAYS: Final = (1.0, 0.9, 0.8, 0.7, 0.6)

# Of these each line goes along one number, from little to much: quality rises to a place and falls behind it. A further line is
# tried at the best of the one before.
RISING: Final[Mapping[str, Sequence[Sequence[Mapping[str, Any]]]]] = {
    "ease": [[{"regularization": strength} for strength in (20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)]],
    "successors": [[{"memory": memory} for memory in (0.6, 0.75, 0.87)]],
    "trails": [
        [{"regularization": strength} for strength in (20.0, 50.0, 100.0, 200.0, 500.0)],
        [{"together": share} for share in (0.1, 0.3, 0.6, 0.9)],
    ],
}

GRIDS: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "popularity": [{}],
    "svd": [{"factors": factors} for factors in (16, 32, 64, 128, 256)],
    "item_knn": [{"neighbors": 200, "shrinkage": shrinkage} for shrinkage in (5.0, 20.0, 100.0)],
    "ease": RISING["ease"][0],
    "successors": RISING["successors"][0],
    "trails": [
        {"regularization": strength, "together": share}
        for share in (0.1, 0.6)
        for strength in (20.0, 50.0, 100.0, 200.0, 500.0)
    ],
    "ials": [
        {"regularization": strength, "unobserved": weight}
        for weight in (0.05, 0.2, 0.5)
        for strength in (0.005, 0.02, 0.08)
    ],
    "modulated": [{"regularization": strength} for strength in (0.005, 0.02, 0.08)],
    "profile": [{"regularization": strength} for strength in (1.0, 10.0, 100.0)],
    "content": [{"factors": factors} for factors in (32, 64)],
}
