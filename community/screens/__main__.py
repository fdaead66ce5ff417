"""
Walk every page that the table of access gives a person for, and fail with a list of what is wrong with them.

Run as ``./run screenshots``. The pictures and a contact sheet are left in ``var/screens``.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from community.launch.ground import Refused, end_as_by_ctrl_c

from . import place

if TYPE_CHECKING:
    from community.access.stage import Stage

    from .walking import Seen

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures asked for; exit code 1 if there are faults."""
    options = _parser().parse_args(arguments)
    end_as_by_ctrl_c()
    try:
        ports = place.prepare(first_port=options.port, is_fresh=options.fresh or options.readme)
        stage = _stage()
        with place.opened(ports) as site:
            return _take_portraits(stage, site) if options.readme else _walk(options, stage, site)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run screenshots", description="Walk every page and look at it.")
    parser.add_argument(
        "--only",
        default=[""],
        nargs="*",
        metavar="WORD",
        help="pages with one of these in their name, as courses:detail",
    )
    parser.add_argument("--main", action="store_true", help="the main pages only")
    parser.add_argument("--width", type=int, nargs="*", default=[390, 1280])
    parser.add_argument("--theme", choices=["light", "dark"], nargs="*", default=["light", "dark"])
    parser.add_argument("--lang", choices=list(LANGUAGES), nargs="*", default=list(LANGUAGES))
    parser.add_argument("--at-once", type=int, default=3, help="how many pages are open at once")
    parser.add_argument("--readme", action="store_true", help="the pictures of the readme instead, in a fresh world")
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument("--fresh", action="store_true", help="make the world anew")
    return parser


def _stage() -> "Stage":
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    import django

    django.setup()
    from community.access.furnishing import furnish
    from community.access.stage import Stage

    stage = Stage()
    furnish(stage)
    return stage


def _take_portraits(stage: "Stage", site: str) -> int:
    from .portraits import TooHeavy, take

    try:
        made = take(stage, site=site)
    except TooHeavy as heavy:
        raise Refused(str(heavy)) from heavy
    print("\n".join(f"{path.stat().st_size:>9,}  {path}" for path in made))
    return 0


def _walk(options: argparse.Namespace, stage: "Stage", site: str) -> int:
    from . import sheet

    seen: list[Seen] = []
    for language in options.lang:
        seen += _walk_in(LANGUAGES[language], options, stage, site)
    if not seen:
        raise Refused(f"No page has {' or '.join(options.only)!r} in its name.")
    found = sheet.faults(seen)
    print(
        f"\n{len(seen)} pages looked at, {len(found)} faults: {sheet.write(seen, themes=options.theme, into=place.SCREENS)}"
    )
    return 1 if found else 0


def _walk_in(language: str, options: argparse.Namespace, stage: "Stage", site: str) -> "list[Seen]":
    from .shots import sessions, shots, speak
    from .walking import walk

    place.SCREENS.mkdir(parents=True, exist_ok=True)
    speak(stage, language)
    wanted = shots(stage, only=options.only, is_main=options.main, widths=options.width, languages=[language])
    return asyncio.run(
        walk(
            wanted,
            site=site,
            sessions=sessions(stage),
            themes=options.theme,
            at_once=options.at_once,
            into=place.SCREENS,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
