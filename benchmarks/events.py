"""
Measure the stream of facts: publishing beside bare INSERTs, reading beside bare SQL that writes the same rows.

Run as ``./run bench events``, on a server that is set up as the site's: what is committed is on the disk, and dead rows are swept.
Bare and ours alternate in one run; what counts is the ratio. The exit code says whether the goals
are met: publishing ≥ 0.5×, reading ≥ 0.3×, the lag back at 0 within 5 s of the last fact, and no slower with a million facts
stored than with ten thousand.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from drills.ground.databases import ROOT, migrated
from drills.ground.processes import running

DURABLE = True
CONNECTIONS, USERS, BACKLOG = 4, 2_000, 5_000
FEW, MANY = 10_000, 1_000_000
PUBLISHING_GOAL, READING_GOAL, LAG_GOAL, FLAT_GOAL = 0.5, 0.3, 5.0, 0.75


@dataclass
class Measured:
    """What one size showed, in numbers per second and seconds."""

    stored: int
    bare_publishing: list[float] = field(default_factory=list)
    publishing: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    bare_reading: list[float] = field(default_factory=list)
    reading: list[float] = field(default_factory=list)

    @property
    def publishing_ratio(self) -> float:
        """Ours by bare, of medians."""
        return statistics.median(self.publishing) / statistics.median(self.bare_publishing)

    @property
    def reading_ratio(self) -> float:
        """Ours by bare, of medians."""
        return statistics.median(self.reading) / statistics.median(self.bare_reading)

    def row(self) -> str:
        """A line of the table."""
        median = statistics.median
        return (
            f"| {self.stored:,} | {median(self.bare_publishing):,.0f} | {median(self.publishing):,.0f} "
            f"| **{self.publishing_ratio:.2f}×** ({_spread(self.publishing, self.bare_publishing)}) | {max(self.lags):.1f} s "
            f"| {median(self.bare_reading):,.0f} | {median(self.reading):,.0f} "
            f"| **{self.reading_ratio:.2f}×** ({_spread(self.reading, self.bare_reading)}) |"
        )


def _spread(ours: Sequence[float], bare: Sequence[float]) -> str:
    ratios = [one / other for one, other in zip(ours, bare, strict=True)]
    return f"{min(ratios):.2f} to {max(ratios):.2f}"


HEAD = (
    "| facts stored | bare INSERT/s | publish/s | ratio | longest lag after the end | bare rows' facts/s | read/s | ratio |\n"
    "|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure at both sizes and print the table."""
    parser = argparse.ArgumentParser(prog="./run bench events")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each round publishes")
    parser.add_argument("--stored", type=int, nargs="*", default=[FEW, MANY])
    options = parser.parse_args(arguments)
    with migrated("bench_events") as env, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ.update(env)
        users = _prepare()
        bench = Bench(users, Path(folder), stack)
        found = [bench.at(stored, rounds=options.rounds, seconds=options.seconds) for stored in options.stored]
        print(f"\nload average {os.getloadavg()[1]:.0f}, {os.cpu_count()} cores")
        print("\n".join(["", HEAD, *(one.row() for one in found)]))
        return _verdict(found)


def _verdict(found: list[Measured]) -> int:
    wrong = [
        *(f"publishing {one.publishing_ratio:.2f}×" for one in found if one.publishing_ratio < PUBLISHING_GOAL),
        *(f"reading {one.reading_ratio:.2f}×" for one in found if one.reading_ratio < READING_GOAL),
        *(f"lag {max(one.lags):.1f} s" for one in found if max(one.lags) > LAG_GOAL),
    ]
    if len(found) > 1:
        # Not the rates: what else the machine does changes between the sizes, and what is bare changes with it.
        publishing = found[-1].publishing_ratio / found[0].publishing_ratio
        reading = found[-1].reading_ratio / found[0].reading_ratio
        print(
            f"\nfrom {found[0].stored:,} to {found[-1].stored:,}: publishing {publishing:.2f}×, reading {reading:.2f}×"
        )
        wrong += [f"not flat: {kept:.2f}×" for kept in (publishing, reading) if kept < FLAT_GOAL]
    print("goals met" if not wrong else f"goals missed: {'; '.join(wrong)}")
    return 1 if wrong else 0


