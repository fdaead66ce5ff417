"""A demo site for the camera: a world in a database and a folder of its own, made once a day, and the processes that serve it."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from community.environment import database
from community.launch.ground import ROOT, VAR, Refused
from community.launch.site import Ports, play_keys, processes, site_environment
from community.launch.sockets import free_port
from community.launch.supervisor import Supervisor

SCREENS = ROOT / "var" / "screens"
"""Where the pictures are left."""
FOLDER = VAR / "screens"
"""What the site keeps: beside its database, which is that of the tests."""
REDIS_DATABASE, REDIS_DATABASE_EMPTY = "48", "52"
"""Beyond those of tests and journeys, whose cached pages would be of another world."""
PAGES = FOLDER / "pages"
"""A copy of templates and static files: a walk takes an hour, and must not see half of what somebody edits meanwhile."""
EMPTY = "screens_first_day"
"""The database of a school that nobody has opened yet."""
START_SECONDS = 120
MIGRATE = ["migrate", "-v0"]


def prepare(*, first_port: int, is_fresh: bool) -> Ports:
    """Make today's world unless it is there, and point this process to it."""
    name = f"screens_{_state()}_{datetime.now(UTC):%m%d}"
    ports = _ports(first_port)
    if is_fresh or not _sql("SELECT 1 FROM pg_database WHERE datname = %s", name):
        _forget()
        _make(name, ports)
    _copy_pages()
    _point_to(name, ports)
    return ports


def prepare_empty(*, first_port: int) -> Ports:
    """Make a site on its first day, anew each time: it can be opened only once."""
    ports = _ports(first_port)
    _sql(f'DROP DATABASE IF EXISTS "{EMPTY}" WITH (FORCE)')
    _make(EMPTY, ports, commands=[MIGRATE])
    _copy_pages()
    _point_to(EMPTY, ports)
    return ports


@contextmanager
def opened(ports: Ports) -> Iterator[str]:
    """The address of the site, which is served for as long as the block takes; nobody works or lives in it."""
    supervisor = Supervisor(FOLDER)
    try:
        web, live, *_rest = processes(kind="demo", ports=ports, env=dict(os.environ), folder=FOLDER)
        for child, port in ((web, ports.web), (live, ports.live)):
            supervisor.start(child)
            _wait(port, log=supervisor.log_of(child.name))
        yield f"http://localhost:{ports.web}"
    finally:
        supervisor.stop()


def _ports(first: int) -> Ports:
    web = free_port(first=first, taken=set())
    live = free_port(first=web + 1, taken={web})
    return Ports(web=web, live=live, sandbox=free_port(first=live + 1, taken={web, live}))


def _make(name: str, ports: Ports, *, commands: Sequence[list[str]] = (MIGRATE, ["demo_world"])) -> None:
    making = f"{name}_making"
    _sql(f'DROP DATABASE IF EXISTS "{making}" WITH (FORCE)')
    _sql(f'CREATE DATABASE "{making}"')
    _point_to(making, ports)
    for command in commands:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)
    _sql(f'ALTER DATABASE "{making}" RENAME TO "{name}"')


def _copy_pages() -> None:
    shutil.rmtree(PAGES, ignore_errors=True)
    for name in ("static", "templates"):
        shutil.copytree(ROOT / name, PAGES / name)


def _forget() -> None:
    # Files and database belong together: an older world's pictures would hang in the new one.
    for old in _all("SELECT datname FROM pg_database WHERE datname LIKE 'screens\\_%'"):
        _sql(f'DROP DATABASE IF EXISTS "{old}" WITH (FORCE)')
    shutil.rmtree(FOLDER, ignore_errors=True)


def _state() -> str:
    digest = hashlib.sha256()
    world = sorted(path for path in (ROOT / "community" / "demo").rglob("*.*") if "__pycache__" not in path.parts)
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("core/*/migrations/*.py")) + world:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _point_to(name: str, ports: Ports) -> None:
    urls = ("DATABASE_URL", "MIGRATE_DATABASE_URL")
    first = REDIS_DATABASE_EMPTY if name.startswith(EMPTY) else REDIS_DATABASE
    given = {url: _at(name, os.environ[url]) for url in urls} | {"REDIS_FIRST_DATABASE": first}
    given |= {"LYCEUM_PAGES": str(PAGES)} if PAGES.exists() else {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ.update(site_environment(kind="demo", addresses=given, ports=ports, folder=FOLDER))
    os.environ.update(play_keys(dict(os.environ), folder=FOLDER))


def _at(name: str, url: str) -> str:
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path=f"/{name}"))


def _wait(port: int, *, log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            direct.open(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise Refused(f"Nothing answers at port {port}; see {log}.")


def _sql(statement: str, *values: str) -> bool:
    return bool(_all(statement, *values))


def _all(statement: str, *values: str) -> list[str]:
    owner = database(os.environ["MIGRATE_DATABASE_URL"], statement_timeout_ms=0)
    connection = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], password=owner["PASSWORD"] or None, dbname="postgres"
    )  # fmt: skip
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []
    finally:
        connection.close()
