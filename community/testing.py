"""
Gives each test worker Redis databases of its own.

Loaded by ``-p`` before the settings are read. Workers that shared a database would empty each other's counters, since
every test begins with an empty cache.
"""

import os

DATABASES_EACH = 3


def first_database(worker: str) -> int:
    """The first of three Redis databases for ``worker`` (``gw0``, ``gw1``…); a run without workers has those of the site."""
    return DATABASES_EACH * (int(worker.removeprefix("gw")) + 1) if worker else 0


os.environ["REDIS_FIRST_DATABASE"] = str(first_database(os.environ.get("PYTEST_XDIST_WORKER", "")))
