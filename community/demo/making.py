"""Whether a world is being made at this moment, as every process of the site can see without asking the database."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings


class AlreadyBeingMade(Exception):
    """Another process makes a world here at this moment."""


def _path() -> Path:
    return Path(settings.VAR) / "demo" / "making"


@contextmanager
def making() -> Iterator[None]:
    """
    Hold the sign that says so for as long as the block takes; a process that is killed takes it along.

    :raises AlreadyBeingMade: if another process holds it.
    """
    _path().parent.mkdir(parents=True, exist_ok=True)
    with _path().open("w") as sign:
        if not _lock(sign):
            raise AlreadyBeingMade
        try:
            yield
        finally:
            _path().unlink(missing_ok=True)


def is_being_made() -> bool:
    """Whether somebody holds the sign; costs one look at a file."""
    try:
        with _path().open() as sign:
            return not _lock(sign)
    except FileNotFoundError:
        return False


def _lock(sign: IO[str]) -> bool:
    try:
        fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
