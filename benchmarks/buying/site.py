"""A whole site with the provider at its side, each process real, for as long as a measurement takes."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from community.launch.site import Ports, processes, site_environment
from community.launch.sockets import free_port
from community.launch.supervisor import Child, Supervisor

FIRST_PORT, START_SECONDS = 8_600, 120


@contextmanager
def living(database: dict[str, str], folder: Path) -> Iterator[dict[str, str]]:
    """Run web, live, worker, beat and sandbox on ``database``; gives the environment that they run in."""
    web = free_port(first=FIRST_PORT, taken=set())
    live = free_port(first=web + 1, taken={web})
    ports = Ports(web=web, live=live, sandbox=free_port(first=live + 1, taken={web, live}))
    env = site_environment(kind="demo", addresses=database, ports=ports, folder=folder)
    supervisor = Supervisor(folder)
    try:
        for child in processes(kind="demo", ports=ports, env=env, folder=folder):
            supervisor.start(child)
            if child.name in {"web", "sandbox"}:
                _wait_for(child, ports, log=supervisor.log_of(child.name))
        yield env
    finally:
        supervisor.stop()


def _wait_for(child: Child, ports: Ports, *, log: Path) -> None:
    paths = {"web": f"{ports.web}/healthz", "sandbox": f"{ports.sandbox}/static/mark.svg"}
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and child.is_alive():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{paths[child.name]}", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"{child.name} does not answer: {log.read_text(errors='replace')[-2_000:]}")


def environment(env: dict[str, str]) -> dict[str, str]:
    """The environment of somebody who knows the site from inside, such as who makes its members."""
    return {**os.environ, **env}
