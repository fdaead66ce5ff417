"""Collects what is to be translated, room by room, without gettext's own programs."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "gettext": None, "gettext_lazy": None, "gettext_noop": None, "_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
LOCALE = "zh_Hans"
NOISE = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Last-Translator',
    '"Report-Msgid',
    '"Language-Team',
    '"Generated-By',
)
CLAIMED = {
    "community": ("demo", "opening"),
    "accounts": ("account", "mfa", "usersessions", "socialaccount", "settings"),
    "ui": ("components", "layouts", "styleguide", "reference"),
}
"""Folders of templates whose messages a room keeps although they have other names."""
SKIPPED = {"tests", "migrations", "var", "static", "node_modules"}


class Command(BaseCommand):
    """Brings every .po file up to date, or with ``--check`` fails when one is not or lacks a translation."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [fault for room in rooms() for fault in self._room(room, is_check=options["check"])]
        faults += collisions(rooms())
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} messages are not translated")

    def _room(self, room: Path, *, is_check: bool) -> Iterator[str]:
        path = room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"
        catalog = _catalog(path)
        found = _collect(room)
        if not found and not path.exists():
            return
        _update(catalog, found)
        if not is_check:
            _write(path, catalog)
        for message in catalog:
            if message.id and (message.fuzzy or not _is_translated(message)):
                where = message.locations[0][0] if message.locations else "?"
                yield f"{path.relative_to(settings.BASE_DIR)}: {message.id!r} ({where})"


def rooms() -> list[Path]:
    """Every room that has messages of its own; the root holds those of templates that belong to no room."""
    root = settings.BASE_DIR
    found = [path.parent for path in (*root.glob("*/apps.py"), *root.glob("core/*/apps.py"))]
    return [root, *sorted(found)]


def collisions(found: list[Path]) -> list[str]:
    """Messages with two translations: all catalogues are one at run time, and nobody knows which of the two is shown."""
    said: dict[tuple[Any, Any], set[Any]] = {}
    for room in found:
        for message in _catalog(room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"):
            if message.id and _is_translated(message):
                said.setdefault((message.context, message.id), set()).add(message.string)
    return [
        f"{key!r} is both {' and '.join(map(repr, sorted(map(str, words))))}"
        for key, words in said.items()
        if len(words) > 1
    ]


def _collect(room: Path) -> dict[tuple[str | None, Any], list[str]]:
    messages: dict[tuple[str | None, Any], list[str]] = {}
    for path in _sources(room):
        for context, message in _extract(path):
            messages.setdefault((context, message), []).append(str(path.relative_to(settings.BASE_DIR)))
    return messages


def _sources(room: Path) -> Iterator[Path]:
    root: Path = settings.BASE_DIR
    names = {one.name for one in rooms()[1:]}.union(*CLAIMED.values())
    if room == root:
        folders = [one for one in (root / "templates").iterdir() if one.is_dir() and one.name not in names]
    else:
        claimed = [root / "templates" / name for name in (room.name, *CLAIMED.get(room.name, ()))]
        folders = [one for one in (room, *claimed) if one.exists()]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder).parts
            if path.suffix in {".py", ".html", ".txt"} and not SKIPPED.intersection(inner) and "locale" not in inner:
                yield path


def _extract(path: Path) -> Iterator[tuple[str | None, Any]]:
    text = path.read_text()
    if path.suffix == ".py":
        source = text
    elif path.is_relative_to(settings.BASE_DIR / "templates") or "templates" in path.parts:
        source = _joined(templatize(text, origin=str(path)))
    else:
        return
    for _line, function, message, _comments in extract_python(
        BytesIO(source.encode()), cast(Any, list(KEYWORDS)), (), {"encoding": "utf-8"}
    ):
        yield from _message(str(function), message)


def _joined(source: str) -> str:
    """Django's pseudo source marks everything else by runs of X and S, which are not Python; only the calls are kept."""
    calls = re.findall(
        r"\b(?:gettext|ngettext|pgettext|npgettext)\((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[^()'\"])*\)|\b_\((?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\)",
        source,
        re.DOTALL,
    )
    return "\n".join(" ".join(call.split("\n")) for call in calls)


def _message(function: str, message: Any) -> Iterator[tuple[str | None, Any]]:
    parts = [message] if isinstance(message, str) else [part for part in message or () if part is not None]
    if not parts or not parts[0]:
        return
    context = parts.pop(0) if function.startswith(("pgettext", "npgettext")) else None
    if "ngettext" in function or "npgettext" in function:
        if len(parts) > 1:
            yield context, (parts[0], parts[1])
    elif parts:
        yield context, parts[0]


def _catalog(path: Path) -> Catalog:
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=LOCALE)
        catalog.fuzzy, catalog.header_comment = False, "# 简体中文"
        return catalog
    return Catalog(
        locale=LOCALE, domain="django", project="Lyceum", version="1", fuzzy=False, header_comment="# 简体中文"
    )


def _update(catalog: Catalog, found: dict[tuple[str | None, Any], list[str]]) -> None:
    known = {(message.context, message.id) for message in catalog if message.id}
    for context, message in known - set(found):
        catalog.delete(message, context)
    for (context, message), places in found.items():
        if (context, message) not in known:
            catalog.add(message, context=context, locations=[(place, 0) for place in sorted(set(places))])
        else:
            entry = catalog.get(message[0] if isinstance(message, tuple) else message, context)
            if entry is not None:
                entry.locations = [(place, 0) for place in sorted(set(places))]


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, catalog, sort_output=True, include_lineno=False, width=120)
    # Dates and names of tools would make every run a change.
    lines = [line for line in buffer.getvalue().decode().splitlines() if not line.startswith(NOISE)]
    path.write_text("\n".join(lines).strip() + "\n")


def _is_translated(message: Any) -> bool:
    return all(message.string) if isinstance(message.string, tuple) else bool(message.string)
