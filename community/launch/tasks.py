"""The tasks of ``./run``, one function each; the first line of its docstring is what ``./run help`` says."""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from . import environment, ground, translations
from .ground import ROOT, VAR, OnlyOnce, Refused
from .site import Servers, Site, manage, site_environment
from .supervisor import Supervisor

TEST_VAR = VAR / "test"


def main(arguments: list[str]) -> int:
    """Run the task named first in ``arguments``; a refusal is one line on stderr and exit code 1."""
    name, *rest = arguments or ["help"]
    task = TASKS.get(name)
    if task is None:
        print(f"There is no task {name!r}. ./run help lists them.", file=sys.stderr)
        return 2
    try:
        return task(rest)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def demo(arguments: list[str]) -> int:
    """The whole living site with its small world: [--port 8000] [--fresh] [--empty] [--still]"""
    parser = argparse.ArgumentParser(prog="./run demo")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true", help="forget the site that was here and begin again")
    parser.add_argument("--empty", action="store_true", help="begin as a new owner would, with an empty site")
    parser.add_argument("--still", action="store_true", help="no invented life: members do nothing by themselves")
    options = parser.parse_args(arguments)
    return _site("demo", options)


def dev(arguments: list[str]) -> int:
    """The demo site in development: code reloads, errors show their traceback: [--port 8000]"""
    parser = argparse.ArgumentParser(prog="./run dev")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments, argparse.Namespace(fresh=False, empty=False, still=True))
    return _site("development", options)


def _site(kind: str, options: argparse.Namespace) -> int:
    ground.prepare()
    if options.fresh:
        _forget()
    environment.ensure(purpose="dev" if kind == "development" else "site")
    translations.ensure()
    os.environ["LYCEUM_DEMO_LIFE"] = "" if options.still else "1"
    return Site(kind=kind, port=options.port, still=options.still, empty=options.empty).run()


def _forget() -> None:
    lock = OnlyOnce(VAR)
    lock.take()
    Supervisor(VAR)
    for name in ("postgres", "valkey", "media", "sandbox", "models", "mail"):
        shutil.rmtree(VAR / name, ignore_errors=True)


def test(arguments: list[str]) -> int:
    """The fast tests with everything that they need; arguments go to pytest: [-m race] [-k words] [paths]"""
    return with_servers(lambda env: run_pytest(["-m", "not journey and not slow", *arguments], env=env))


def check(arguments: list[str]) -> int:
    """Everything that must be true before code lands."""
    from . import checks

    return with_servers(checks.run)


def bench(arguments: list[str]) -> int:
    """Measure: ./run bench NAME [options]; without a name, the list of what can be measured"""
    return _scripts("benchmarks", arguments)


def drills(arguments: list[str]) -> int:
    """Break things on purpose: ./run drills NAME; without a name, the list"""
    return _scripts("drills", arguments)


def screenshots(arguments: list[str]) -> int:
    """Walk every page in every role, width, theme and language: pictures to var/screens/"""
    return with_servers(lambda env: call([str(environment.PYTHON), "-m", "community.screens", *arguments], env=env))


def manage_task(arguments: list[str]) -> int:
    """A Django management command, against the running site or else the one that was here: ./run manage COMMAND …"""
    ground.prepare()
    environment.ensure(purpose="site")
    translations.ensure()
    command = [str(environment.PYTHON), "manage.py", *arguments]
    running = _running()
    if running is not None:
        return call(command, env=running)
    OnlyOnce(VAR).take()
    supervisor = Supervisor(VAR)
    try:
        addresses = Servers(supervisor=supervisor, folder=VAR, durable=True, database="lyceum").start()
        return call(
            command, env=site_environment(kind=os.environ.get("LYCEUM_ENVIRONMENT", "demo"), addresses=addresses)
        )
    finally:
        supervisor.stop()


def help_task(arguments: list[str]) -> int:
    """This list"""
    print("Lyceum. Usage: ./run TASK [options]\n")
    for name, task in TASKS.items():
        print(f"  {name:<12} {(task.__doc__ or '').strip().splitlines()[0]}")
    return 0


TASKS: dict[str, Callable[[list[str]], int]] = {
    "demo": demo,
    "test": test,
    "check": check,
    "dev": dev,
    "bench": bench,
    "drills": drills,
    "screenshots": screenshots,
    "manage": manage_task,
    "help": help_task,
}


def with_servers(work: Callable[[dict[str, str]], int]) -> int:
    """Do ``work`` with servers for tests: fast, not durable, in a folder of their own beside those of the site."""
    ground.prepare()
    environment.ensure(purpose="dev")
    translations.ensure()
    lock = OnlyOnce(TEST_VAR)
    lock.take()
    supervisor = Supervisor(TEST_VAR)
    try:
        addresses = Servers(supervisor=supervisor, folder=TEST_VAR, durable=False, database="lyceum").start()
        env = site_environment(kind="test", addresses=addresses, folder=TEST_VAR)
        lock.note(env=env)
        return work(env)
    finally:
        supervisor.stop()


def run_pytest(arguments: list[str], *, env: dict[str, str]) -> int:
    """Run pytest with two workers; a later ``-m`` or ``-n`` among ``arguments`` wins."""
    return call([str(environment.PYTHON), "-m", "pytest", "-n", "2", *arguments], env=env)


def call(command: list[str], *, env: dict[str, str]) -> int:
    """Run ``command`` in the project's folder to its end and return its exit code."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=False).returncode


def _running() -> dict[str, str] | None:
    """The environment of the site that runs in this folder, if one does."""
    try:
        OnlyOnce(VAR).take()
    except Refused:
        found: dict[str, str] = json.loads((VAR / "running.json").read_text()).get("env")
        return found
    return None


def _scripts(room: str, arguments: list[str]) -> int:
    scripts = {path.stem: path for path in sorted((ROOT / room).glob("[a-z]*.py"))}
    if not arguments or arguments[0] not in scripts:
        print(f"./run {'bench' if room == 'benchmarks' else room} NAME, one of: {', '.join(scripts) or 'none yet'}")
        return 0 if not arguments else 2
    module = f"{room}.{scripts[arguments[0]].stem}"
    return with_servers(lambda env: call([str(environment.PYTHON), "-m", module, *arguments[1:]], env=env))


__all__ = ["Path", "main", "manage"]
