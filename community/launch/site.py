"""A whole site on this machine: its servers, its processes, its addresses."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from core.realtime.server import ARGUMENTS as SOCKET_ARGUMENTS

from . import environment, found, keys
from .ground import ROOT, VAR, OnlyOnce, Refused
from .postgres import Postgres
from .sockets import free_port
from .supervisor import Child, Supervisor
from .valkey import Valkey


@dataclass(frozen=True)
class Ports:
    """The ports of the processes that speak TCP, all on 127.0.0.1."""

    web: int
    live: int
    sandbox: int


class Servers:
    """The database and the broker: those that the environment names, else embedded ones under ``supervisor``."""

    def __init__(self, *, supervisor: Supervisor, folder: Path, durable: bool, database: str) -> None:
        self._supervisor = supervisor
        self._folder = folder
        self._durable = durable
        self._database = database

    def start(self) -> dict[str, str]:
        """
        Start what is not given, wait until it answers, and return the addresses as environment variables.

        :raises Refused: if a given server cannot be used, or one of ours does not start.
        """
        given = found.addresses()
        if "DATABASE_URL" not in given:
            given |= self._start_postgres()
        if "REDIS_URL" not in given:
            given |= self._start_valkey()
        return given

    def _start_postgres(self) -> dict[str, str]:
        print("· starting the database", flush=True)
        server = Postgres(self._folder / "postgres", durable=self._durable)
        server.prepare()
        child = Child("postgres", server.command(), user=server.user, stop_signal=signal.SIGINT, is_server=True)
        self._supervisor.start(child)
        server.wait(is_alive=child.is_alive, log=self._supervisor.log_of("postgres"))
        server.make_roles(database=self._database)
        if not self._durable:
            server.offer_memory()
        return {
            "DATABASE_URL": server.url(role="lyceum_app", database=self._database),
            "MIGRATE_DATABASE_URL": server.url(role="lyceum_owner", database=self._database),
        }

    def _start_valkey(self) -> dict[str, str]:
        print("· starting the broker", flush=True)
        server = Valkey(self._folder / "valkey", durable=self._durable)
        child = self._supervisor.start(Child("valkey", server.command(), is_server=True))
        server.wait(is_alive=child.is_alive, log=self._supervisor.log_of("valkey"))
        return {"REDIS_URL": server.url}


class Site:
    """Everything that one address needs, started in order and watched over until Ctrl-C."""

    def __init__(self, *, kind: str, port: int, still: bool = False, empty: bool = False) -> None:
        self._kind = kind
        self._wanted_port = port
        self._still = still
        self._empty = empty
        self._lock = OnlyOnce(VAR)

    def run(self, *, fresh: bool = False) -> int:
        """Start, from nothing if ``fresh``, print the address, and stay until told to stop."""
        self._lock.take()
        supervisor = Supervisor(VAR)
        if fresh:
            _forget()
        try:
            self._start(supervisor)
        except BaseException:
            supervisor.stop()
            raise
        supervisor.run_forever()
        return 0

    def _start(self, supervisor: Supervisor) -> None:
        servers = Servers(supervisor=supervisor, folder=VAR, durable=True, database="lyceum")
        ports = self._choose_ports()
        env = site_environment(kind=self._kind, addresses=servers.start(), ports=ports)
        env |= play_keys(env)
        self._lock.note(address=f"http://localhost:{ports.web}", env=env)
        _migrate(env)
        web, *others = processes(kind=self._kind, ports=ports, env=env, folder=VAR)
        supervisor.start(web)
        # Six processes that load at once on two cores keep the first page waiting.
        self._wait_for_page(ports.web, supervisor)
        for child in [*others, *self._first_time(env=env)]:
            supervisor.start(child)
        print(f"\n  Lyceum is open at http://localhost:{ports.web}\n  Ctrl-C stops everything.\n", flush=True)

    def _choose_ports(self) -> Ports:
        web = free_port(first=self._wanted_port, taken=set())
        if web != self._wanted_port:
            print(f"· port {self._wanted_port} is busy; using {web}", flush=True)
        live = free_port(first=web + 1, taken={web})
        return Ports(web=web, live=live, sandbox=free_port(first=live + 1, taken={web, live}))

    def _first_time(self, *, env: dict[str, str]) -> list[Child]:
        if self._kind == "production":
            return []
        command = ["open_school"] if self._empty else ["demo_world", "--if-empty"]
        return [Child(command[0], [str(environment.PYTHON), "manage.py", *command], env, once=True)]

    def _wait_for_page(self, port: int, supervisor: Supervisor, *, seconds: float = 60) -> None:
        print("· opening the doors", flush=True)
        until = time.monotonic() + seconds
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            if time.monotonic() > until:
                raise Refused(f"The site did not answer within {seconds:.0f} s; see {supervisor.log_of('web')}.")
            time.sleep(0.2)


MIGRATED = VAR / "postgres" / "migrated"
"""Which state of the migrations our own database has; whoever migrates it by hand removes it."""


def _migrate(env: dict[str, str]) -> None:
    # Looking whether there is something to do takes Django seconds, at each start; a database of our own changes through us alone.
    done, state = MIGRATED, _state_of_migrations()
    is_ours = "DATABASE_URL" not in found.given()
    if is_ours and done.exists() and done.read_text() == state:
        return
    print("· bringing the tables up to date", flush=True)
    manage(["migrate", "--no-input", "-v0"], env=env)
    if is_ours:
        done.parent.mkdir(exist_ok=True)
        done.write_text(state)


def _state_of_migrations() -> str:
    digest = hashlib.sha256()
    patterns = ["*/migrations/*.py", "core/*/migrations/*.py", "community/settings/*.py"]
    paths = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    for path in [*paths, ROOT / "requirements" / "site.txt"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _answers(address: str) -> bool:
    # A proxy that the environment names is for the world, not for this machine.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _forget() -> None:
    if "DATABASE_URL" in found.given():
        raise Refused(
            "--fresh would have to empty the database at DATABASE_URL; do that yourself, then start without it."
        )
    Postgres(VAR / "postgres", durable=True).forget()
    for name in ("postgres", "valkey", "media", "sandbox", "models", "mail", "demo"):
        shutil.rmtree(VAR / name, ignore_errors=True)
    for path in VAR.glob("beat-schedule*"):
        path.unlink()


def processes(*, kind: str, ports: Ports, env: dict[str, str], folder: Path) -> list[Child]:
    """The site's own processes, in the order in which they start; what they keep between starts stands in ``folder``."""
    python, binaries = str(environment.PYTHON), environment.VENV / "bin"
    celery = [python, "-m", "celery", "-A", "community.celery"]
    work = [*celery, "worker", "--concurrency", "2", "--loglevel", "warning", "--without-mingle"]
    web = [
        str(binaries / "gunicorn"), "community.wsgi", "--bind", f"127.0.0.1:{ports.web}", "--worker-class", "gthread",
        "--workers", "2", "--threads", "8", "--keep-alive", "15", "--no-control-socket",
    ]  # fmt: skip
    if kind == "development":
        web.append("--reload")
    live = [
        str(binaries / "uvicorn"), "community.asgi:application", "--host", "127.0.0.1", "--port", str(ports.live),
        *SOCKET_ARGUMENTS, "--log-level", "warning",
    ]  # fmt: skip
    return [
        Child("web", web, env),
        Child("live", live, env),
        # Where processors are scarce pages come first: what follows from them can wait a moment longer.
        Child("worker", work, env, priority=10),
        Child("beat", [*celery, "beat", "--loglevel", "warning", "-s", str(folder / "beat-schedule")], env),
        Child(
            "sandbox", [python, "-m", "sandbox", "--port", str(ports.sandbox), "--state", str(folder / "sandbox")], env
        ),
    ]


