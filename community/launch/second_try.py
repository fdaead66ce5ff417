"""
A second try for the few tests that time may have disturbed; see ADR 0018.

The runner of the tests notes which ones failed and under which marks; ``./run check`` asks them once more, alone.
"""

import json
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "LYCEUM_FAILED_TESTS"
"""The environment's name for the file that notes what failed."""
MOST = 3
WITHOUT = frozenset({"race", "stateful", "forgery", "leak"})
"""Marks of tests whose one failure in many is the fault that they look for."""


def note(path: Path, failed: Iterable[tuple[str, Iterable[str]]]) -> None:
    """Write down each test that failed, by its id, with its marks."""
    path.write_text(json.dumps({name: sorted(WITHOUT.intersection(marks)) for name, marks in failed}))


def tests(path: Path) -> list[str]:
    """The ids of the tests to be asked again: none when there are many, or when one of them must never fail."""
    failed = json.loads(path.read_text()) if path.exists() else {}
    return sorted(failed) if 0 < len(failed) <= MOST and not any(failed.values()) else []
