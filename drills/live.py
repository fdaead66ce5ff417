"""
Live updates under stress: two hundred pages, eight writers, lost connections, and a broker that is killed.

Run as ``./run drills live``. Every page must end with exactly what the database holds, in its order. Then the same run without
catching up, which must lose something: if it does not, the drill proves nothing. ``--control`` runs that half alone, ``--only`` the
first half.
"""

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drills.ground.databases import migrated
from drills.ground.processes import Broker, free_port, running, uvicorn, wait_until_open

if TYPE_CHECKING:
    from drills.living.clients import Page

PAGES, MESSAGES, STREAMS, WRITERS, DROPS = 200, 2_000, 20, 8, 5
PATIENCE_SECONDS = 90.0
BROKER_AWAY = ("ConnectionRefusedError", "redis.exceptions.ConnectionError")


@dataclass(frozen=True)
class Size:
    """How much of everything, and for how many seconds the writers write."""

    pages: int
    messages: int
    streams: int
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What one run showed."""

    size: Size
    messages: int
    drops: int
    fewest_drops: int
    gaps: int
    repeated: int
    different: int
    reloads: int
    p95: float
    closed: dict[str, int]
    seconds: float

    def lines(self) -> list[str]:
        """The run in words."""
        return [
            f"messages {self.messages} by {WRITERS} writers, {self.seconds:.0f} s",
            f"pages {self.size.pages}, each on all of {self.size.streams} streams",
            f"drops {self.drops} (fewest on a page: {self.fewest_drops}), broker killed and restarted once",
            f"gaps {self.gaps}, duplicates {self.repeated} (known by their number, applied 0 times), reloads {self.reloads}",
            f"pages that differ from SELECT … ORDER BY seq: {self.different}",
            f"catch-up, from the drop to the last missed message, p95: {self.p95:.2f} s",
            f"how connections ended: {self.closed}",
        ]

    @property
    def is_worth_something(self) -> bool:
        """Whether everything was said, and every page was dropped often enough."""
        return self.messages == self.size.messages and self.fewest_drops >= DROPS

    @property
    def is_whole(self) -> bool:
        """Whether every page holds what the database holds."""
        return not (self.gaps or self.different or self.reloads)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both halves; the exit code is the verdict."""
    parser = argparse.ArgumentParser(prog="./run drills live")
    parser.add_argument("--control", action="store_true", help="only the half without catching up, which must fail")
    parser.add_argument("--only", action="store_true", help="only the half with catching up")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--streams", type=int, default=STREAMS)
    parser.add_argument("--seconds", type=float, default=100.0, help="how long the writers take")
    options = parser.parse_args(arguments)
    size = Size(pages=options.pages, messages=options.messages, streams=options.streams, seconds=options.seconds)
    with migrated("drill_live") as env, tempfile.TemporaryDirectory() as folder:
        verdicts = []
        if not options.control:
            verdicts.append(_with(env, Path(folder) / "with", size))
        if not options.only:
            verdicts.append(_without(env, Path(folder) / "without", size))
    return 0 if all(verdicts) else 1


def _with(env: dict[str, str], folder: Path, size: Size) -> bool:
    outcome = _run(env, folder, size, catches_up=True)
    is_good = outcome.is_worth_something and outcome.is_whole
    _report("with catching up", outcome, "every page is whole" if is_good else "NOT SHOWN")
    return is_good


def _without(env: dict[str, str], folder: Path, size: Size) -> bool:
    outcome = _run(env, folder, size, catches_up=False)
    is_good = outcome.is_worth_something and outcome.gaps > 0 and outcome.different > 0
    _report("control, without catching up", outcome, "loses, as it must" if is_good else "LOST NOTHING, OR NOT SHOWN")
    return is_good


def _report(name: str, outcome: Outcome, verdict: str) -> None:
    print("\n".join([f"\n{name}: {verdict}", *(f"  {line}" for line in outcome.lines())]), flush=True)


def _run(env: dict[str, str], folder: Path, size: Size, *, catches_up: bool) -> Outcome:
    folder.mkdir()
    log = folder / "live.log"
    with Broker(folder / "valkey") as broker:
        env = env | broker.env | {"CATCH_UP": "on" if catches_up else "off", "LIVE_ORIGINS": "http://localhost:8000"}
        port = free_port()
        with running(uvicorn("drills.living.house:application", port), env, log=log) as process:
            wait_until_open(port, process)
            _django(env)
            outcome = asyncio.run(_scene(port, broker, size, catches_up=catches_up))
    _show_faults(log)
    return outcome


