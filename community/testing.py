"""
Gives each test worker Redis databases of its own, all journeys to one of them, and notes for ``./run check`` what failed.

Loaded by ``-p`` before the settings are read. Workers that shared a database would empty each other's counters, since
every test begins with an empty cache.
"""

import os
from pathlib import Path
from typing import Any

from community.launch import second_try

DATABASES_EACH = 3
JOURNEYS = "community/tests/journeys/"


def first_database(worker: str) -> int:
    """The first of three Redis databases for ``worker`` (``gw0``, ``gw1``…); a run without workers has those of the site."""
    return DATABASES_EACH * (int(worker.removeprefix("gw")) + 1) if worker else 0


os.environ["REDIS_FIRST_DATABASE"] = str(first_database(os.environ.get("PYTEST_XDIST_WORKER", "")))


def pytest_xdist_make_scheduler(config: Any, log: Any) -> Any:
    """Let one worker live all journeys at one site, while the others go on with what else there is."""
    from xdist.scheduler import LoadGroupScheduling

    class OneSite(LoadGroupScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return place_of(nodeid)

    # The mark for this, xdist_group, writes into an attribute that pytest no longer reads.
    return OneSite(config, log) if config.getvalue("dist") == "loadgroup" else None


def place_of(nodeid: str) -> str:
    """Which tests go to one worker together: all journeys, and those of one module, whose stage is then set up once."""
    return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.partition("::")[0]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Note what failed, where somebody asks for it; only the process that hands out the tests has a summary."""
    if path := os.environ.get(second_try.VARIABLE):
        reports = [*terminalreporter.stats.get("failed", []), *terminalreporter.stats.get("error", [])]
        second_try.note(Path(path), [(report.nodeid, report.keywords) for report in reports])
