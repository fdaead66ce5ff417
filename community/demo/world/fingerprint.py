"""One SHA-256 over everything that the database holds, so that two worlds can be told to be the same."""

import hashlib

from django.db import connection

WRITTEN_WHEN = {"recorded_at", "moved_at", "indexed_at", "trained_at", "put_in_service_at", "applied", "xid"}
"""Columns that say when Postgres or a process wrote a row, which no two runs share."""
LOCKED = {"sealed"}
"""What is locked begins with chance, so that nobody sees which of two say the same; and each machine has a key of its own."""
WITHOUT = {"events_fact": "name <> 'recsys.ModelTrained'", "recsys_trainingrun": "false"}
"""Rows that two runs do not share: a model is trained when it is trained."""
APART = {"django_migrations", "django_content_type", "auth_permission"}
"""What is there before any world."""

_COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position
"""
_PARTITIONS = "SELECT inhrelid::regclass::text FROM pg_inherits"


def fingerprint() -> str:
    """The digest of the digests of all tables."""
    whole = hashlib.sha256()
    for table, digest in digests().items():
        whole.update(f"{table} {digest}\n".encode())
    return whole.hexdigest()


def digests() -> dict[str, str]:
    """The SHA-256 of each table's rows, read as text in the order of their text."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        apart = APART | {name for (name,) in cursor.fetchall()}
        cursor.execute(_COLUMNS)
        tables: dict[str, list[str]] = {}
        for table, column in cursor.fetchall():
            if table not in apart and column not in WRITTEN_WHEN | LOCKED:
                tables.setdefault(table, []).append(column)
    return {table: _digest(table, columns) for table, columns in tables.items()}


def _digest(table: str, columns: list[str]) -> str:
    quote = connection.ops.quote_name
    row = ", ".join(quote(column) for column in columns)
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT ROW({row})::text FROM {quote(table)} WHERE {WITHOUT.get(table, "true")} ORDER BY (ROW({row})::text) COLLATE "C"'  # noqa: S608 - names of our own tables
        )
        while lines := cursor.fetchmany(2_000):
            for (line,) in lines:
                found.update(line.encode() + b"\n")
    return found.hexdigest()
