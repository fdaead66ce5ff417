"""Databases of one's own."""

import contextlib
import os
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from community.environment import database

ROOT = Path(__file__).parents[2]


def pointing_to(name: str, url: str) -> str:
    """``url`` with another database in it."""
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path=f"/{name}"))


@contextlib.contextmanager
def migrated(name: str) -> Iterator[dict[str, str]]:
    """A new migrated database called ``name``, as the environment that points to it; dropped at the end."""
    with _made(name, f'CREATE DATABASE "{name}"') as env:
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True)
        yield env


@contextlib.contextmanager
def copied(name: str, *, of: str) -> Iterator[dict[str, str]]:
    """The same for a copy of the database called ``of``, to which nobody may be connected while it is made."""
    with _made(name, f'CREATE DATABASE "{name}" TEMPLATE "{of}"') as env:
        yield env


@contextlib.contextmanager
def _made(name: str, statement: str) -> Iterator[dict[str, str]]:
    _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _sql(statement)
    try:
        yield {
            variable: pointing_to(name, os.environ[variable]) for variable in ("DATABASE_URL", "MIGRATE_DATABASE_URL")
        }
    finally:
        _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _sql(statement: str) -> None:
    owner = database(os.environ["MIGRATE_DATABASE_URL"], statement_timeout_ms=0)
    connection = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"], password=owner["PASSWORD"] or None,
        dbname="postgres",
    )  # fmt: skip
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()
