"""What tasks and checks share: programs run to their end, and servers for tests."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from . import environment, ground, translations
from .ground import ROOT, VAR, Killed, OnlyOnce
from .site import Servers, site_environment
from .supervisor import Supervisor

TEST_VAR = VAR / "test"
TOO_LONG = 124
"""The exit code of what was ended because its time was up, as ``timeout(1)`` has it."""

A_WEEK = 7 * 24 * 3600.0

PATIENT = {"STATEMENT_TIMEOUT_MS": "60000"}
"""A machine that stands still for some seconds, as rented ones do, is no statement's fault and ends no test."""


def with_durable_servers(work: Callable[[dict[str, str]], int]) -> int:
    """Do ``work`` with servers of their own that are set up as the site's are: what is committed is on the disk."""
    return with_servers(work, durable=True, folder=VAR / "durable")


def with_servers(work: Callable[[dict[str, str]], int], *, durable: bool = False, folder: Path = TEST_VAR) -> int:
    """Do ``work`` with servers for tests: fast, not durable unless wanted, in a folder of their own beside those of the site."""
    ground.prepare()
    environment.ensure(purpose="dev")
    translations.ensure()
    lock = OnlyOnce(folder)
    lock.take()
    supervisor = Supervisor(folder)
    try:
        addresses = Servers(supervisor=supervisor, folder=folder, durable=durable, database="lyceum").start()
        env = site_environment(kind="test", addresses=addresses, folder=folder) | PATIENT
        lock.note(env=env)
        return work(env)
    finally:
        supervisor.stop()


def with_packages(work: Callable[[dict[str, str]], int]) -> int:
    """Do ``work`` with the packages that tests need and no servers."""
    ground.prepare()
    environment.ensure(purpose="dev")
    translations.ensure()
    return work({})


def run_pytest(arguments: list[str], *, env: dict[str, str]) -> int:
    """Run pytest with two workers; a later ``-m`` or ``-n`` among ``arguments`` wins."""
    # By groups, so that one worker lives all journeys at one site.
    command = [str(environment.PYTHON), "-m", "pytest", "-n", "2", "--dist", "loadgroup"]
    return call([*command, *arguments], env=env)


def call(command: list[str], *, env: dict[str, str], seconds: float | None = None) -> int:
    """Run ``command`` in the project's folder to its end and return its exit code; ``TOO_LONG`` if ``seconds`` ran out."""
    started: subprocess.Popen[bytes] | None = None
    try:
        with ground.held_back():
            started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env})
        # Always with a limit: a wait without one sleeps in the system, deaf to a signal that came a moment before it or to another thread.
        return started.wait(timeout=A_WEEK if seconds is None else seconds)
    except subprocess.TimeoutExpired:
        return _end(started)
    except Killed:
        _end(started)
        raise
    except BaseException:
        # Ctrl-C reached the child too: it has its own cleaning up to do.
        if started is not None:
            started.wait()
        raise


def _end(started: subprocess.Popen[bytes] | None) -> int:
    if started is None:
        return TOO_LONG
    started.send_signal(signal.SIGINT)
    try:
        started.wait(timeout=20)
    except subprocess.TimeoutExpired:
        started.kill()
        started.wait()
    return TOO_LONG
