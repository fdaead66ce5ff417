"""Keeps the processes of a site alive, and ends them together."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from .ground import ENDING, ROOT, held_back

LONGEST_BACKOFF_SECONDS = 30.0
QUIET_SECONDS = 20.0
PATIENCE_SECONDS = 10.0


@dataclass
class Child:
    """One process to keep alive: restarted with growing pauses while it keeps dying."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    priority: int = 0
    """As nice(1) counts it: above 0 it lets the others go first."""
    once: bool = False
    is_server: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    due: float = 0.0

    def is_alive(self) -> bool:
        """Whether its process runs at this moment."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children, restarts those that die and says so, stops all in reverse order; leaves a list for a later clean-up."""

    def __init__(self, folder: Path) -> None:
        self._children: list[Child] = []
        self._stopping = False
        self.logs = folder / "log"
        self.logs.mkdir(parents=True, exist_ok=True)
        self._list = folder / "children.json"
        self._end_leftovers()

    def start(self, child: Child) -> Child:
        """Start ``child`` and keep it alive from now on."""
        self._children.append(child)
        self._spawn(child)
        return child

    def run_forever(self) -> None:
        """Watch over the children until SIGINT, SIGTERM or SIGHUP; then stop them all."""
        for number in ENDING:
            signal.signal(number, self._ask_to_stop)
        while not self._stopping:
            self._revive()
            time.sleep(0.2)
        print("\nStopping…", flush=True)
        self.stop()

    def stop(self) -> None:
        """End every child, servers last; a child that does not listen is killed after ten seconds."""
        # Whoever presses Ctrl-C twice wants it to end, not to be left half ended.
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        servers = [child for child in reversed(self._children) if child.is_server]
        for together in ([child for child in self._children if not child.is_server], *([one] for one in servers)):
            _end_all(together)
        self._children.clear()
        self._list.unlink(missing_ok=True)

    def log_of(self, name: str) -> Path:
        """The file that takes what child ``name`` says."""
        return self.logs / f"{name}.log"

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _spawn(self, child: Child) -> None:
        with self.log_of(child.name).open("ab") as log, held_back():
            # A session of its own: Ctrl-C must reach the supervisor alone, which then stops all in order.
            child.process = subprocess.Popen(
                child.command, cwd="/" if child.user else ROOT, env={**os.environ, **child.env}, user=child.user,
                # What a child that runs once has to say is for the person at the terminal; what goes wrong, for the log.
                stdin=subprocess.DEVNULL, stdout=None if child.once else log, stderr=log, start_new_session=True,
            )  # fmt: skip
        child.started = time.monotonic()
        _let_others_go_first(child)
        self._write_list()

    def _revive(self) -> None:
        for child in list(self._children):
            if child.process is None:
                if time.monotonic() >= child.due:
                    self._spawn(child)
            elif (code := child.process.poll()) is not None:
                self._bury(child, code)

    def _bury(self, child: Child, code: int) -> None:
        # Workers whose parent died would hold its port, and do their tasks beside the next one's.
        _kill_group(child)
        child.process = None
        if child.once:
            self._children.remove(child)
            if code:
                print(f"· {child.name} failed (exit code {code}); see {self.log_of(child.name)}", flush=True)
            return
        if time.monotonic() - child.started > QUIET_SECONDS:
            child.pause = 1.0
        child.due = time.monotonic() + child.pause
        print(f"· {child.name} stopped (exit code {code}); starting it again in {child.pause:.0f} s", flush=True)
        child.pause = min(child.pause * 2, LONGEST_BACKOFF_SECONDS)

    def _write_list(self) -> None:
        alive = [child.process.pid for child in self._children if child.process]
        written = self._list.with_suffix(".writing")
        written.write_text(json.dumps([{"pid": pid, "born": born(pid)} for pid in alive]))
        # In one step: half a list would name nobody to whoever cleans up.
        written.replace(self._list)

    def _end_leftovers(self) -> None:
        """End what a killed supervisor left behind; a process id that was given to somebody else is left alone."""
        if not self._list.exists():
            return
        try:
            leftovers = json.loads(self._list.read_text())
        except ValueError:
            leftovers = []
        living = [one["pid"] for one in reversed(leftovers) if one["born"] and born(one["pid"]) == one["born"]]
        if living:
            print(f"· ending {len(living)} processes that an earlier start left behind", flush=True)
            _end_groups(living)
        self._list.unlink()


def born(pid: int) -> str | None:
    """When the process started, in the kernel's ticks; with the id it names a process for good. None if it is gone."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if state == "Z" else rest[18]


def _let_others_go_first(child: Child) -> None:
    if child.process is not None and child.priority:
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, child.process.pid, os.getpriority(os.PRIO_PROCESS, 0) + child.priority)
        # Between sessions the system shares processors by session: there the priority of a process counts for nothing, its session's does.
        with contextlib.suppress(OSError):
            Path(f"/proc/{child.process.pid}/autogroup").write_text(str(child.priority))


def _end_all(children: list[Child]) -> None:
    for child in children:
        if child.process is not None and child.process.poll() is None:
            child.process.send_signal(child.stop_signal)
    until = time.monotonic() + PATIENCE_SECONDS
    for child in children:
        if child.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(timeout=max(0.0, until - time.monotonic()))
            _kill_group(child)


def _kill_group(child: Child) -> None:
    # A child leads a group of its own, which may outlive it.
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()


def _end_groups(pids: list[int]) -> None:
    # SIGINT makes a database server disconnect its clients and stop; the others take it as Ctrl-C.
    for number, seconds in ((signal.SIGINT, 8.0), (signal.SIGKILL, 2.0)):
        living = [pid for pid in pids if born(pid)]
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, number)
        until = time.monotonic() + seconds
        while any(map(born, living)) and time.monotonic() < until:
            time.sleep(0.1)
