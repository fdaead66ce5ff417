"""Two servers of one kind: the site's and the bare page's."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from community.launch.sockets import free_port

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = ["--worker-class", "gthread", "--workers", "2", "--threads", "8", "--keep-alive", "15", "--no-control-socket"]
START_SECONDS = 120


@contextmanager
def both() -> Iterator[tuple[int, int]]:
    """Run both for as long as the block takes; the ports of ours and of the bare one."""
    ours = free_port(first=8400, taken=set())
    bare = free_port(first=ours + 1, taken={ours})
    started = [
        _start(ours, program="community.wsgi", settings="community.settings"),
        _start(bare, program="benchmarks.serving.bare_wsgi", settings="benchmarks.serving.bare_settings"),
    ]
    try:
        for (process, _log), port, ready in zip(started, (ours, bare), ("/healthz", "/bare/"), strict=True):
            _wait(process, port, ready)
        yield ours, bare
    finally:
        for process, log in started:
            process.terminate()
            process.wait(timeout=30)
            log.close()


def _start(port: int, *, program: str, settings: str) -> tuple["subprocess.Popen[bytes]", IO[str]]:
    # The same program with the same workers and threads; only the settings differ.
    command = [str(Path(sys.executable).parent / "gunicorn"), program, "--bind", f"127.0.0.1:{port}", *OPTIONS]
    log = (Path(os.environ["LYCEUM_VAR"]) / f"bench-{program}.log").open("w")
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "SITE_URL": f"http://localhost:{port}"}
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
