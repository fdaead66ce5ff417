"""
The one way out to addresses that people give: link previews, feeds, webhooks.

A name is resolved once; every address that it has must be public; the connection goes to the address that was checked,
so that a second answer of the name server cannot lead elsewhere. No cookies, no proxies from the environment, at most
three redirects (each checked anew), five seconds in all, one mebibyte.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import urllib.parse
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass

SECONDS = 5.0
MOST_BYTES = 1_048_576
MOST_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_URL = 2_000

# Public by number, but each stands for an address of another kind inside, or for no single host.
_MISLEADING = [
    ipaddress.ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")
]
_names = ThreadPoolExecutor(max_workers=4, thread_name_prefix="names")


class FetchRefused(Exception):
    """The address leads somewhere that we do not go."""


class FetchFailed(Exception):
    """Nothing usable came back in time."""


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What came back."""

    url: str
    status: int
    content_type: str
    body: bytes


def fetch(url: str, *, content_types: Collection[str] = ()) -> Fetched:
    """
    GET ``url``; ``content_types``, when given, are the only ones taken.

    :raises FetchRefused: if the address, or one that it redirects to, is not a public one on port 80 or 443.
    :raises FetchFailed: if it does not answer in time, answers too much, or something else than was asked for.
    """
    until = time.monotonic() + SECONDS
    for _ in range(MOST_REDIRECTS + 1):
        answer, target = _one(url, until)
        if target is None:
            if content_types and answer.content_type not in content_types:
                raise FetchFailed(f"{answer.content_type or 'nothing known'} came back")
            return answer
        url = urllib.parse.urljoin(url, target)
    raise FetchFailed("too many redirects")


def _one(url: str, until: float) -> tuple[Fetched, str | None]:
    parts = _checked(url)
    port = PORTS[parts.scheme]
    address = _public_address(str(parts.hostname), port, until)
    connection = _connection(parts.scheme, str(parts.hostname), address, port, until)
    # A timeout of the socket begins anew with each byte that drips in; this one does not.
    watch = threading.Timer(_left(until), _cut, [connection])
    watch.start()
    try:
        return _ask(connection, parts, url, until)
    except (OSError, http.client.HTTPException, AttributeError) as error:
        raise FetchFailed(f"{type(error).__name__}: {error}") from error
    finally:
        watch.cancel()
        connection.close()


def _checked(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchRefused(str(error)) from error
    if parts.scheme not in PORTS or not parts.hostname or len(url) > LONGEST_URL or not url.isprintable() or " " in url:
        raise FetchRefused("only http and https addresses are fetched")
    if port not in {None, PORTS[parts.scheme]} or parts.username is not None or parts.password is not None:
        raise FetchRefused("no other ports, no names of users")
    return parts


def _public_address(host: str, port: int, until: float) -> str:
    try:
        found = _names.submit(_resolve, host, port).result(timeout=_left(until))
    except TooLate as error:
        raise FetchFailed("the name server did not answer in time") from error
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"{host} has no address") from error
    if not found or not all(is_public(address) for address in found):
        raise FetchRefused(f"{host} is not a public address")
    return found[0]


def _resolve(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether ``address`` is one that anybody on the internet could reach."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    is_misleading = any(found.version == network.version and found in network for network in _MISLEADING)
    return found.is_global and not found.is_multicast and not is_misleading


class _Plain(http.client.HTTPConnection):
    """Connects to an address that was checked, whatever its name resolves to by now."""

    def __init__(self, host: str, *, address: str, port: int, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address = address
        self.wire: socket.socket | None = None

    def connect(self) -> None:
        # ``sock`` is given away to the answer before that has been read; the one that can be cut stays in ``wire``.
        self.sock = self.wire = socket.create_connection((self._address, self.port), self.timeout)


class _Secure(_Plain):
    """The same with TLS, verified for the name that was asked for."""

    def connect(self) -> None:
        super().connect()
        self.sock = self.wire = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _connection(scheme: str, host: str, address: str, port: int, until: float) -> _Plain:
    kind = _Secure if scheme == "https" else _Plain
    return kind(host, address=address, port=port, seconds=_left(until))


def _cut(connection: _Plain) -> None:
    if connection.wire is not None:
        # It may have ended by itself in the same moment.
        with contextlib.suppress(OSError):
            connection.wire.shutdown(socket.SHUT_RDWR)


def _ask(
    connection: http.client.HTTPConnection, parts: urllib.parse.SplitResult, url: str, until: float
) -> tuple[Fetched, str | None]:
    path = urllib.parse.quote(parts.path or "/", safe="/%:@!$&'()*+,;=-._~")
    query = "?" + urllib.parse.quote(parts.query, safe="/%:@!$&'()*+,;=-._~?") if parts.query else ""
    connection.request("GET", path + query, headers={"User-Agent": "Lyceum", "Accept-Encoding": "identity"})
    response = connection.getresponse()
    if response.status in REDIRECTS and response.getheader("Location"):
        return Fetched(url=url, status=response.status, content_type="", body=b""), response.getheader("Location")
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise FetchFailed("the answer is too large")
    if time.monotonic() >= until or response.length:
        raise FetchFailed("the answer took too long")
    content_type = response.headers.get_content_type() if response.getheader("Content-Type") else ""
    return Fetched(url=url, status=response.status, content_type=content_type, body=body), None


def _left(until: float) -> float:
    return max(0.001, until - time.monotonic())
