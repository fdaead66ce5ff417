"""
Measure buying: at a whole site over HTTP, beside bare INSERTs of the same rows, and single postings of the ledger beside theirs.

Run as ``./run bench checkout``, on a server that is set up as the site's: what is committed is on the disk. First purchases without
the network, a provider in memory, and postings: bare and ours, few entries and many alternate in one run, and what counts are the ratios.
Then people buy at the site and its sandbox, each process real, from the click on "Pay" until the lesson opens. The exit code says
whether the goals are met: postings at least 0.5× bare SQL that inserts the same rows into the same tables, and as fast with a million
entries as with ten thousand.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from drills.ground.databases import ROOT, copied, migrated

DURABLE = True
SHOP = "bench_checkout"
CONNECTIONS, BUYERS, BUYERS_AT_ONCE = 2, 20_000, 4
FEW, MANY = 10_000, 1_000_000
POSTING_GOAL, FLAT_GOAL = 0.5, 0.75
MODES = ("rows", "purchase", "plain", "same", "post")


@dataclass
class Measured:
    """What one size showed: how many a second in each round and mode, and how long each purchase took."""

    stored: int
    rates: dict[str, list[float]] = field(default_factory=lambda: {mode: [] for mode in MODES})
    took: list[float] = field(default_factory=list)

    def rate(self, mode: str) -> float:
        """The median of the rounds."""
        return statistics.median(self.rates[mode])

    @property
    def purchase_ratio(self) -> float:
        """Ours by bare."""
        return self.rate("purchase") / self.rate("rows")

    @property
    def posting_ratio(self) -> float:
        """Ours by the same inserts into the same tables."""
        return self.rate("post") / self.rate("same")

    @property
    def plain_ratio(self) -> float:
        """Ours by inserts into tables that nothing guards and nothing finds."""
        return self.rate("post") / self.rate("plain")

    def row(self) -> str:
        """A line of the table."""
        p50, p95 = statistics.median(self.took), statistics.quantiles(self.took, n=20)[-1]
        return (
            f"| {self.stored:,} | {self.rate('rows'):,.0f} | {self.rate('purchase'):,.1f} | **{self.purchase_ratio:.2f}×** "
            f"| {p50:,.0f} | {p95:,.0f} | {self.rate('post'):,.0f} | {self.rate('same'):,.0f} | **{self.posting_ratio:.2f}×** "
            f"| {self.rate('plain'):,.0f} | {self.plain_ratio:.2f}× |"
        )


@dataclass(frozen=True)
class Street:
    """What one turn of people at the site showed: how many at once, and the milliseconds of each from the click to the open lesson."""

    buyers: int
    comes_back: bool
    elapsed: float
    took: list[float]

    def row(self) -> str:
        """A line of the table."""
        p50, p95 = statistics.median(self.took), statistics.quantiles(self.took, n=20)[-1]
        ends = "comes back" if self.comes_back else "closes the provider's page"
        return f"| {self.buyers} | {ends} | {len(self.took):,} | {len(self.took) / self.elapsed:.1f} | {p50:,.0f} | {p95:,.0f} |"


STREET_HEAD = "| buyers at once | and then | orders | orders/s | p50 ms | p95 ms |\n|---:|---|---:|---:|---:|---:|"

HEAD = (
    "| entries stored | bare purchases/s | purchases/s | ratio | p50 ms | p95 ms "
    "| postings/s | bare, same tables | ratio | bare, plain tables | ratio |\n"
    "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print the tables."""
    options = _parser().parse_args(arguments)
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the beginning", flush=True)
    code = _without_network(options) if options.stored else 0
    # Last, since whoever ends the processes of a site leaves signals ignored behind.
    return _at_the_site(options) or code if options.buyers else code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run bench checkout")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="how long each turn lasts")
    parser.add_argument("--stored", type=int, nargs="*", default=[FEW, MANY], help="none to leave this part out")
    parser.add_argument("--buyers", type=int, default=BUYERS_AT_ONCE, help="at once at the site; 0 to leave it out")
    parser.add_argument("--open", type=float, default=20.0, help="for how many seconds people buy there in each turn")
    return parser


def _at_the_site(options: argparse.Namespace) -> int:
    from benchmarks.buying import site

    with migrated("bench_street") as database, tempfile.TemporaryDirectory() as folder:
        addresses = {**database, "REDIS_URL": os.environ["REDIS_URL"]}
        with site.living(addresses, Path(folder)) as env:
            command = [sys.executable, "-m", "benchmarks.buying.street", str(options.open), str(options.buyers)]
            done = subprocess.run(
                command, cwd=ROOT, env=site.environment(env), stdout=subprocess.PIPE, text=True, check=False
            )
    print("\n".join(["", STREET_HEAD, *(Street(**json.loads(line)).row() for line in done.stdout.splitlines())]))
    return done.returncode


