"""
Asks a server whether the site can live there: run by ``found`` in the environment that has the drivers, imported by nobody.

The address comes in the environment, so that its password stands in no list of processes.
"""

import os
import sys
from typing import Any

import psycopg2
import redis
from django.core.exceptions import ImproperlyConfigured

from community.environment import database, redis_address

OLDEST_POSTGRES = 15
OLDEST_REDIS = (6, 2)


def main() -> None:
    """Ask what the first argument names; what speaks against it is the last line on stderr, with exit code 1."""
    questions = {"database": ask_database, "owner": ask_owner, "redis": ask_redis}
    try:
        questions[sys.argv[1]](os.environ["ADDRESS"])
    except (ImproperlyConfigured, psycopg2.Error, redis.RedisError, ValueError) as error:
        sys.exit(" ".join(str(error).split()))


def ask_database(address: str) -> None:
    """Version, encoding and character type."""
    cursor = _cursor(address)
    version = int(_value(cursor, "SHOW server_version_num")) // 10_000
    if version < OLDEST_POSTGRES:
        sys.exit(f"it is PostgreSQL {version}; Lyceum needs {OLDEST_POSTGRES} or newer.")
    if (encoding := _value(cursor, "SHOW server_encoding")) != "UTF8":
        sys.exit(f"its encoding is {encoding}; Lyceum needs UTF8.")
    # What "likeness" means to trigrams hangs on it: a plain C takes no Han character for a letter.
    if not _value(cursor, "SELECT '学' ~ '^[[:alpha:]]$'"):
        sys.exit("its character type finds nothing in Chinese; make the database with LC_CTYPE 'C.UTF-8'.")


def ask_owner(address: str) -> None:
    """Whether the role that migrates may do so."""
    cursor = _cursor(address)
    if not _value(cursor, "SELECT has_schema_privilege('public', 'CREATE')"):
        sys.exit("its role may not make tables there; name the owner's role in MIGRATE_DATABASE_URL.")
    if not _value(cursor, "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"):
        sys.exit("it lacks the extension pg_trgm; install PostgreSQL's contrib package.")


def ask_redis(address: str) -> None:
    """Version, and the three databases that the site uses."""
    for number in range(3):
        client: Any = redis.Redis.from_url(redis_address(address, number=number), socket_timeout=5)
        version = client.info("server")["redis_version"]
        if tuple(map(int, version.split(".")[:2])) < OLDEST_REDIS:
            sys.exit(f"it is Redis {version}; Lyceum needs 6.2 or newer.")


def _cursor(address: str) -> Any:
    where = database(address, statement_timeout_ms=5_000)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {new: where[old] for old, new in names.items() if where[old]}
    return psycopg2.connect(**given, **where["OPTIONS"]).cursor()


def _value(cursor: Any, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()[0]


if __name__ == "__main__":
    main()
