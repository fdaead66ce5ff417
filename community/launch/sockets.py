"""Places for unix sockets and free ports."""

import hashlib
import os
import pwd
import socket
import stat
import tempfile
from pathlib import Path

from .ground import Refused

LONGEST_SOCKET_PATH = 107  # sun_path holds 108 bytes, the last one a zero


def folder_for(state: Path, *, longest_name: str) -> Path:
    """A private folder in which a socket called ``longest_name`` can be bound: inside ``state`` when its path is short enough."""
    if len(os.fsencode(state / longest_name)) <= LONGEST_SOCKET_PATH:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        return state
    digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
    name = f"lyceum-{os.geteuid()}-{digest}"
    chosen = next(
        folder / name for folder in _outside() if len(os.fsencode(folder / name / longest_name)) <= LONGEST_SOCKET_PATH
    )
    chosen.mkdir(mode=0o700, exist_ok=True)
    _see_that_it_is_ours(chosen)
    return chosen


def _outside() -> tuple[Path, Path]:
    # TMPDIR may be a long path itself.
    return Path(tempfile.gettempdir()), Path("/tmp")  # noqa: S108


def _see_that_it_is_ours(folder: Path) -> None:
    # Everybody may write beside it: a folder or link that somebody else put there first is no place for our sockets.
    found = folder.lstat()
    ours = {os.geteuid()} | ({pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(f"{folder} was put there by somebody else. Remove it and start again.")


def free_port(*, first: int, taken: set[int]) -> int:
    """
    The first port from ``first`` on that can be bound on loopback and is not in ``taken``.

    :raises Refused: if there is none near by.
    """
    last = min(first + 199, 65_535)
    for port in range(first, last + 1):
        if port not in taken and _can_bind(port):
            return port
    raise Refused(f"No free port from {first} to {last}; choose another one with --port.")


def _can_bind(port: int) -> bool:
    # Browsers try ::1 first for "localhost": a port that another program has there would show that program.
    return _binds(socket.AF_INET, "127.0.0.1", port) and (not _has_ipv6() or _binds(socket.AF_INET6, "::1", port))


def _has_ipv6() -> bool:
    return socket.has_ipv6 and _binds(socket.AF_INET6, "::1", 0)


def _binds(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError:
        return False
    return True
