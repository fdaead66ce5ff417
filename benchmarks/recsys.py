"""
Measure the recommender against the libraries that a data scientist would reach for, and write the table.

Run as ``python -m benchmarks.recsys --interactions FILE.csv[:SPLIT] … [--item-features FILE.csv …] [--out FILE.md]``.
SPLIT is ``time``, ``leave-last`` (the default), ``strong``, or ``strong-random`` for files without an order. Without
files only the made-up community is measured, and the table says that real data was not. The peer ``implicit`` is
imported when it is its turn; where it is missing, its lines say so.
"""

from __future__ import annotations

import argparse
import hashlib
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.recommending import cold, quality, speed
from benchmarks.recommending.peers import THREADS, PeerMissing
from recsys.engine import loading, synthetic
from recsys.engine.dataset import Dataset

SIZES = {
    "10⁴": (1_000, 300, 13_000),
    "10⁵": (15_000, 1_000, 105_000),
    "10⁶": (100_000, 2_000, 1_080_000),
    "10⁷": (1_000_000, 3_000, 11_300_000),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the table to ``--out`` if it is given."""
    options = _parser().parse_args(arguments)
    parts = [_heading()]
    files = [_named(entry) for entry in options.interactions]
    if not files:
        parts.append("Real files: **not measured** (none were given).")
    features = dict(zip([name for name, _ in files], options.item_features, strict=False))
    for path, how in files:
        parts += _file(path, how, features.get(path), quick=options.quick)
        _show(parts, options.out)
    parts += _made_up(quick=options.quick)
    _show(parts, options.out)
    print(parts[-1] if options.out else "\n\n".join(parts))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the recommender against its peers.")
    parser.add_argument("--interactions", nargs="*", default=[], metavar="FILE.csv[:SPLIT]")
    parser.add_argument("--item-features", nargs="*", default=[], metavar="FILE.csv", help="in the order of the files")
    parser.add_argument("--out", type=Path, help="where the table is written as Markdown")
    parser.add_argument("--quick", action="store_true", help="skip quality, growth and memory: a smoke test")
    return parser


def _named(entry: str) -> tuple[str, str]:
    path, _, how = entry.rpartition(":")
    return (path, how) if path else (entry, "leave-last")


def _heading() -> str:
    return (
        "# The recommender, measured\n\n"
        "Ours and the peers alternate in one run and get the same cuts and threads. Settings are searched on an inner "
        "cut that keeps each member's newest entry back; the peers' grids have at least as many trained settings as "
        "ours. Our models also try five values of recency, which the peers do not have and which need no training.\n\n"
        f"{platform.machine()}, {THREADS} threads, Python {platform.python_version()}, numpy {np.__version__}; other "
        "work on the machine makes single times vary, so read ratios."
    )


def _file(path: str, how: str, features: str | None, *, quick: bool) -> list[str]:
    dataset = _binary(loading.read_csv(path))
    seal = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
    title = f"## {Path(path).stem}: {dataset.shape[0]:,} members, {dataset.shape[1]:,} items, {len(dataset):,} pairs"
    parts = [title, f"Split {how}; sha256 of the file begins {seal}."]
    ordered = how != "strong-random"
    if not quick:
        results = quality.compared(quality.cut_of(dataset, how, 0), ordered=ordered)
        parts += [quality.as_markdown(results), _ratios(results)]
    parts += _speed(dataset, ordered=ordered, quick=quick)
    if features:
        parts.append(_cold(dataset, cold.read_features(Path(features), dataset)))
    return parts


def _made_up(*, quick: bool) -> list[str]:
    world = synthetic.world(members=40_000, items=1_200, interactions=240_000, topics=20)
    parts = [f"## Made-up community: 40,000 members, 1,200 items, {len(world.dataset):,} pairs"]
    parts += _speed(_binary(world.dataset), ordered=True, quick=quick)
    parts.append(_cold(world.dataset, world.item_features))
    if not quick:
        table = speed.growth(SIZES)
        names = list(next(iter(table.values())))
        parts.append(
            "### Growth: seconds of processors for training\n\n"
            + _grid(
                ["interactions", *names],
                [
                    [size, *(f"{times[name].processors:.2f}" if name in times else "–" for name in names)]
                    for size, times in table.items()
                ],
            )
        )
    return parts


def _speed(dataset: Dataset, *, ordered: bool, quick: bool) -> list[str]:
    X, ages = dataset.matrices()
    try:
        times = speed.training(X, ages if ordered else None, rounds=1 if quick else 3)
        ours, theirs, ratio = speed.per_iteration(X, rounds=1 if quick else 5)
        waits = speed.latency(X)
    except PeerMissing as missing:
        return [f"### Speed: not measured. {missing}"]
    base = times["implicit K=64, 15 iterations (CG)"]
    rows = [
        [name, f"{found.clock:.2f} s", f"{found.clock / base.clock:.2f}", f"{found.processors:.2f} s", f"{found.processors / base.processors:.2f}"]
        for name, found in times.items()
    ]  # fmt: skip
    head = ["median", "clock", "against implicit CG", "processors", "against implicit CG"]
    parts = ["### Training\n\n" + _grid(head, rows)]
    parts.append(
        f"ALS per iteration, in seconds of processors: ours {ours:.3f}, implicit CG {theirs:.3f}, median ratio **{ratio:.2f}**."
    )
    delays = [[name, *(f"{value:.3f} ms" for value in found)] for name, found in waits.items()]
    parts.append(
        "### One member refreshed, top 10 included\n\n" + _grid(["", "p50", "p95", "p95 of computing"], delays)
    )
    if not quick:
        peaks = [[name, f"{peak:.0f} MB", f"{share:.2f}"] for name, (peak, share) in speed.memory(X).items()]
        parts.append("### Memory of training, at the peak\n\n" + _grid(["", "peak", "ratio"], peaks))
    return parts


def _cold(dataset: Dataset, features: sparse.csr_matrix) -> str:
    rows = [[name, f"{mean:.4f} (±{error:.4f})"] for name, mean, error in cold.compared(dataset, features)]
    return "### New items, held out entirely: NDCG@10 among them\n\n" + _grid(["model", "NDCG@10"], rows)


def _ratios(results: Sequence[quality.Result]) -> str:
    found = {result.name: result.measured for result in results if result.measured}
    best = max((name for name in quality.OURS if name in found), key=lambda name: found[name].ndcg_10.mean)
    lines = [f"Best of ours by NDCG@10: **{best}**."]
    for name, measured in found.items():
        if name not in quality.OURS:
            ten = found[best].ndcg_10.mean / max(measured.ndcg_10.mean, 1e-9)
            hundred = found[best].ndcg_100.mean / max(measured.ndcg_100.mean, 1e-9)
            wide = found[best].coverage_10 / max(measured.coverage_10, 1e-9)
            lines.append(f"Against {name}: NDCG@10 ×{ten:.2f}, NDCG@100 ×{hundred:.2f}, coverage@10 ×{wide:.2f}.")
    return "\n".join(lines)


def _binary(dataset: Dataset) -> Dataset:
    weights = np.ones(len(dataset), dtype=np.float32)
    return Dataset(dataset.users, dataset.items, dataset.times, weights, dataset.user_ids, dataset.item_ids)


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _show(parts: Sequence[str], out: Path | None) -> None:
    if out:
        out.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