def _prepare() -> list[int]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    django.setup()
    from accounts.models import User
    from gamification.models import Rule

    User.objects.bulk_create(
        [
            User(email=f"{n}@example.test", username=f"member{n}", handle_skeleton=f"member{n}", name=f"Member {n}")
            for n in range(USERS)
        ]
    )
    # Nobody's daily count is reached, so that each fact is posted.
    Rule.objects.update(times_a_day=32_000)
    # The columns that a publisher fills, and nothing that the stream adds to them: no number, no transaction id, no index.
    _owner("CREATE TABLE bench_bare (LIKE events_intake INCLUDING DEFAULTS); ALTER TABLE bench_bare DROP COLUMN xid; "
           "ALTER TABLE bench_bare ALTER COLUMN id DROP NOT NULL, ALTER COLUMN id DROP DEFAULT; GRANT ALL ON bench_bare TO lyceum_app")  # fmt: skip
    return list(User.objects.order_by("pk").values_list("pk", flat=True))


def _owner(statement: str) -> None:
    import psycopg2

    from community.environment import database

    owner = database(os.environ["MIGRATE_DATABASE_URL"], statement_timeout_ms=0)
    own = psycopg2.connect(host=owner["HOST"], user=owner["USER"], dbname=owner["NAME"])
    own.autocommit = True
    with own.cursor() as cursor:
        cursor.execute(statement)
    own.close()


class Bench:
    """The processes that publish and the worker that reads, measured again and again."""

    def __init__(self, users: list[int], folder: Path, stack: ExitStack) -> None:
        self._users, self._folder, self._stack = users, folder, stack
        self._next_lesson = 10**12
        self._publishers = [self._publisher(number) for number in range(1, CONNECTIONS + 1)]
        for one in self._publishers:
            if one.stdout.readline() != "ready\n":
                raise RuntimeError("a publisher did not start")

    def at(self, stored: int, *, rounds: int, seconds: float) -> Measured:
        """Measure with ``stored`` facts that have been read long ago."""
        from benchmarks.streaming import consuming

        print(f"· storing {stored:,} facts", flush=True)
        self._store(stored)
        measured = Measured(stored)
        self._round(Measured(stored), seconds=1.0)
        for number in range(rounds):
            self._round(measured, seconds=seconds)
            consuming.publish(self._lessons(BACKLOG), BACKLOG, self._users)
            measured.reading.append(consuming.ours(BACKLOG))
            measured.bare_reading.append(consuming.Bare(self._users, self._lessons(BACKLOG), BACKLOG).write())
            print(f"· round {number + 1} of {rounds}: {measured.row()}", flush=True)
        return measured

    def _round(self, measured: Measured, *, seconds: float) -> None:
        from benchmarks.streaming import consuming

        consuming.seconds_until_read()
        measured.bare_publishing.append(self._publish("bare", seconds))
        with running(self._worker(), {}, log=self._folder / "worker.log") as worker:
            self._publish("ours", 0.2)
            consuming.seconds_until_read()
            measured.publishing.append(self._publish("ours", seconds))
            measured.lags.append(consuming.seconds_until_read())
            if worker.poll() is not None:
                raise RuntimeError((self._folder / "worker.log").read_text()[-4_000:])

    def _publish(self, what: str, seconds: float) -> float:
        for one in self._publishers:
            one.stdin.write(f"{what} {seconds}\n")
            one.stdin.flush()
        return sum(int(one.stdout.readline()) for one in self._publishers) / seconds

    def _publisher(self, number: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "benchmarks.streaming.publisher", str(number), str(self._users[0]), str(USERS)]
        return self._stack.enter_context(
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )

    @staticmethod
    def _worker() -> list[str]:
        # As the site starts its worker.
        return [
            "nice", "-n", "10", sys.executable, "-m", "celery", "-A", "benchmarks.streaming.worker", "worker", "--concurrency", "2",
            "--loglevel", "warning", "--without-mingle", "--without-gossip", "--without-heartbeat",
        ]  # fmt: skip

    def _lessons(self, count: int) -> int:
        first, self._next_lesson = self._next_lesson, self._next_lesson + count
        return first

    def _store(self, stored: int) -> None:
        """Fill up to ``stored`` facts that were numbered and read before anything is measured."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute(
                "INSERT INTO events_fact (name, happened_at, recorded_at, actor_id, subject, payload, position) "
                "SELECT 'courses.LessonCompleted', now() - n * interval '1 second', now(), %s + n %% %s, 'lesson:' || n, "
                "jsonb_build_object('lesson_id', n, 'course_id', 1, 'user_id', %s + n %% %s), last + n "
                "FROM events_sequencer, generate_series(1, %s - (SELECT count(*) FROM events_fact)) AS n",
                [self._users[0], USERS, self._users[0], USERS, stored],
            )
            cursor.execute("UPDATE events_sequencer SET last = (SELECT max(position) FROM events_fact)")
            cursor.execute(
                "INSERT INTO events_cursor (listener, position, moved_at) SELECT 'gamification.points', last, now() "
                "FROM events_sequencer ON CONFLICT (listener) DO UPDATE SET position = excluded.position"
            )
        _owner("ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
