"""Quality: everything tuned on the same inner cut, then measured on the same outer one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.recommending.peers import PEERS, PeerMissing
from recsys.engine import Refused
from recsys.engine.catalog import ALL
from recsys.engine.dataset import Dataset
from recsys.engine.evaluation import Measured, Split, inner, measure, ndcg_10, splits
from recsys.engine.evaluation.tuning import decayed_trials
from recsys.engine.grids import DECAYS, GRIDS

OURS = ("popularity", "item_knn", "ease", "successors", "trails", "ials", "default", "blend")


@dataclass(frozen=True)
class Result:
    """One model on one file: what was chosen, out of how many and of which ``grid``, how good, how long the tuning and training took."""

    name: str
    chosen: dict[str, Any]
    trials: int
    seconds: float
    measured: Measured | None
    note: str = ""
    grid: Sequence[Mapping[str, Any]] = ()


def cut_of(dataset: Dataset, how: str, seed: int) -> Split:
    """Cut by ``time``, ``leave-last``, ``strong``, or ``strong-random`` where the file has no order."""
    if how == "strong-random":
        return splits.strong(dataset, seed=seed, fold_in="random")
    return splits.SPLITS[how](dataset, seed=seed)


def compared(cut: Split, *, ordered: bool, models: Sequence[str] = OURS, seed: int = 0) -> list[Result]:
    """Tune and measure our ``models`` and the peers on one cut; without an order nobody gets ages."""
    ages = cut.ages if ordered else None
    served = cut if ordered else _without_ages(cut)
    results = [_ours(name, served, ages, seed) for name in models]
    return results + [_peer(peer, served, ages, seed) for peer in PEERS]


def as_markdown(results: Sequence[Result]) -> str:
    """Give the table, standard errors in brackets, and below it what was chosen and of what."""
    head = "| model | Recall@20 | NDCG@10 | NDCG@100 | coverage@10 | Gini | diversity | trials | tuning and training |"
    lines = [head, "|---|" + "---:|" * 8, *(_row(result) for result in results), ""]
    return "\n".join(
        [*lines, *(f"- {result.name}: {_told(result.chosen)}{_of(result)}" for result in results if result.chosen)]
    )


def _ours(name: str, cut: Split, ages: Any, seed: int) -> Result:
    started = time.perf_counter()
    decays = DECAYS if ages is not None else DECAYS[:1]
    try:
        if name in ("default", "blend"):
            model = ALL[name](cut.X, ages=ages, seed=seed)
            chosen, tried, grid = getattr(model, "chosen", {}), 0, []
        else:
            grid = [{**settings, "decay": decay} for settings in GRIDS[name] for decay in decays]
            chosen, tried = _tuned(ALL[name], GRIDS[name], cut, ages, decays, seed)
            model = ALL[name](cut.X, ages=ages, seed=seed, **chosen)
    except Refused as refused:
        return Result(name, {}, 0, 0.0, None, note=str(refused))
    return Result(name, chosen, tried, time.perf_counter() - started, measure(model, cut), grid=grid)


def _peer(peer: Any, cut: Split, ages: Any, seed: int) -> Result:
    started = time.perf_counter()
    try:
        chosen, tried = _tuned(peer.train, peer.grid, cut, ages, DECAYS[:1], seed, ours=False)
        model = peer.train(cut.X, seed=seed, **chosen)
    except PeerMissing as missing:
        return Result(peer.name, {}, 0, 0.0, None, note=str(missing))
    return Result(peer.name, chosen, tried, time.perf_counter() - started, measure(model, cut), grid=peer.grid)


def _tuned(
    trainer: Any, grid: Any, cut: Split, ages: Any, decays: Sequence[float], seed: int, *, ours: bool = True
) -> tuple[dict[str, Any], int]:
    within = inner(cut.X, ages, seed=seed, at_most=3000)
    trials = []
    for settings in grid:
        if not ours:
            trials.append((dict(settings), ndcg_10(trainer(within.X, seed=seed, **settings), within)))
            continue
        model = trainer(within.X, ages=within.ages, seed=seed, **settings)
        trials += [({**settings, **extra}, found) for extra, found in decayed_trials(model, within, decays)]
    return max(trials, key=lambda trial: trial[1])[0], len(trials)


def _without_ages(cut: Split) -> Split:
    plain = cut.row_ages.copy()
    plain.data[:] = 0
    return Split(
        name=cut.name,
        X=cut.X,
        ages=cut.ages,
        rows=cut.rows,
        row_ages=plain,
        targets=cut.targets,
        users=cut.users,
        cold_targets=cut.cold_targets,
    )


def _row(result: Result) -> str:
    if result.measured is None:
        return f"| {result.name} | not measured: {result.note} |" + " |" * 7
    found = result.measured
    cells = [f"{figure.mean:.4f} (±{figure.error:.4f})" for figure in (found.recall_20, found.ndcg_10, found.ndcg_100)]
    cells += [f"{found.coverage_10:.3f}", f"{found.gini:.3f}", f"{found.diversity.mean:.3f}"]
    return f"| {result.name} | {' | '.join(cells)} | {result.trials or 'own'} | {result.seconds:.1f} s |"


def _told(chosen: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in chosen.items())


def _of(result: Result) -> str:
    """The values that were searched, all of each setting with all of the others."""
    searched = {
        name: list(dict.fromkeys(str(settings[name]) for settings in result.grid if name in settings))
        for name in result.chosen
    }
    tried = " × ".join(f"{name} {', '.join(values)}" for name, values in searched.items() if len(values) > 1)
    return f"; searched {tried}" if tried else ""
