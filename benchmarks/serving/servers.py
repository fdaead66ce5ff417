"""Two servers of one kind: the site's, and one of what it is measured against."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from community.launch.sockets import free_port

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "15", "--no-control-socket"]
START_SECONDS = 120


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a server runs: a WSGI program, its settings, and the page that tells that it is there."""

    wsgi: str
    settings: str = "community.settings"
    ready: str = "/healthz"


OURS = Program(wsgi="community.wsgi")
BARE = Program(wsgi="benchmarks.serving.bare_wsgi", settings="benchmarks.serving.bare_settings", ready="/bare/")


@contextmanager
def both(other: Program = BARE) -> Iterator[tuple[int, int]]:
    """Run ours and ``other`` for as long as the block takes; the ports of the two."""
    ours = free_port(first=8400, taken=set())
    beside = free_port(first=ours + 1, taken={ours})
    ports = {ours: OURS, beside: other}
    started = [_start(port, program) for port, program in ports.items()]
    try:
        for (process, _log), (port, program) in zip(started, ports.items(), strict=True):
            _wait(process, port, program.ready)
        yield ours, beside
    finally:
        for process, log in started:
            process.terminate()
            process.wait(timeout=30)
            log.close()


def _start(port: int, program: Program) -> tuple["subprocess.Popen[bytes]", IO[str]]:
    # The same server with the same workers and threads, whatever it runs.
    command = [str(Path(sys.executable).parent / "gunicorn"), program.wsgi, "--bind", f"127.0.0.1:{port}", *OPTIONS]
    log = (Path(os.environ["LYCEUM_VAR"]) / f"bench-{program.wsgi}.log").open("w")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": program.settings, "SITE_URL": f"http://localhost:{port}"}
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log), log


def _wait(process: "subprocess.Popen[bytes]", port: int, ready: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise RuntimeError(f"nothing answers at port {port}; see var/test/bench-*.log")
