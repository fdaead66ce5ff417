"""Tests that run side by side do not touch each other."""

import os

from django.conf import settings

from community.testing import DATABASES_EACH, first_database


def test_workers_and_the_site_share_no_redis_database():
    taken = [first_database(worker) + nth for worker in ("", "gw0", "gw1", "gw9") for nth in range(DATABASES_EACH)]
    assert sorted(set(taken)) == sorted(taken)


def test_this_worker_uses_its_own():
    first = first_database(os.environ.get("PYTEST_XDIST_WORKER", ""))
    assert settings.CACHE_URL.rpartition("db=")[2] == str(first + 1)
