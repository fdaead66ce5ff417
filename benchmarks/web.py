"""
Measure our pages against a bare one on the same server, database and template engine, and write the table.

Run as ``./run bench web``. The world of a million facts is made once (minutes) and kept under ``var/test``; ``--fresh`` makes it
anew, ``--small`` takes a small one, to try the command out. Ours and the bare page take turns of ``--seconds`` in ``--rounds`` rounds, as a guest
and as members, another of 600 at each request. Each body is looked at; a wrong one ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.serving import machine, put, servers, world
from benchmarks.serving.asking import Measured, Target, Visitor, WrongPage, ask
from benchmarks.serving.table import written

README = Path(__file__).parent / "README.md"
GUEST = [Visitor()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; with ``--write`` the table takes its place in ``benchmarks/README.md``."""
    options = _parser().parse_args(arguments)
    world.prepare(is_small=options.small, is_fresh=options.fresh)
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    import django

    django.setup()
    from benchmarks.serving import pages

    members = pages.members(world.MEMBERS)
    with servers.both() as (ours, bare):
        on = machine()
        try:
            found = _measure(options, pages.targets(ours=ours, bare=bare), members)
        except WrongPage as wrong:
            print(f"Stopped: {wrong}", file=sys.stderr)
            return 1
    table = written(found, queries=pages.queries(members), machine=on, facts=pages.facts(), members=len(members))
    print(table)
    if options.write:
        put(README, "web", table)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure our pages against a bare one.")
    parser.add_argument("--small", action="store_true", help="a small world, to try this out")
    parser.add_argument("--fresh", action="store_true", help="make the world anew")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    return parser


Found = dict[tuple[str, str], Measured]


def _measure(options: argparse.Namespace, targets: tuple[Target, list[Target]], members: list[Visitor]) -> Found:
    bare, ours = targets
    kinds = {"guest": (GUEST, GUEST), "member": members_of(members)}
    for kind, (visitors, bare_visitors) in kinds.items():
        # Once before the clock runs: sessions are noted at their first page, templates are read, connections opened.
        for target in ours:
            ask(target, visitors, seconds=1.0, into=Measured())
        ask(bare, bare_visitors, seconds=1.0, into=Measured())
        print(f"· warm for {kind}", flush=True)
    found: Found = {}
    for number in range(options.rounds):
        for kind, (visitors, bare_visitors) in kinds.items():
            for target in ours:
                ask(
                    bare,
                    bare_visitors,
                    seconds=options.seconds / 4,
                    into=found.setdefault((bare.name, kind), Measured()),
                )
                ask(target, visitors, seconds=options.seconds, into=found.setdefault((target.name, kind), Measured()))
        print(f"· round {number + 1} of {options.rounds}", flush=True)
    return found


def members_of(members: list[Visitor]) -> tuple[list[Visitor], list[Visitor]]:
    """The members as our pages and as the bare page name them."""
    return members, [
        Visitor(cookie=one.cookie, mark=f"<p>{one.username}</p>", username=one.username) for one in members
    ]


if __name__ == "__main__":
    sys.exit(main())
