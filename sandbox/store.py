"""The state folder: one SQLite file in WAL mode, held by one process."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY,
    order_reference TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    description TEXT NOT NULL,
    return_url TEXT NOT NULL,
    webhook_url TEXT NOT NULL,
    scheme TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'authenticating', 'declined', 'paid', 'refunded', 'disputed')),
    amount_refunded INTEGER NOT NULL DEFAULT 0 CHECK (amount_refunded BETWEEN 0 AND amount),
    wrong_codes INTEGER NOT NULL DEFAULT 0,
    created_at REAL NOT NULL,
    paid_at REAL,
    CHECK ((paid_at IS NOT NULL) = (status IN ('paid', 'refunded', 'disputed')))
);
CREATE INDEX IF NOT EXISTS payments_by_day_made ON payments (created_at, id);
CREATE INDEX IF NOT EXISTS payments_by_day_paid ON payments (paid_at, id);
CREATE TABLE IF NOT EXISTS refunds (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    amount INTEGER NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS refunds_of_payment ON refunds (payment_id);
CREATE INDEX IF NOT EXISTS refunds_by_day ON refunds (created_at, id);
CREATE TABLE IF NOT EXISTS events (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL REFERENCES payments (id),
    payload TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_of_payment ON events (payment_id);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES events (id),
    due_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_status INTEGER,
    last_error TEXT,
    delivered_at REAL,
    gave_up_at REAL
);
CREATE INDEX IF NOT EXISTS deliveries_of_event ON deliveries (event_id);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE delivered_at IS NULL AND gave_up_at IS NULL;
CREATE TABLE IF NOT EXISTS planned_disputes (
    payment_id TEXT PRIMARY KEY REFERENCES payments (id),
    due_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS payments_by_number ON payments (scheme, order_reference);
CREATE TABLE IF NOT EXISTS stripe_metadata (
    payment_id TEXT PRIMARY KEY REFERENCES payments (id),
    metadata TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS agreements (
    payment_id TEXT PRIMARY KEY REFERENCES payments (id),
    interval TEXT NOT NULL CHECK (interval IN ('month', 'year')),
    interval_count INTEGER NOT NULL CHECK (interval_count > 0),
    amount INTEGER NOT NULL CHECK (amount > 0),
    metadata TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL UNIQUE REFERENCES payments (id),
    interval TEXT NOT NULL,
    interval_count INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'past_due', 'canceled')),
    stops INTEGER NOT NULL DEFAULT 0,
    anchor INTEGER NOT NULL,
    period_start REAL NOT NULL,
    period_end REAL NOT NULL CHECK (period_end > period_start),
    created_at REAL NOT NULL,
    ended_at REAL
);
CREATE INDEX IF NOT EXISTS subscriptions_due ON subscriptions (period_end) WHERE status = 'active';
CREATE TABLE IF NOT EXISTS invoices (
    id TEXT PRIMARY KEY,
    subscription_id TEXT NOT NULL REFERENCES subscriptions (id),
    payment_id TEXT UNIQUE REFERENCES payments (id),
    amount INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'void')),
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    period_start REAL NOT NULL,
    period_end REAL NOT NULL,
    created_at REAL NOT NULL,
    CHECK ((payment_id IS NOT NULL) = (status = 'paid'))
);
CREATE INDEX IF NOT EXISTS invoices_of_subscription ON invoices (subscription_id);
CREATE TABLE IF NOT EXISTS stripe_coupons (
    id TEXT PRIMARY KEY,
    amount_off INTEGER NOT NULL CHECK (amount_off > 0),
    currency TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS idempotency_keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL
);
"""


class FolderInUse(Exception):
    """Another process holds the state folder."""


class Store:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "sandbox.sqlite3"
        self._writers = threading.Lock()
        self._holder = _hold(folder / "lock")
        # Kept open for life: SQLite folds the WAL back each time the last connection closes.
        self._anchor = self._connect()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        self._anchor.executescript(SCHEMA)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that sees and changes everything alone; it is kept only if the block ends well."""
        # Waiting here is fair and wakes at once; waiting inside SQLite is polling.
        with self._writers, closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Open one consistent picture of the books, beside any writer."""
        with closing(self._connect()) as db:
            db.execute("BEGIN")
            yield db

    def close(self) -> None:
        with self._writers:
            self._anchor.close()
            self._holder.close()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None, check_same_thread=False)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        # In WAL mode this outlives a killed process; only a power cut may take the last moments of play money.
        db.execute("PRAGMA synchronous = NORMAL")
        return db


def _hold(path: Path) -> TextIO:
    holder = path.open("w")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        holder.close()
        raise FolderInUse(f"{path.parent} is in use by another sandbox.") from held
    return holder