def site_environment(
    *, kind: str, addresses: dict[str, str], ports: Ports | None = None, folder: Path = VAR
) -> dict[str, str]:
    """The environment variables that the site's processes read, for a self-started site."""
    env = {
        "LYCEUM_ENVIRONMENT": kind,
        "LYCEUM_VAR": str(folder),
        # With a folder of its own for what it keeps, as tests have, it still runs from this environment.
        "LYCEUM_VENV": str(environment.VENV),
        "PYTHONUNBUFFERED": "1",
        # Compiled once and kept out of the way: a dozen processes that each compile Django anew start three times slower.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(VAR / "bytecode"),
        # Web workers score in threads of their own; a second level of threads would fight over two cores.
        "OPENBLAS_NUM_THREADS": "1",
        **keys.load(folder),
        **addresses,
    }
    if ports is not None:
        env |= {
            "SITE_URL": f"http://localhost:{ports.web}",
            # Another name of the same machine is another origin: what people uploaded finds no session there.
            "MEDIA_ORIGIN": f"http://127.0.0.1:{ports.web}",
            "LIVE_PORT": str(ports.live),
            "SANDBOX_URL": f"http://127.0.0.1:{ports.sandbox}",
        }
    return env


PLAY_ACCOUNT = "提灯学社 Lantern School | 0000 0000 0000 0000 | Play Bank"


def play_keys(env: dict[str, str], *, folder: Path = VAR) -> dict[str, str]:
    """Keys with which the sandbox plays each of the real providers, in their own manner; made once for ``folder``."""
    command = [str(environment.PYTHON), "-m", "sandbox.keys", "--folder", str(folder / "sandbox")]
    # By the site's own name: the other name of this machine is where uploads are, and knows no webhooks.
    addresses = ["--url", env["SANDBOX_URL"], "--shop", env["SITE_URL"]]
    done = subprocess.run(
        [*command, *addresses], cwd=ROOT, env={**os.environ, **env}, check=True, stdout=subprocess.PIPE
    )
    made: dict[str, str] = json.loads(done.stdout)
    return {**made, "TRANSFER_ACCOUNT": PLAY_ACCOUNT}


def manage(arguments: list[str], *, env: dict[str, str]) -> None:
    """
    Run a management command to its end.

    :raises Refused: if it fails; what it said has been printed already.
    """
    done = subprocess.run(
        [str(environment.PYTHON), "manage.py", *arguments], cwd=ROOT, env={**os.environ, **env}, check=False
    )
    if done.returncode != 0:
        raise Refused(f"manage.py {arguments[0]} failed (exit code {done.returncode}).")
