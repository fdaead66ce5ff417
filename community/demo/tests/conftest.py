"""A small world, made once for a module that only looks at it."""

import os

import pytest
from django.conf import settings
from django.db import connections

from community.demo.world.building import build
from community.demo.world.plan import Plan, last_minute
from conftest import _point_to, _sql, _template


def small_plan(**changes):
    from datetime import date

    return Plan(
        **{"seed": 7, "now": last_minute(date(2026, 10, 20)), "members": 90, "courses": 9, "posts": 900, **changes}
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of the world, away from those of the site."""
    before = settings.VAR, settings.MODELS_ROOT
    settings.VAR = tmp_path_factory.mktemp("var")
    settings.MODELS_ROOT = settings.VAR / "models"
    yield settings.VAR
    settings.VAR, settings.MODELS_ROOT = before


@pytest.fixture(scope="module")
def fresh_database(django_db_setup, django_db_blocker, folder):
    """Makes databases that have migrations and nothing else, and points Django to the newest."""
    before = connections["default"].settings_dict["NAME"]
    made = []

    def make():
        made.append(f"{before}_world_{os.getpid()}_{len(made)}")
        _sql(f'CREATE DATABASE "{made[-1]}" TEMPLATE "{_template()}"')
        _point_to(made[-1])

    with django_db_blocker.unblock():
        try:
            yield make
        finally:
            _point_to(before)
            for name in made:
                _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def world(fresh_database):
    """A small world and what was said while it was made."""
    fresh_database()
    said = []
    plan = small_plan()
    build(plan, say=said.append)
    return plan, said
