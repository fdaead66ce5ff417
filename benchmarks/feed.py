"""
Measure what the feed costs a page, and what a training costs the site, among a hundred thousand members and ten thousand items.

Run as ``./run bench feed``. The world is made once (minutes) and kept under ``var/test``; ``--fresh`` makes it anew, ``--members`` and ``--items``
say how large it is. Two servers of the same kind take turns of a second: the site, and the same site with nothing to recommend. Every answer is
looked at; a wrong one ends the run with exit code 1. Goal: the home page with its feed within 1.5 × the same page without, at the 95th percentile,
as it is opened and with the cards that a member has asked for.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.serving import machine, put, servers, world
from benchmarks.serving.asking import Measured, Target, Visitor, WrongPage, ask
from community.rules import CARDS, FIRST_CARDS, NEXT_CARDS
from recsys.rules import WHOLE

if TYPE_CHECKING:
    from benchmarks.feeding.training import Trained

README = Path(__file__).parent / "README.md"
EMPTY = servers.Program(wsgi="benchmarks.feeding.empty_wsgi")
CARD, NO_CARD = '<article class="card feed-card', "Nothing to recommend yet"
MORE = range(FIRST_CARDS + NEXT_CARDS, WHOLE + 1, NEXT_CARDS)
PAGES = {"home": ("/", FIRST_CARDS)} | {f"home with {count}": (f"/?{CARDS}={count}", count) for count in MORE}
"""Each with how many cards it has: as whoever comes finds it, and as who asked for more and comes back does."""
GOAL = 1.5
BEFORE_IT_COUNTS = 15.0
"""So many seconds each page is asked for before the clock runs: first visits, templates, connections, the model."""
WARMING = 5
"""So many answers at the beginning of each turn do not count either: they find the processor's caches full of the other site's, which no school runs beside its own."""
PATIENCE, ENOUGH = 120.0, 20
DRAWN = "The model that served was drawn by lot (one matrix of items by items): what a request costs does not depend on what figures say. No training was measured."
DRAWS = 200


@dataclass(kw_only=True)
class Compared:
    """A page with its feed (``ours``) beside the same page without (``empty``), over all rounds."""

    ours: Measured = field(default_factory=Measured)
    empty: Measured = field(default_factory=Measured)
    rounds: list[tuple[list[float], list[float]]] = field(default_factory=list)
    """The seconds of each round, of both."""

    def ratio(self, share: float) -> float:
        """By how much the feed multiplies the time within which that share of the answers came."""
        return self.ours.percentile(share) / self.empty.percentile(share)

    def error(self, share: float) -> float:
        """The standard error of ``ratio``: its spread over rounds drawn anew from those that there were (bootstrap)."""
        drawing = random.Random(len(self.rounds))
        return statistics.stdev(self._drawn(drawing).ratio(share) for _ in range(DRAWS))

    def ratio_from_the_first(self, share: float) -> float:
        """As ``ratio``, with the answers that do not count."""
        ours, empty = (Measured(seconds=side.first + side.seconds) for side in (self.ours, self.empty))
        return Compared(ours=ours, empty=empty).ratio(share)

    def _drawn(self, drawing: random.Random) -> Compared:
        drawn = drawing.choices(self.rounds, k=len(self.rounds))
        ours, empty = (Measured(seconds=[one for part in parts for one in part]) for parts in zip(*drawn, strict=True))
        return Compared(ours=ours, empty=empty)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; with ``--write`` the table takes its place in ``benchmarks/README.md``."""
    options = _parser().parse_args(arguments)
    size = [str(options.members), str(options.items)]
    world.kept("_".join(["feed", *size]), made_by=["-m", "benchmarks.feeding.making", *size], is_fresh=options.fresh)
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    import django

    django.setup()
    from benchmarks.feeding import alike, drawing, training
    from benchmarks.serving import pages

    on = machine()
    first = None if options.drawn else training.trained_once()
    if options.drawn:
        drawing.drawn_once()
    members = pages.members(options.visitors)
    # As the workers of a site leave it: who likes the same was worked out within the hour.
    alike.found_for(members)
    try:
        with servers.both(EMPTY) as (ours, empty):
            _wait_for_the_model(ours, members)
            found = {name: _measured(options, name, ours, empty, members) for name in PAGES}
            meanwhile = (
                None if options.drawn else training.beside(lambda: _asked(options, _target("home", ours), members))
            )
    except WrongPage as wrong:
        print(f"Stopped: {wrong}", file=sys.stderr)
        return 1
    table = _written(options, on, found, first, meanwhile)
    print(table)
    if options.write:
        put(README, "feed", table)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure what the feed costs a page.")
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--visitors", type=int, default=600)
    parser.add_argument(
        "--connections",
        type=int,
        default=1,
        help="how many ask at once; of two it matters whether one process has both",
    )
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--drawn", action="store_true", help="serve a model drawn by lot, and train nothing")
    parser.add_argument("--fresh", action="store_true", help="make the world anew")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    return parser


