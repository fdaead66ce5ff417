"""Items that nobody took yet: a tenth of them is held out entirely, and members choose among these alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy import sparse

from recsys.engine import MODELS
from recsys.engine.dataset import Dataset
from recsys.engine.evaluation import Split, measure

WEIGHTS: Final = (10.0, 100.0, 1000.0)


class Chance:
    """Random scores: what guessing among the new items gives."""

    def scores(self, rows: sparse.csr_matrix, *, ages: Any = None, users: Any = None) -> np.ndarray:
        """Score all items at random."""
        return np.random.default_rng(rows.nnz).random(rows.shape, dtype=np.float32)


def compared(dataset: Dataset, features: sparse.csr_matrix, *, seed: int = 0) -> list[tuple[str, float, float]]:
    """Give NDCG@10 among new items with its standard error, by model, with item features and without."""
    split, new = held_out(dataset, seed=seed)
    inputs = {"ages": split.ages, "seed": seed}
    models: dict[str, Any] = {
        "chance": Chance(),
        "ease without features": MODELS["ease"](split.X, **inputs),
        "content": MODELS["content"](split.X, item_features=features, **inputs),
    }
    for weight in WEIGHTS:
        trained = MODELS["ease"](split.X, item_features=features, feature_weight=weight, **inputs)
        models[f"ease with features, weight {weight:g}"] = trained
    found = {name: measure(model, split, allowed=new).ndcg_10 for name, model in models.items()}
    return [(name, figure.mean, figure.error) for name, figure in found.items()]


def held_out(dataset: Dataset, *, share: float = 0.1, seed: int = 0) -> tuple[Split, np.ndarray]:
    """Hide ``share`` of the items with at least five interactions; ask the members who took some of them."""
    counts = np.bincount(dataset.items, minlength=dataset.shape[1])
    able = np.nonzero(counts >= 5)[0]
    new = np.zeros(dataset.shape[1], dtype=bool)
    new[np.random.default_rng(seed).permutation(able)[: max(1, round(share * len(able)))]] = True
    late = new[dataset.items]
    X, ages = dataset.chosen(~late).matrices()
    wanted = dataset.chosen(late).matrices()[0]
    asked = np.nonzero((np.diff(wanted.indptr) > 0) & (np.diff(X.indptr) > 0))[0]
    rows, row_ages = X[asked], ages[asked]
    return Split("new items", X, ages, rows, row_ages, wanted[asked], asked, 1.0), new


def read_features(path: Path, dataset: Dataset) -> sparse.csr_matrix:
    """Read a CSV file of the columns ``item,terms``, terms divided by ``|``, for the items of ``dataset``."""
    numbers = {name: place for place, name in enumerate(dataset.item_ids)}
    terms: dict[str, int] = {}
    rows, columns = [], []
    with path.open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if line["item"] in numbers:
                for term in line["terms"].split("|"):
                    rows.append(numbers[line["item"]])
                    columns.append(terms.setdefault(term, len(terms)))
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_matrix((ones, (rows, columns)), shape=(dataset.shape[1], max(len(terms), 1)))
