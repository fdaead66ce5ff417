"""Tests that run side by side do not touch each other."""

import os

from django.conf import settings

from community.testing import DATABASES_EACH, JOURNEYS, first_database, place_of


def test_workers_and_the_site_share_no_redis_database():
    taken = [first_database(worker) + nth for worker in ("", "gw0", "gw1", "gw9") for nth in range(DATABASES_EACH)]
    assert sorted(set(taken)) == sorted(taken)


def test_this_worker_uses_its_own():
    first = first_database(os.environ.get("PYTEST_XDIST_WORKER", ""))
    assert settings.CACHE_URL.rpartition("db=")[2] == str(first + 1)


def test_all_journeys_go_to_one_worker_and_so_does_each_other_module():
    journeys = {place_of(f"{JOURNEYS}test_points.py::test_one"), place_of(f"{JOURNEYS}test_the_desk.py::test_two")}
    module = {place_of("forum/tests/test_x.py::test_one"), place_of("forum/tests/test_x.py::TestY::test_two")}
    both = {place_of("forum/tests/test_x.py::test_one"), place_of("forum/tests/test_z.py::test_one")}
    assert (len(journeys), len(module), len(both)) == (1, 1, 2)
