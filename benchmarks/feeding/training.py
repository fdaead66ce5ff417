"""A training in a process of its own, as a worker starts it, and what it takes."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from recsys import tasks
from recsys.models import TrainedModel, TrainingRun

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Trained:
    """How long a training took, the most memory that it held, and what came of it."""

    seconds: float
    megabytes: int
    outcome: str

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s, at most {self.megabytes:,} MB, {self.outcome}"


def trained_once() -> Trained | None:
    """Train unless a model serves."""
    return None if TrainedModel.objects.in_service() else beside(lambda: time.sleep(0.5))[0]


def beside(act: Callable[[], T]) -> tuple[Trained, list[T]]:
    """Train, and do ``act`` again and again until it is done; at least once."""
    began = time.monotonic()
    process = tasks.begin_training()
    done, most = [], 0
    while not done or process.poll() is None:
        most = max(most, _peak(process))
        done.append(act())
    run = TrainingRun.objects.order_by("-started_at")[0]
    if run.model is None:
        raise RuntimeError(f"the training gave no model: {run.outcome}")
    return Trained(seconds=time.monotonic() - began, megabytes=most, outcome=run.outcome), done


def _peak(process: "subprocess.Popen[bytes]") -> int:
    """The most memory that ``process`` has held so far, in megabytes; 0 when it has ended."""
    try:
        said = (Path("/proc") / str(process.pid) / "status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in said.splitlines() if line.startswith("VmHWM")), 0)
