"""The tasks of ``./run``, one function each; the first line of its docstring is what ``./run help`` says."""

import argparse
import os
import sys
from collections.abc import Callable

from . import checks, environment, ground, translations
from .ground import ROOT, VAR, OnlyOnce, Refused
from .site import MIGRATED, Servers, Site, site_environment
from .supervisor import Supervisor
from .workshop import call, run_pytest, with_durable_servers, with_packages, with_servers

FAST = " and ".join(f"not {mark}" for mark in ("journey", "slow", "race", "stateful", "forgery"))
"""What is run while one works; the checks leave nothing out."""
STANDS_ALONE = "STANDS_ALONE = True"
"""The line by which a drill or a benchmark says that it starts the servers itself that it needs."""
DURABLE = "DURABLE = True"
"""The line by which one says that it wants servers that are set up as the site's are."""


def main(arguments: list[str]) -> int:
    """Run the task named first in ``arguments``; a refusal is one line on stderr and exit code 1."""
    name, *rest = arguments or ["help"]
    task = TASKS.get(name)
    if task is None:
        print(f"There is no task {name!r}. ./run help lists them.", file=sys.stderr)
        return 2
    ground.end_as_by_ctrl_c()
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
    environment.ensure(purpose="dev" if kind == "development" else "site")
    translations.ensure()
    os.environ["LYCEUM_DEMO_LIFE"] = "" if options.still else "1"
    return Site(kind=kind, port=options.port, still=options.still, empty=options.empty).run(fresh=options.fresh)


def test(arguments: list[str]) -> int:
    """The fast tests with everything that they need; arguments go to pytest: [-m race] [-k words] [paths]"""
    return with_servers(lambda env: run_pytest(["-m", FAST, *arguments], env=env))


def check(arguments: list[str]) -> int:
    """Everything that must be true before code lands, with the slow tests and the journeys in a browser"""
    argparse.ArgumentParser(prog="./run check").parse_args(arguments)
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
    if arguments[:1] == ["migrate"]:
        MIGRATED.unlink(missing_ok=True)
    command = [str(environment.PYTHON), "manage.py", *arguments]
    lock = OnlyOnce(VAR)
    try:
        lock.take()
    except Refused:
        return call(command, env=_environment_of_the_running_one(lock))
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


def _environment_of_the_running_one(lock: OnlyOnce) -> dict[str, str]:
    running: dict[str, str] | None = lock.noted().get("env")
    if running is None:
        raise Refused("Lyceum is just starting here. Try again when it has printed its address.")
    return running


def _scripts(room: str, arguments: list[str]) -> int:
    scripts = {path.stem: path for path in sorted((ROOT / room).glob("[a-z]*.py"))}
    if not arguments or arguments[0] not in scripts:
        print(f"./run {'bench' if room == 'benchmarks' else room} NAME, one of: {', '.join(scripts) or 'none yet'}")
        return 0 if not arguments else 2
    script = scripts[arguments[0]]
    command = [str(environment.PYTHON), "-m", f"{room}.{script.stem}", *arguments[1:]]
    ways = {STANDS_ALONE: with_packages, DURABLE: with_durable_servers}
    surrounded = next((way for line, way in ways.items() if line in script.read_text()), with_servers)
    return surrounded(lambda env: call(command, env=env))
