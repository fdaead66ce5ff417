"""Speed and memory, ours and theirs alternating in one run, medians of several rounds."""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from benchmarks.recommending.peers import train_cholesky, train_implicit, train_svd
from recsys.engine import MODELS, load, ranking, synthetic, train_default

ITERATIONS = 15


class Times(NamedTuple):
    """Seconds by the clock and of all processors together: on a busy machine only the second says much."""

    clock: float
    processors: float


def training(X: sparse.csr_matrix, ages: sparse.csr_matrix | None, *, rounds: int = 3) -> dict[str, Times]:
    """Time full trainings: the default with its tuning, EASE and iALS with fixed settings, and the peers."""
    contestants: dict[str, Callable[[], Any]] = {
        "default (tuning included)": lambda: train_default(X, ages=ages),
        "iALS K=64, 15 iterations": lambda: MODELS["ials"](X, iterations=ITERATIONS),
        "implicit K=64, 15 iterations (CG)": lambda: train_implicit(X, iterations=ITERATIONS),
        "implicit K=64, 15 iterations (Cholesky)": lambda: train_cholesky(X, iterations=ITERATIONS),
        "sklearn TruncatedSVD K=64": lambda: train_svd(X),
    }
    if X.shape[1] <= 15_000:
        contestants["ease (settings fixed)"] = lambda: MODELS["ease"](X)
    return _alternated(contestants, rounds)


def per_iteration(X: sparse.csr_matrix, *, rounds: int = 5) -> tuple[float, float, float]:
    """Give processor seconds per ALS iteration of ours and of implicit's CG, and the median of the rounds' ratios."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(_difference(lambda count: MODELS["ials"](X, iterations=count)))
        theirs.append(_difference(lambda count: train_implicit(X, iterations=count)))
    ratios = [own / other for own, other in zip(ours, theirs, strict=True)]
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def latency(X: sparse.csr_matrix, *, length: int = 100, requests: int = 300) -> dict[str, tuple[float, float, float]]:
    """Give p50, p95 and p95 of computing, in milliseconds, for scoring one new history of ``length`` and taking its top 10."""
    length = min(length, X.shape[1] // 2)
    histories = _histories(X.shape[1], length, requests)
    found = {}
    for name in ("ease", "ials"):
        if name == "ease" and X.shape[1] > 15_000:
            continue
        with tempfile.TemporaryDirectory() as folder:
            MODELS[name](X).save(folder)
            model = load(folder)
            found[name] = _timed(lambda row, ages, model=model: model.scores(row, ages=ages), histories)
    with tempfile.TemporaryDirectory() as folder:
        train_default(X, ages=_any_ages(X), validated_on=500).save(folder)
        model = load(folder)
        found["default"] = _timed(lambda row, ages: model.scores(row, ages=ages), histories)
    peer = train_implicit(X, iterations=2)
    found["implicit"] = _timed(lambda row, ages: peer.scores(row), histories)
    return found


def memory(X: sparse.csr_matrix) -> dict[str, tuple[float, float]]:
    """Give the peak of training above what was there before, in MB, and its ratio to the goal's measure, by model."""
    pairs = X.shape[1] ** 2 * 4 / 1e6
    stored = (X.data.nbytes + X.indices.nbytes + X.indptr.nbytes) / 1e6
    factors = (X.shape[0] + X.shape[1]) * 64 * 4 / 1e6
    found = {}
    if X.shape[1] <= 15_000:
        for name in ("ease", "trails"):
            peak = _peak(name, X)
            found[f"{name}, against the item-item matrix"] = (peak, peak / pairs)
    peak = _peak("ials", X)
    found["ials, against interactions plus factors"] = (peak, peak / (stored + factors))
    return found


def growth(sizes: Mapping[str, tuple[int, int, int]]) -> dict[str, dict[str, Times]]:
    """Time training on made-up communities of (members, items, interactions)."""
    table = {}
    for name, (members, items, interactions) in sizes.items():
        world = synthetic.world(members=members, items=items, interactions=interactions, topics=20)
        X, ages = world.dataset.matrices()
        table[name] = training(X, ages, rounds=1)
    return table


def _alternated(contestants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, Times]:
    times: dict[str, list[Times]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, train in contestants.items():
            gc.collect()
            started, used = time.perf_counter(), time.process_time()
            train()
            times[name].append(Times(time.perf_counter() - started, time.process_time() - used))
    return {name: Times(*map(statistics.median, zip(*found, strict=True))) for name, found in times.items()}


def _difference(train: Callable[[int], Any]) -> float:
    # Two lengths of training, so that reading, planning and the first touch of memory fall out.
    started = time.process_time()
    train(1)
    middle = time.process_time()
    train(6)
    return (time.process_time() - middle - (middle - started)) / 5


def _histories(items: int, length: int, count: int) -> list[tuple[sparse.csr_matrix, sparse.csr_matrix]]:
    random = np.random.default_rng(0)
    ones = np.ones(length, dtype=np.float32)
    pairs = []
    for _ in range(count):
        columns = np.sort(random.choice(items, length, replace=False))
        ages = random.permutation(length).astype(np.float32)
        pairs.append(tuple(sparse.csr_matrix((data, columns, [0, length]), shape=(1, items)) for data in (ones, ages)))
    return pairs  # type: ignore[return-value]


def _timed(score: Callable[..., Any], histories: list[tuple[Any, Any]]) -> tuple[float, float, float]:
    times = []
    for row, ages in histories:
        started, computed = time.perf_counter(), time.process_time()
        ranking.top_k(score(row, ages), k=10, exclude=row)
        times.append(((time.perf_counter() - started) * 1000, (time.process_time() - computed) * 1000))
    waited, computing = np.array(times[len(histories) // 10 :]).T
    return float(np.percentile(waited, 50)), float(np.percentile(waited, 95)), float(np.percentile(computing, 95))


def _any_ages(X: sparse.csr_matrix) -> sparse.csr_matrix:
    ages = X.copy()
    ages.data = (np.arange(X.nnz) - np.repeat(X.indptr[:-1], np.diff(X.indptr))).astype(np.float32)
    return ages


def _peak(name: str, X: sparse.csr_matrix) -> float:
    # A fresh process, so that memory which an earlier measurement gave back is not used again unseen.
    context = multiprocessing.get_context("spawn")
    answer = context.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        sparse.save_npz(f"{folder}/X.npz", X)
        child = context.Process(target=_train_and_tell, args=(name, f"{folder}/X.npz", answer))
        child.start()
        child.join()
    if child.exitcode:
        raise RuntimeError(f"training {name} in a child process failed")
    return float(answer.get())


def _train_and_tell(name: str, path: str, answer: Any) -> None:
    X = sparse.csr_matrix(sparse.load_npz(path))
    MODELS[name](X[:64])
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    MODELS[name](X)
    answer.put(_status("VmHWM") - before)


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1000
    raise RuntimeError(f"this system does not tell {name}: memory can be measured on Linux only")
