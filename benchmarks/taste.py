"""
Measure the feed of demo worlds against what their members secretly like: beside popularity and scikit-learn's TruncatedSVD.

Run as ``./run bench taste``. The worlds have the seeds 101 to 110, which nothing was tuned on. It is a smoke test: people who
were drawn by dice are no people, and real data judges. All worlds live and are judged on one day, so that a seed gives the same
figures whenever it is run. The exit code says whether the goals are met: precision of the first
ten cards ≥ 2× popularity's and ≥ 1.2× TruncatedSVD's, coverage ≥ 3× popularity's.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drills.ground.databases import ROOT, migrated

SEEDS = range(101, 111)
SIZES = ("members", "courses", "posts")
GOALS = (("popularity", "precision", 2.0), ("TruncatedSVD", "precision", 1.2), ("popularity", "covered", 3.0))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make and judge each world, then print the table."""
    parser = argparse.ArgumentParser(prog="./run bench taste")
    parser.add_argument("--seeds", type=int, nargs="*", default=list(SEEDS))
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--courses", type=int, default=30)
    parser.add_argument("--posts", type=int, default=5000)
    parser.add_argument(
        "--keep", type=Path, help="a folder for the film and the figures of each world; what is there is not made again"
    )
    options = parser.parse_args(arguments)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        kept = (options.keep or Path(folder)).resolve()
        for seed in options.seeds:
            found.append(_known_or_made(seed, options, kept))
            print(f"seed {seed}: {json.dumps(found[-1])}", flush=True)
    print("\n".join(["", *_table(found), "", *_cold_table(found)]))
    return _verdict(found)


def _known_or_made(seed: int, options: argparse.Namespace, kept: Path) -> dict[str, Any]:
    sizes = [f"--{name}={getattr(options, name)}" for name in SIZES]
    note = kept / f"world-{seed}-{'-'.join(str(getattr(options, name)) for name in SIZES)}.json"
    if not note.exists():
        recordings = kept / "recordings"
        recordings.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps(_world(seed, sizes, recordings)))
    found: dict[str, Any] = json.loads(note.read_text())
    return found


def _world(seed: int, sizes: Sequence[str], recordings: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, migrated(f"bench_taste_{seed}") as env:
        # The film is the same in every world and takes longer than the rest of it: it is drawn once.
        (Path(folder) / "demo").mkdir()
        (Path(folder) / "demo" / "recordings").symlink_to(recordings)
        own = {**os.environ, **env, "LYCEUM_VAR": folder, "DJANGO_SETTINGS_MODULE": "community.settings"}
        make = [sys.executable, "-m", "benchmarks.tasting.making", f"--seed={seed}", *sizes]
        subprocess.run(make, cwd=ROOT, env=own, check=True, stdout=subprocess.DEVNULL)
        judge = [sys.executable, "-m", "benchmarks.tasting.judging"]
        judged = subprocess.run(judge, cwd=ROOT, env=own, check=True, stdout=subprocess.PIPE, text=True)
        found: dict[str, Any] = json.loads(judged.stdout.splitlines()[-1])
        return found


def _written(values: Sequence[float], form: Callable[[float], str] = "{:.3f}".format) -> str:
    if len(values) < 2:
        return form(float(np.mean(values)))
    return f"{form(float(np.mean(values)))} ± {form(float(np.std(values, ddof=1) / np.sqrt(len(values))))}"


def _table(found: Sequence[dict[str, Any]]) -> list[str]:
    lines = [
        f"| mean ± standard error of {len(found)} worlds | precision of ten cards | items shown to anybody |",
        "|---|---:|---:|",
    ]
    for way in found[0]["lists"]:
        precision, covered = ([one["lists"][way][what] for one in found] for what in ("precision", "covered"))
        lines.append(f"| {way} | {_written(precision)} | {_written(covered, '{:.0f}'.format)} |")
    return lines + [
        f"| feed by {way}, {what} | {_written(_ratios(found, way, what), '{:.2f}×'.format)} | goal {goal:g}× |"
        for way, what, goal in GOALS
    ]


def _cold_table(found: Sequence[dict[str, Any]]) -> list[str]:
    ways = ("with content", "without", "share of content")
    lines = ["| items held out entirely | NDCG@10 among them |", "|---|---:|"]
    return [*lines, *(f"| {way} | {_written([one['cold'][way] for one in found])} |" for way in ways)]


def _ratios(found: Sequence[dict[str, Any]], way: str, what: str) -> list[float]:
    return [one["lists"]["feed"][what] / max(one["lists"][way][what], 1e-9) for one in found]


def _verdict(found: Sequence[dict[str, Any]]) -> int:
    missed = [
        f"{what} {np.mean(_ratios(found, way, what)):.2f}× {way}'s"
        for way, what, goal in GOALS
        if np.mean(_ratios(found, way, what)) < goal
    ]
    print("\ngoals met" if not missed else f"\ngoals missed: {'; '.join(missed)}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
