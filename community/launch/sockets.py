"""Places for unix sockets and free ports."""

import hashlib
import os
import socket
import tempfile
from pathlib import Path

LONGEST_SOCKET_PATH = 107  # sun_path holds 108 bytes, the last one a zero


def folder_for(state: Path, *, longest_name: str) -> Path:
    """A private folder in which a socket called ``longest_name`` can be bound: inside ``state`` when its path is short enough."""
    if len(os.fsencode(state / longest_name)) <= LONGEST_SOCKET_PATH:
        chosen = state
    else:
        digest = hashlib.sha256(os.fsencode(state)).hexdigest()[:12]
        chosen = Path(tempfile.gettempdir()) / f"lyceum-{os.geteuid()}-{digest}"
    chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
    if chosen.stat().st_uid not in (os.geteuid(), 0) and os.geteuid() != 0:
        raise PermissionError(f"{chosen} belongs to somebody else")
    return chosen


def free_port(*, first: int, taken: set[int]) -> int:
    """The first port from ``first`` on that can be bound on loopback and is not in ``taken``."""
    for port in range(first, first + 200):
        if port not in taken and _can_bind(port):
            return port
    raise OSError(f"no free port between {first} and {first + 199}")


def _can_bind(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