def _show_faults(log: Path) -> None:
    """Name the errors that the server logged, except that the killed broker could not be reached: a good end must not hide them."""
    ends = re.findall(r"^([\w.]*(?:Error|Exception)): ", log.read_text(), re.MULTILINE)
    named = Counter(name for name in ends if name not in BROKER_AWAY)
    if named:
        print(
            f"\nthe live process logged errors: {dict(named)}; the end of its log:\n{log.read_text()[-2_000:]}",
            flush=True,
        )


def _django(env: dict[str, str]) -> None:
    """Point this process, whose threads write, to the same database and broker."""
    import django
    from django.conf import settings

    os.environ.update(env)
    if not settings.configured:
        os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
        django.setup()
    from core.realtime import sending
    from core.realtime.models import Message, Stream
    from core.web.breaker import Breaker

    Message.objects.all().delete()
    Stream.objects.all().delete()
    sending._breaker = Breaker("drill", url=lambda: f"{env['REDIS_URL']}?db=2")  # noqa: SLF001 - another broker, the same code


async def _scene(port: int, broker: Broker, size: Size, *, catches_up: bool) -> Outcome:
    from core.realtime import topics
    from drills.living.clients import Page, end, until_all_have, until_all_listen
    from drills.living.writing import write_in_the_background

    began, streams = time.monotonic(), [f"drill:{number}" for number in range(size.streams)]
    tokens = {stream: topics.sign(stream) for stream in streams}
    pages = [Page(port=port, tokens=tokens, seed=number) for number in range(size.pages)]
    living = [asyncio.create_task(page.live()) for page in pages]
    await until_all_listen(pages, seconds=PATIENCE_SECONDS)
    print(f"· all {size.pages} pages listen after {time.monotonic() - began:.1f} s", flush=True)
    writing = await asyncio.to_thread(
        write_in_the_background, writers=WRITERS, messages=size.messages, streams=streams, seconds=size.seconds
    )
    dropping = asyncio.gather(*(page.be_dropped(times=DROPS, seconds=size.seconds * 0.9) for page in pages))
    await asyncio.sleep(size.seconds * 0.4)
    broker.kill()
    await asyncio.sleep(3)
    await asyncio.to_thread(broker.start)
    for thread in writing:
        await asyncio.to_thread(thread.join)
    # What has not been dropped often enough by then is counted, and is no success.
    await asyncio.wait([dropping], timeout=PATIENCE_SECONDS)
    dropping.cancel()
    rows = await asyncio.to_thread(_rows)
    last = {stream: said[-1][0] for stream, said in rows.items()}
    await until_all_have(pages, last, seconds=PATIENCE_SECONDS if catches_up else 10.0)
    await end(pages, living)
    return _outcome(size, pages, rows, seconds=time.monotonic() - began)


def _rows() -> dict[str, list[tuple[int, str]]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT stream, seq, html->>'en' FROM realtime_message ORDER BY stream, seq")
        found = cursor.fetchall()
    connection.close()
    rows: dict[str, list[tuple[int, str]]] = {}
    for stream, seq, html in found:
        rows.setdefault(stream, []).append((seq, html))
    return rows


def _outcome(size: Size, pages: "list[Page]", rows: dict[str, list[tuple[int, str]]], *, seconds: float) -> Outcome:
    waits = sorted(wait for page in pages for wait in page.catch_ups)
    missing = sum(len(said) - len(page.heard[stream]) for page in pages for stream, said in rows.items())
    closed: Counter[str] = sum((page.closed for page in pages), Counter())
    return Outcome(
        size=size,
        messages=sum(len(said) for said in rows.values()),
        drops=sum(page.drops for page in pages),
        fewest_drops=min(page.drops for page in pages),
        # What is missing at the end was never followed by anything, and is a gap all the same.
        gaps=max(missing, sum(page.gaps for page in pages)),
        repeated=sum(page.repeated for page in pages),
        different=sum({stream: said for stream, said in page.heard.items() if said} != rows for page in pages),
        reloads=sum(page.reloads for page in pages),
        p95=waits[int(len(waits) * 0.95)] if waits else float("inf"),
        closed=dict(closed.most_common()),
        seconds=seconds,
    )


if __name__ == "__main__":
    sys.exit(main())
