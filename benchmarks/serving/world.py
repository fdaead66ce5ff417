"""The world that pages are drawn from, made once and kept, and the members who ask for them."""

import hashlib
import os
import subprocess
import sys
import urllib.parse
from pathlib import Path

import psycopg2

from community.environment import database

ROOT = Path(__file__).resolve().parents[2]
MEMBERS = 600
"""More than 500, so that nothing that one of them left warm serves the next."""


def prepare(*, is_small: bool, is_fresh: bool) -> str:
    """Make the database of the measured world unless it is there, point the environment to it, and return its name."""
    sizes = ["--members", "120", "--courses", "30", "--posts", "2500"] if is_small else ["--bench"]
    made_by = ["manage.py", "demo_world", *sizes]
    return kept("small" if is_small else "web", made_by=made_by, is_fresh=is_fresh)


def kept(kind: str, *, made_by: list[str], is_fresh: bool) -> str:
    """Let Python run ``made_by`` in an empty, migrated database unless there is one of this ``kind``; point the environment to it."""
    name = f"bench_{kind}_{_state()}"
    if is_fresh:
        _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    is_there = _sql("SELECT 1 FROM pg_database WHERE datname = %s", name)
    making = name if is_there else f"{name}_making"
    if not is_there:
        _sql(f'DROP DATABASE IF EXISTS "{making}" WITH (FORCE)')
        _sql(f'CREATE DATABASE "{making}"')
    _point_to(making)
    if not is_there:
        _run("manage.py", "migrate", "-v0")
        _run(*made_by)
        # What a running school's server does by itself, and the one of tests does not.
        _sql("VACUUM ANALYZE", within=making)
        _sql(f'ALTER DATABASE "{making}" RENAME TO "{name}"')
        _point_to(name)
    return name


def _state() -> str:
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("core/*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def _point_to(name: str) -> None:
    for variable in ("DATABASE_URL", "MIGRATE_DATABASE_URL"):
        parts = urllib.parse.urlsplit(os.environ[variable])
        os.environ[variable] = urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))


def _run(*arguments: str) -> None:
    # Children read the environment that points to the database of the moment.
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True)


def _sql(statement: str, *values: str, within: str = "postgres") -> object:
    owner = database(os.environ["MIGRATE_DATABASE_URL"], statement_timeout_ms=0)
    connection = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], password=owner["PASSWORD"] or None, dbname=within
    )  # fmt: skip
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()
