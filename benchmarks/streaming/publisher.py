"""
One connection that publishes, in a process of its own: reads ``bare SECONDS`` or ``ours SECONDS``, prints how many were committed.

Bare is a plain INSERT of the same columns into a plain table, in a transaction of its own, by the same driver.
"""

import itertools
import json
import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from core import events
from courses.events import LessonCompleted

BARE = (
    "INSERT INTO bench_bare (name, version, happened_at, actor_id, subject, request_id, payload) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def main(number: int, first_user: int, users: int) -> None:
    """Obey until there is nothing more to read."""
    lessons = itertools.count(number * 1_000_000_000)
    connection.ensure_connection()
    print("ready", flush=True)
    for line in sys.stdin:
        what, seconds = line.split()
        act = {"bare": bare, "ours": ours}[what]
        until, count = time.perf_counter() + float(seconds), 0
        while time.perf_counter() < until:
            lesson = next(lessons)
            act(lesson, first_user + lesson % users)
            count += 1
        print(count, flush=True)


def ours(lesson: int, user: int) -> None:
    """Publish as an operation would."""
    with transaction.atomic():
        events.publish(
            LessonCompleted(lesson_id=lesson, course_id=1, user_id=user), by=user, subject=f"lesson:{lesson}"
        )


def bare(lesson: int, user: int) -> None:
    """Insert the same row, and nothing else."""
    payload = json.dumps({"lesson_id": lesson, "course_id": 1, "user_id": user})
    cells = ["courses.LessonCompleted", 1, timezone.now(), user, f"lesson:{lesson}", "", payload]
    own = connection.connection
    own.autocommit = False
    with own.cursor() as cursor:
        cursor.execute(BARE, cells)
    own.commit()


Act = Callable[[int, int], None]

if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
