"""
Walk every page that the table of access gives a person for, and fail with a list of what is wrong with them.

Run as ``./run screenshots``. The pictures and a contact sheet are left in ``var/screens``.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from community.launch.ground import Refused, end_as_by_ctrl_c

from . import place

if TYPE_CHECKING:
    from community.access import Row
    from community.access.stage import Stage

    from .shots import Shot
    from .walking import Seen

LANGUAGES = {"zh": "zh-hans", "en": "en"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Take the pictures asked for; exit code 1 if there are faults."""
    options = _parser().parse_args(arguments)
    end_as_by_ctrl_c()
    try:
        if options.first_day:
            return _see_the_first_day(options)
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
    parser.add_argument("--first-day", action="store_true", help="a school before it is open, and without content")
    parser.add_argument("--port", type=int, default=8500)
    parser.add_argument("--fresh", action="store_true", help="make the world anew")
    return parser


def _set_up() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "community.settings"
    import django

    django.setup()


def _stage() -> "Stage":
    _set_up()
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


def _see_the_first_day(options: argparse.Namespace) -> int:
    ports = place.prepare_empty(first_port=options.port)
    _set_up()
    from . import first_day

    languages = [LANGUAGES[language] for language in options.lang]
    with place.opened(ports) as site:
        seen = _look(first_day.before(widths=options.width, languages=languages), options, None, site)
        stage = first_day.open_it(languages[0])
        for language in languages:
            seen += _walk_in(language, options, stage, site, rows=first_day.pages(stage))
    return _tell(options, seen)


def _walk(options: argparse.Namespace, stage: "Stage", site: str) -> int:
    seen: list[Seen] = []
    for language in options.lang:
        seen += _walk_in(LANGUAGES[language], options, stage, site)
    if not seen:
        raise Refused(f"No page has {' or '.join(options.only)!r} in its name.")
    return _tell(options, seen)


def _tell(options: argparse.Namespace, seen: "list[Seen]") -> int:
    from . import sheet

    found = sheet.faults(seen)
    where = sheet.write(seen, themes=options.theme, into=_folder(options))
    print(f"\n{len(seen)} pages looked at, {len(found)} faults: {where}")
    return 1 if found else 0


def _walk_in(
    language: str, options: argparse.Namespace, stage: "Stage", site: str, rows: "list[Row] | None" = None
) -> "list[Seen]":
    from .shots import shots, speak

    speak(stage, language)
    wanted = shots(
        stage, only=options.only, is_main=options.main, widths=options.width, languages=[language], rows=rows
    )
    return _look(wanted, options, stage, site)


def _look(wanted: "list[Shot]", options: argparse.Namespace, stage: "Stage | None", site: str) -> "list[Seen]":
    from .shots import sessions
    from .walking import walk

    into = _folder(options)
    into.mkdir(parents=True, exist_ok=True)
    known = sessions(stage) if stage else {}
    return asyncio.run(
        walk(wanted, site=site, sessions=known, themes=options.theme, at_once=options.at_once, into=into)
    )


def _folder(options: argparse.Namespace) -> Path:
    return place.SCREENS / "first-day" if options.first_day else place.SCREENS


if __name__ == "__main__":
    sys.exit(main())