def _wait_for_the_model(port: int, members: list[Visitor]) -> None:
    """Ask until twenty answers in a row name something that their readers did: every process of the server has read the model then."""
    until, in_a_row = time.monotonic() + PATIENCE, 0
    for visitor in itertools.cycle(members):
        in_a_row = in_a_row + 1 if b"Because you" in _page(port, visitor) else 0
        if in_a_row == ENOUGH:
            return
        if time.monotonic() > until:
            raise WrongPage("no card names anything that its reader did: the model does not serve")


def _page(port: int, visitor: Visitor) -> bytes:
    headers = {"Host": f"localhost:{port}", "Accept-Language": "en", "Cookie": f"sessionid={visitor.cookie}"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", headers=headers)) as answer:
        return bytes(answer.read())


def _target(name: str, port: int, *, is_empty: bool = False) -> Target:
    path, cards = PAGES[name]
    return Target(name=name, port=port, path=path, holds=NO_CARD if is_empty else CARD, times=1 if is_empty else cards)


def _measured(options: argparse.Namespace, name: str, ours: int, empty: int, members: list[Visitor]) -> Compared:
    found = Compared()
    sides = (_target(name, ours), found.ours), (_target(name, empty, is_empty=True), found.empty)
    for target, _ in sides:
        ask(target, members, seconds=BEFORE_IT_COUNTS, into=Measured(), connections=options.connections)
    for _ in range(options.rounds):
        before = len(found.ours.seconds), len(found.empty.seconds)
        for target, into in sides:
            ask(target, members, seconds=options.seconds, into=into, connections=options.connections, warming=WARMING)
        found.rounds.append((found.ours.seconds[before[0] :], found.empty.seconds[before[1] :]))
    print(f"· {name} is measured", flush=True)
    return found


def _asked(options: argparse.Namespace, target: Target, members: list[Visitor]) -> Measured:
    found = Measured()
    ask(target, members, seconds=options.seconds, into=found, connections=options.connections)
    return found


def _written(
    options: argparse.Namespace,
    on: str,
    found: dict[str, Compared],
    first: Trained | None,
    meanwhile: tuple[Trained, list[Measured]] | None,
) -> str:
    from_the_first = ", ".join(f"{one.ratio_from_the_first(0.95):.2f}" for one in found.values())
    lines = [
        f"{on}; {options.members:,} members, {options.items:,} items; {options.visitors} members in turns, asking {_at_once(options.connections)}.",
        "",
        "| page | p50 ms | p95 ms | without feed p50 | p95 | p50 ratio | p95 ratio |",
        "|---|--:|--:|--:|--:|--:|--:|",
        *(_line(name, one) for name, one in found.items()),
        "",
        f"The first {WARMING} answers of each turn do not count; with them the ratios at p95 are {from_the_first}.",
        *([f"First training: {first}."] if first else []),
        _beside(meanwhile, found["home"].ours) if meanwhile else DRAWN,
    ]
    missed = [f"{name} above {GOAL} ×" for name, one in found.items() if one.ratio(0.95) > GOAL]
    return "\n".join([*lines, "", f"Goals missed: {'; '.join(missed) or 'none'}."])


def _at_once(connections: int) -> str:
    return "one at a time" if connections == 1 else f"{connections} at once"


def _beside(meanwhile: tuple[Trained, list[Measured]], home: Measured) -> str:
    trained, asked = meanwhile
    return f"Training beside the site: {trained}. Home meanwhile: {_times(asked)}; before: {_times([home])}."


def _line(name: str, found: Compared) -> str:
    times = [one.percentile(share) for one in (found.ours, found.empty) for share in (0.5, 0.95)]
    ratios = " | ".join(f"**{found.ratio(share):.2f}** ± {found.error(share):.2f}" for share in (0.5, 0.95))
    return f"| {name} | {' | '.join(f'{one:.0f}' for one in times)} | {ratios} |"


def _times(found: Sequence[Measured]) -> str:
    together = Measured(seconds=[one for part in found for one in part.seconds])
    return f"p50 {together.percentile(0.5):.0f} ms, p95 {together.percentile(0.95):.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
