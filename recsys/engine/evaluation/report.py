"""The table of all models on one dataset and one split, for people (Markdown) and for programs (JSON)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from scipy import sparse

from recsys.engine import catalog
from recsys.engine.contract import BadInput, MissingInput, TooLarge
from recsys.engine.dataset import Dataset
from recsys.engine.evaluation import tuning
from recsys.engine.evaluation.metrics import Figure, Measured, measure
from recsys.engine.evaluation.splits import SPLITS, Split
from recsys.engine.grids import GRIDS


@dataclass(frozen=True)
class Line:
    """One model: what it was set to, how long it took to train, how good it is; or why it was ``skipped``."""

    model: str
    settings: dict[str, Any]
    train_seconds: float
    measured: Measured | None
    skipped: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give plain values for JSON."""
        return {
            "model": self.model,
            "settings": self.settings,
            "train_seconds": self.train_seconds,
            "measured": self.measured.as_dict() if self.measured else None,
            "skipped": self.skipped,
        }


@dataclass(frozen=True)
class Report:
    """All lines of one evaluation, and the facts of its split."""

    split: str
    members: int
    items: int
    interactions: int
    guessed_for: int
    cold_targets: float
    lines: tuple[Line, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give plain values for JSON."""
        facts = {name: value for name, value in vars(self).items() if name != "lines"}
        return {**facts, "lines": [line.as_dict() for line in self.lines]}

    def as_markdown(self) -> str:
        """Give the table as Markdown, standard errors in brackets."""
        facts = (
            f"Split {self.split}: {self.members:,} members, {self.items:,} items, {self.interactions:,} interactions; "
            f"guessed for {self.guessed_for:,} members, {self.cold_targets:.1%} of the targets on unseen items."
        )
        head = "| model | Recall@20 | NDCG@10 | NDCG@100 | coverage@10 | Gini | diversity | training |"
        return "\n".join([facts, "", head, "|---|" + "---:|" * 7, *(_row(line) for line in self.lines)])


def evaluate(
    dataset: Dataset,
    *,
    split: str = "time",
    models: Sequence[str] | None = None,
    tune: bool = False,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    member_features: NDArray[Any] | None = None,
    item_features: sparse.csr_matrix | None = None,
    seed: int = 0,
) -> Report:
    """
    Train the named ``models`` (all, and ``default``, when None) on ``split`` and measure them by folding histories in.

    ``tune`` chooses settings on an inner cut first; ``settings`` fixes them per model. A model whose input is missing
    is listed as skipped. Member features are kept for the members of the training matrix, by row number.

    :raises BadInput: if a model or split is unknown, or the split leaves nobody to guess for.
    """
    names = [*catalog.MODELS, "default"] if models is None else list(models)
    if unknown := [name for name in names if name not in catalog.ALL]:
        raise BadInput(f"unknown models: {', '.join(unknown)}; known are {', '.join(catalog.ALL)}")
    if split not in SPLITS:
        raise BadInput(f"unknown split {split!r}; known are {', '.join(SPLITS)}")
    cut = SPLITS[split](dataset, seed=seed)
    inputs = {"member_features": member_features, "item_features": item_features, "seed": seed}
    lines = [_line(name, cut, inputs, tune=tune, fixed=dict((settings or {}).get(name, {}))) for name in names]
    return Report(
        split=split,
        members=dataset.shape[0],
        items=dataset.shape[1],
        interactions=len(dataset),
        guessed_for=cut.rows.shape[0],
        cold_targets=cut.cold_targets,
        lines=tuple(lines),
    )


def _line(name: str, cut: Split, inputs: dict[str, Any], *, tune: bool, fixed: dict[str, Any]) -> Line:
    trainer = catalog.ALL[name]
    try:
        if tune and name in GRIDS and not fixed:
            fixed = tuning.choose(trainer, cut.X, ages=cut.ages, grid=GRIDS[name], **inputs).settings
        started = time.perf_counter()
        model = trainer(cut.X, ages=cut.ages, **inputs, **fixed)
        seconds = time.perf_counter() - started
    except (MissingInput, TooLarge) as missing:
        return Line(name, fixed, 0.0, None, skipped=str(missing))
    known = getattr(model, "is_about_known_members", False)
    measured = measure(model, cut, item_features=inputs["item_features"], known_members=known)
    return Line(name, fixed or getattr(model, "chosen", {}), seconds, measured)


def _row(line: Line) -> str:
    if line.measured is None:
        return f"| {line.model} | skipped: {line.skipped} |" + " |" * 6
    found = line.measured
    quality = " | ".join(_cell(figure) for figure in (found.recall_20, found.ndcg_10, found.ndcg_100))
    lists = f"{found.coverage_10:.3f} | {found.gini:.3f} | {_cell(found.diversity)}"
    return f"| {line.model} | {quality} | {lists} | {line.train_seconds:.2f} s |"


def _cell(figure: Figure) -> str:
    return f"{figure.mean:.4f} (±{figure.error:.4f})"