def _without_network(options: argparse.Namespace) -> int:
    with migrated(SHOP) as env, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        # The till signs its messages as the sandbox does, with a secret that both of us know.
        os.environ.update({**env, "SANDBOX_WEBHOOK_SECRET": "whsec_sandbox_0123456789abcdef"})
        rows, first = _furnished()
        about = f"A purchase: {sum(map(len, rows))} rows in {len(rows)} transactions."
        print(f"· {about}", flush=True)
        written = Path(folder) / "rows.json"
        written.write_text(json.dumps(rows))
        found = _measured([Journal(stored, first, written, stack) for stored in options.stored], options)
        print("\n".join(["", about, "", HEAD, *(one.row() for one in found)]))
        return _verdict(found)


def _furnished() -> tuple[list[list[object]], int]:
    """A shop whose databases are copies of this one: the rows of a purchase, and the number of the buyer who made it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")
    django.setup()
    from django.db import connection

    from accounts.models import User
    from benchmarks.buying import shop

    shop.furnish(buyers=BUYERS + 2)
    products = shop.open_till()
    first, second = User.objects.filter(username__startswith="buyer").order_by("pk")[:2]
    # The first purchase opens the accounts of the ledger; the second one is like all that follow.
    shop.purchase(buyer=first, product_id=products[0])
    rows = shop.rows_of_a_purchase(buyer=second, product_id=products[0])
    _as_owner(os.environ["MIGRATE_DATABASE_URL"], *shop.make_bare(rows))
    connection.close()
    return rows, second.pk


def _measured(journals: "list[Journal]", options: argparse.Namespace) -> list[Measured]:
    """What each size showed; the sizes take turns too, so that what else the machine does meets all of them."""
    for journal in journals:
        journal.turn("purchase", 1.0)
    for number in range(options.rounds):
        for mode in MODES:
            for journal in journals:
                journal.measure(mode, options.seconds)
        for journal in journals:
            print(f"· round {number + 1} of {options.rounds}: {journal.measured.row()}", flush=True)
    return [journal.measured for journal in journals]


def _verdict(found: list[Measured]) -> int:
    wrong = [f"posting {one.posting_ratio:.2f}×" for one in found if one.posting_ratio < POSTING_GOAL]
    if len(found) > 1:
        kept = _kept(found[0], found[-1])
        print(f"\npostings, from {found[0].stored:,} entries to {found[-1].stored:,}: {kept:.2f}×")
        wrong += [f"not flat: {kept:.2f}×"] if kept < FLAT_GOAL else []
    print("goals met" if not wrong else f"goals missed: {'; '.join(wrong)}")
    return 1 if wrong else 0


def _kept(few: Measured, many: Measured) -> float:
    """How fast postings still are among ``many`` entries; the median of rounds, in each of which both were measured."""
    pairs = zip(few.rates["post"], many.rates["post"], strict=True)
    return statistics.median(late / early for early, late in pairs)


class Journal:
    """A journal with ``stored`` entries, in a database of its own, and the processes that buy there."""

    def __init__(self, stored: int, first: int, rows: Path, stack: ExitStack) -> None:
        self.measured = Measured(stored)
        env = stack.enter_context(copied(f"{SHOP}_{stored}", of=SHOP))
        self._fill(stored, env["MIGRATE_DATABASE_URL"])
        share = BUYERS // CONNECTIONS
        self._buyers = [
            stack.enter_context(_buyer(n, first + 1 + n * share, share, rows, env)) for n in range(CONNECTIONS)
        ]
        for one in self._buyers:
            if one.stdout is None or one.stdout.readline() != "ready\n":
                raise RuntimeError("a buyer did not start")

    def measure(self, mode: str, seconds: float) -> None:
        """One turn, kept."""
        took = self.turn(mode, seconds)
        self.measured.rates[mode].append(len(took) / seconds)
        self.measured.took += took if mode == "purchase" else []

    def turn(self, mode: str, seconds: float) -> list[float]:
        """How long each took of what was done, by all who buy."""
        for one in self._buyers:
            assert one.stdin is not None, "it was started with a pipe"
            one.stdin.write(f"{mode} {seconds}\n")
            one.stdin.flush()
        return [took for one in self._buyers if one.stdout for took in json.loads(one.stdout.readline())]

    @staticmethod
    def _fill(stored: int, url: str) -> None:
        from benchmarks.buying import shop

        print(f"· filling up to {stored:,} entries", flush=True)
        filling = shop.FILL.format(last=stored // 2)
        _as_owner(url, *(one for one in filling.split(";") if one.strip()), "ANALYZE")


def _buyer(number: int, first: int, share: int, rows: Path, env: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "benchmarks.buying.buyer", str(number), str(first), str(share), str(rows)]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _as_owner(url: str, *statements: str) -> None:
    import psycopg2

    from community.environment import database

    owner = database(url, statement_timeout_ms=0)
    own = psycopg2.connect(host=owner["HOST"], user=owner["USER"], dbname=owner["NAME"])
    own.autocommit = True
    with own.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    own.close()


if __name__ == "__main__":
    sys.exit(main())
