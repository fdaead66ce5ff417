"""The one who carries notices: over real HTTP, again and again until somebody signs for them."""

import http.client
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox import operations, renewals, signing
from sandbox.books import Books
from sandbox.environment import Settings
from sandbox.store import Store

logger = logging.getLogger("sandbox.courier")

# A nudge cannot be lost inside one process; this bounds what a clock set back could hold up.
LONGEST_NAP = 1.0
SHORTEST_NAP = 0.02
HANDS = 8

_DUE = """
SELECT d.id, d.attempts, p.webhook_url, p.scheme, e.payload
FROM deliveries d JOIN events e ON e.id = d.event_id JOIN payments p ON p.id = e.payment_id
WHERE d.delivered_at IS NULL AND d.gave_up_at IS NULL AND d.due_at <= ?
ORDER BY d.due_at, d.id LIMIT 64
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery that is due."""

    id: int
    attempts: int
    url: str
    scheme: str
    event: dict[str, Any]


class Courier:
    """Runs in threads of its own; what it knows is in the store, so that a restart forgets nothing."""

    def __init__(self, *, store: Store, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        self._changed = threading.Condition()
        self._nudged = self._stopping = False
        self._carried: set[int] = set()
        self._hands = ThreadPoolExecutor(HANDS, thread_name_prefix="courier")
        self._walk = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._walk.start()

    def stop(self) -> None:
        """Let go after what is being carried; the rest waits in the store."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._walk.ident is not None:
            self._walk.join()
        self._hands.shutdown(wait=True, cancel_futures=True)

    def nudge(self) -> None:
        """Look at once: something may be due."""
        with self._changed:
            self._nudged = True
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._set_off()
                nap = self._nap()
            except sqlite3.Error:
                # The disk may be full or away for a moment; nothing is forgotten by waiting.
                logger.exception("the books cannot be read")
                nap = LONGEST_NAP
            with self._changed:
                self._changed.wait_for(lambda: self._nudged or self._stopping, timeout=nap)
                self._nudged = False

    def _set_off(self) -> None:
        if self._has_planned_disputes():
            with self._store.writing() as db:
                operations.carry_out_planned_disputes(Books(db, self._settings, self._clock()))
        if self._has_renewals():
            with self._store.writing() as db:
                renewals.carry_out(Books(db, self._settings, self._clock()))
        for parcel in self._due():
            with self._changed:
                self._carried.add(parcel.id)
            self._hands.submit(self._carry, parcel).add_done_callback(_report)

    def _has_planned_disputes(self) -> bool:
        with self._store.reading() as db:
            due = db.execute("SELECT 1 FROM planned_disputes WHERE due_at <= ? LIMIT 1", (self._clock(),))
            return due.fetchone() is not None

    def _has_renewals(self) -> bool:
        with self._store.reading() as db:
            return renewals.are_due(Books(db, self._settings, self._clock()))

    def _due(self) -> list[Parcel]:
        # Before the reading: what is let go of after this moment may be read here as not yet delivered.
        with self._changed:
            carried = frozenset(self._carried)
        with self._store.reading() as db:
            rows = db.execute(_DUE, (self._clock(),)).fetchall()
        return [_parcel(row) for row in rows if row["id"] not in carried]

    def _nap(self) -> float:
        with self._store.reading() as db:
            (first,) = db.execute(
                "SELECT MIN(due_at) FROM (SELECT due_at FROM planned_disputes UNION ALL SELECT due_at FROM deliveries"
                " WHERE delivered_at IS NULL AND gave_up_at IS NULL AND due_at > ?)",
                (self._clock(),),
            ).fetchone()
        return LONGEST_NAP if first is None else min(max(first - self._clock(), SHORTEST_NAP), LONGEST_NAP)

    def _carry(self, parcel: Parcel) -> None:
        try:
            answer, error = self._hand_over(parcel)
            done = answer is not None and self._settings.schemes[parcel.scheme].is_acknowledged(answer)
            self._note(parcel, status=answer.status if answer else None, error=error, done=done)
        finally:
            self._let_go(parcel)

    def _let_go(self, parcel: Parcel) -> None:
        with self._changed:
            self._carried.discard(parcel.id)
        self.nudge()

    def _hand_over(self, parcel: Parcel) -> tuple[signing.Answer | None, str | None]:
        scheme = self._settings.schemes.get(parcel.scheme)
        if scheme is None:
            return None, f"the keys of {parcel.scheme} are gone"
        return self._post(parcel.url, scheme.dress(parcel.event, at=int(self._clock())))

    def _post(self, url: str, message: signing.Message) -> tuple[signing.Answer | None, str | None]:
        """Post once, following no redirect, and give the answer or why there is none."""
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self._settings.answer_within)
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        try:
            connection.request("POST", target, message.body, {"User-Agent": "Sandbox-Webhooks/1", **message.headers})
            answer = connection.getresponse()
            return signing.Answer(answer.status, answer.read(65_536)), None
        except (OSError, http.client.HTTPException) as failed:
            return None, f"{type(failed).__name__}: {failed}"[:200]
        finally:
            connection.close()

    def _note(self, parcel: Parcel, *, status: int | None, error: str | None, done: bool) -> None:
        now, attempts = self._clock(), parcel.attempts + 1
        gave_up = not done and attempts >= self._settings.attempts
        pause = min(self._settings.retry_after * 2 ** (attempts - 1), self._settings.retry_at_most)
        logger.info("%s attempt %d: %s", parcel.event["id"], attempts, status or error)
        with self._store.writing() as db:
            db.execute(
                "UPDATE deliveries SET attempts = ?, last_status = ?, last_error = ?, delivered_at = ?, gave_up_at = ?,"
                " due_at = ? WHERE id = ?",
                (attempts, status, error, now if done else None, now if gave_up else None, now + pause, parcel.id),
            )


def _parcel(row: sqlite3.Row) -> Parcel:
    event = json.loads(row["payload"])
    return Parcel(row["id"], row["attempts"], url=row["webhook_url"], scheme=row["scheme"], event=event)


def _report(carried: "Future[None]") -> None:
    if not carried.cancelled() and (fault := carried.exception()) is not None:
        logger.error("a notice could not be carried", exc_info=fault)
