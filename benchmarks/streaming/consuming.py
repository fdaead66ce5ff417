"""Reading by ``gamification.points``, beside bare SQL that writes the same rows into the same tables."""

import json
import time
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg2.extras import execute_values

from core import events
from core.events import operations, sequencing
from core.events.listening import Listener
from courses.events import LessonCompleted
from gamification.models import Rule

from .worker import LISTENER

BATCH = operations.BATCH


def publish(first_lesson: int, count: int, users: list[int]) -> None:
    """Make a backlog of ``count`` facts."""
    now = timezone.now()
    facts = [
        events.Dated(LessonCompleted(lesson_id=lesson, course_id=1, user_id=users[lesson % len(users)]), now)
        for lesson in range(first_lesson, first_lesson + count)
    ]
    with transaction.atomic():
        events.publish_many_at(facts)


def ours(count: int) -> float:
    """Number and read the backlog of ``count`` facts, as a worker does; facts per second."""
    listener, began = Listener.known[LISTENER], time.perf_counter()
    # What the listener publishes itself stands between, and is passed over until nothing is left.
    while sequencing.sequence() or operations.consume(listener=listener):
        operations.consume(listener=listener)
    return count / (time.perf_counter() - began)


class Bare:
    """Somebody who knows beforehand what is to be written, and writes it batch by batch."""

    def __init__(self, users: list[int], first_lesson: int, count: int) -> None:
        self._rule = Rule.objects.get(code="lesson_completed")
        self._accounts = _accounts(users)
        self._lessons = range(first_lesson, first_lesson + count)
        self._users = users
        self._html = json.dumps({"zh-hans": "<b>+10 积分</b> 学完一课", "en": "<b>+10 points</b> Completed a lesson"})

    def write(self) -> float:
        """Write everything; facts per second."""
        batches = [self._lessons[first : first + BATCH] for first in range(0, len(self._lessons), BATCH)]
        rows = [[(lesson, self._users[lesson % len(self._users)]) for lesson in batch] for batch in batches]
        began = time.perf_counter()
        for batch in rows:
            self._write(batch)
        return len(self._lessons) / (time.perf_counter() - began)

    def _write(self, batch: list[tuple[int, int]]) -> None:
        now, points = timezone.now(), self._rule.points
        with transaction.atomic(), connection.cursor() as wrapped:
            cursor = wrapped.cursor
            made = execute_values(
                cursor,
                "INSERT INTO ledger_transaction (key, kind, happened_at, memo_code) VALUES %s RETURNING id",
                [(f"bare:{lesson}:{user}", "lesson_completed", now, "") for lesson, user in batch],
                page_size=BATCH,
                fetch=True,
            )
            entries: list[tuple[int, int, int]] = []
            for (pk,), (_, user) in zip(made, batch, strict=True):
                entries += [(pk, self._accounts[user], points), (pk, self._accounts[0], -points)]
            execute_values(cursor, "INSERT INTO ledger_entry (transaction_id, account_id, amount) VALUES %s", entries,
                           page_size=2 * BATCH)  # fmt: skip
            sums: dict[int, int] = {}
            for _, user in batch:
                sums[user] = sums.get(user, 0) + 1
            self._sum(cursor, sums, now)
            self._tell(cursor, batch, made, now)

    def _sum(self, cursor: Any, sums: dict[int, int], now: Any) -> None:
        points = self._rule.points
        execute_values(
            cursor,
            "UPDATE ledger_account SET balance = balance + given.amount FROM (VALUES %s) AS given (id, amount) "
            "WHERE ledger_account.id = given.id",
            [(self._accounts[user], times * points) for user, times in sorted(sums.items())],
            page_size=BATCH,
        )
        execute_values(
            cursor,
            "INSERT INTO gamification_tally AS tally (user_id, date, rule_id, points, times) VALUES %s "
            "ON CONFLICT (user_id, date, rule_id) DO UPDATE SET points = tally.points + excluded.points, "
            "times = tally.times + excluded.times",
            [(user, now.date(), self._rule.pk, times * points, times) for user, times in sorted(sums.items())],
            page_size=BATCH,
        )
        execute_values(
            cursor,
            "INSERT INTO gamification_total AS total (user_id, rule_id, points, times) VALUES %s "
            "ON CONFLICT (user_id, rule_id) DO UPDATE SET points = total.points + excluded.points, "
            "times = total.times + excluded.times",
            [(user, self._rule.pk, times * points, times) for user, times in sorted(sums.items())],
            page_size=BATCH,
        )

    def _tell(self, cursor: Any, batch: list[tuple[int, int]], made: list[tuple[int]], now: Any) -> None:
        execute_values(
            cursor,
            "INSERT INTO events_intake (name, version, happened_at, payload) VALUES %s",
            [
                (
                    "gamification.BarePoints",
                    1,
                    now,
                    json.dumps({"rule": "lesson_completed", "points": 10, "user_id": user, "transaction_id": pk}),
                )
                for (_, user), (pk,) in zip(batch, made, strict=True)
            ],
            page_size=BATCH,
        )
        cursor.execute(
            "INSERT INTO realtime_said (ids, streams, actions, targets, htmls) SELECT "
            "array_agg(nextval('realtime_message_id_seq')), array_agg('user:' || id), array_agg('toast'::text), array_agg(''::text), "
            "array_agg(%s::jsonb) FROM unnest(%s) AS id",
            [self._html, [user for _, user in batch]],
        )


def _accounts(users: list[int]) -> dict[int, int]:
    """The ledger accounts of ``users``, made where they are missing; under 0 the one that points come from."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (kind, owner, unit, balance) "
            "SELECT 'points', 'user:' || id, 'PTS', 0 FROM unnest(%s) AS id ON CONFLICT DO NOTHING", [users]
        )  # fmt: skip
        cursor.execute(
            "INSERT INTO ledger_account (kind, owner, unit) VALUES ('points_issued', 'school', 'PTS') ON CONFLICT DO NOTHING"
        )
        cursor.execute("SELECT owner, id FROM ledger_account")
        found = dict(cursor.fetchall())
    return {user: found[f"user:{user}"] for user in users} | {0: found["school"]}


def is_behind() -> bool:
    """
    Whether facts that concern the listener are not numbered or not read yet.

    It publishes facts itself, which it does not listen to: nobody wakes it for them, and its cursor need not pass them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM events_intake WHERE name = ANY(%(names)s)) "
            "OR EXISTS (SELECT FROM events_fact WHERE name = ANY(%(names)s) "
            "AND position > coalesce((SELECT position FROM events_cursor WHERE listener = %(listener)s), 0))",
            {"names": list(Listener.known[LISTENER].facts), "listener": LISTENER},
        )
        return bool(cursor.fetchone()[0])


def seconds_until_read(*, patience: timedelta = timedelta(seconds=120)) -> float:
    """How long it takes until nothing waits any more."""
    began = time.perf_counter()
    while is_behind():
        if time.perf_counter() - began > patience.total_seconds():
            return float("inf")
        time.sleep(0.02)
    return time.perf_counter() - began
