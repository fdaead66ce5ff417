"""Asking for pages: eight connections that stay open, each answer looked at, another member every time."""

import http.client
import itertools
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 8


class WrongPage(Exception):
    """An answer is not the page that was asked for; nothing measured with it would mean anything."""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who asks: a cookie, and what stands on every page that is theirs."""

    cookie: str = ""
    mark: str = ""
    username: str = ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A page: where it is, and what must stand in it how often."""

    name: str
    port: int
    path: str
    holds: str
    times: int = 1
    query: str = ""


@dataclass
class Measured:
    """What was measured of one page, over all rounds."""

    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    size: int = 0
    first: list[float] = field(default_factory=list)
    """What does not count of the answers: those at the beginning of turns."""

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(self.rates)

    def percentile(self, share: float) -> float:
        """The time within which that share of the answers came, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ask(
    target: Target, visitors: Sequence[Visitor], *, seconds: float, into: Measured, connections: int = CONNECTIONS, warming: int = 0
) -> None:  # fmt: skip
    """
    Ask for ``target`` over ``connections`` for so long and add what was measured to ``into``; the next turn goes on with whoever is next.

    The first ``warming`` answers over each connection are looked at and do not count.

    :raises WrongPage: at the first answer that is not the page.
    """
    turn = itertools.count(len(into.seconds) + len(into.first))
    until = time.perf_counter() + seconds
    lists: list[list[float]] = [[] for _ in range(connections)]
    faults: list[BaseException] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(target=_guarded, args=(_ask_on, faults, target, visitors, turn, until, one, into))
        for one in lists
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    took = time.perf_counter() - began
    into.first += [one for row in lists for one in row[:warming]]
    into.seconds += [one for row in lists for one in row[warming:]]
    into.rates.append(sum(map(len, lists)) / took)


def _guarded(work: Callable[..., None], faults: list[BaseException], *arguments: object) -> None:
    try:
        work(*arguments)
    except Exception as fault:  # noqa: BLE001 - handed to the thread that waits
        faults.append(fault)


def _ask_on(
    target: Target,
    visitors: Sequence[Visitor],
    turn: "itertools.count[int]",
    until: float,
    found: list[float],
    into: Measured,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    try:
        while time.perf_counter() < until:
            visitor = visitors[next(turn) % len(visitors)]
            began = time.perf_counter()
            body = _fetch(connection, target, visitor)
            found.append(time.perf_counter() - began)
            check(target, visitor, body)
            into.size = max(into.size, len(body))
    finally:
        connection.close()


def _fetch(connection: http.client.HTTPConnection, target: Target, visitor: Visitor) -> bytes:
    headers = {"Host": f"localhost:{target.port}", "Accept-Language": "en"}
    if visitor.cookie:
        headers["Cookie"] = f"sessionid={visitor.cookie}"
    connection.request("GET", target.path + target.query, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != http.client.OK:
        raise WrongPage(f"{target.name}: {target.path} answered {answer.status}")
    return body


def check(target: Target, visitor: Visitor, body: bytes) -> None:
    """
    Look whether ``body`` is the page of ``target`` for ``visitor``.

    :raises WrongPage: if it is not.
    """
    found = body.count(target.holds.encode())
    if found < target.times:
        raise WrongPage(f"{target.name}: {found} of {target.times} times {target.holds!r} in {target.path}")
    if visitor.mark and visitor.mark.encode() not in body:
        raise WrongPage(f"{target.name}: the page is not that of {visitor.mark}")
    if not visitor.cookie and b"</html>" not in body:
        raise WrongPage(f"{target.name}: the page is cut off")
