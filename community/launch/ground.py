"""The ground that a start stands on: folders, free space, one start at a time."""

import fcntl
import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
VAR = Path(os.environ.get("LYCEUM_VAR", ROOT / "var"))
LEAST_FREE_BYTES = 2 * 1024**3


class Killed(KeyboardInterrupt):
    """Ended by a signal that reached this process alone: what it has started must be ended by it."""


def end_as_by_ctrl_c() -> None:
    """Let a closed terminal or a plain kill raise here as Ctrl-C does, so that what this process has started is ended."""
    for number in ENDING:
        signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt if number == signal.SIGINT else Killed


@contextmanager
def held_back() -> Iterator[None]:
    """
    Let a signal that would end this process wait until the block is over.

    For the moment in which something is started and nobody knows it yet, so that nobody would end it. Only the main thread hears signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    # By handlers of our own and not by a mask, which the started program would inherit and then never end.
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if came:
        signal.raise_signal(came[0])


class Refused(Exception):
    """A start that cannot succeed; its text is the one line that the person reads."""


def prepare() -> None:
    """
    Make ``var/`` and see that there is room to work in.

    :raises Refused: if the folder cannot be written or the disk is nearly full.
    """
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        probe = VAR / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Refused(f"Cannot write to {VAR} ({error.strerror}). Copy Lyceum to a folder that you own.") from error
    if VAR.stat().st_uid not in {os.geteuid(), 0} and os.geteuid() != 0:
        raise Refused(f"{VAR} belongs to another user. Start as that user, or copy Lyceum to a folder that you own.")
    # The database server of a root-owned start runs as another user and must be able to walk through.
    if VAR.stat().st_uid == os.geteuid():
        VAR.chmod(0o711 if os.geteuid() == 0 else 0o700)
    free = shutil.disk_usage(VAR).free
    least = int(os.environ.get("LYCEUM_LEAST_FREE_BYTES", LEAST_FREE_BYTES))
    if free < least:
        raise Refused(f"Only {free / 1024**3:.1f} GiB free at {VAR}; Lyceum needs {least / 1024**3:.1f}. Make room.")


class OnlyOnce:
    """A lock held while one supervisor runs in a folder; whoever comes second is told who was first."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "running.json"
        self._file: IO[str] | None = None

    def take(self, **facts: Any) -> None:
        """
        Hold the lock until this process ends, and note ``facts`` for whoever comes second.

        :raises Refused: if another process holds it.
        """
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.release()
            raise Refused(self._first_one()) from error
        self.note(**facts)

    def release(self) -> None:
        """Let the next one in before this process ends."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def note(self, **facts: Any) -> None:
        """Write down what a second start should be told."""
        assert self._file is not None, "take() comes first"
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), **facts}, self._file)
        self._file.flush()

    def noted(self) -> dict[str, Any]:
        """What the process that holds the lock has written down."""
        try:
            facts: dict[str, Any] = json.loads(self._path.read_text())
        except ValueError:
            return {}
        return facts

    def _first_one(self) -> str:
        first = self.noted()
        where = f" at {first['address']}" if first.get("address") else ""
        return f"Already running{where} (process {first.get('pid', 'unknown')}). Stop that one first, or use it."
