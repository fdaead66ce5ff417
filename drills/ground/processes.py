"""Processes that are started for a drill, killed in it, and ended with it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from community.launch.valkey import Valkey

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def running(command: Sequence[str], env: Mapping[str, str], *, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``command``, until the block ends; what it says is written to ``log``."""
    with log.open("ab") as said:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=said, stderr=said)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def uvicorn(application: str, port: int, *arguments: str) -> list[str]:
    """The command that serves ``application``, with the options of the real live process."""
    from core.realtime.server import ARGUMENTS

    return [
        sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port), *ARGUMENTS,
        "--log-level", "warning", *arguments,
    ]  # fmt: skip


class Ended(RuntimeError):
    """A process ended before it answered."""


def wait_until_open(port: int, process: subprocess.Popen[bytes], *, seconds: float = 90) -> None:
    """
    Return once something listens on ``port``.

    :raises Ended: if ``process`` ends before that.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Ended(f"{process.args} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


class Broker:
    """A Valkey of the drill's own, which can be killed without warning and started again."""

    def __init__(self, folder: Path) -> None:
        self._server = Valkey(folder, durable=False)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The environment that points to it."""
        return {"REDIS_URL": self._server.url}

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = self._server.state / "valkey.log"
        with log.open("ab") as said:
            process = subprocess.Popen(self._server.command(), stdout=said, stderr=said)
        self._process = process
        self._server.wait(is_alive=lambda: process.poll() is None, log=log)

    def kill(self) -> None:
        """End it as a power cut would; what it held is gone."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
