"""The same plan gives the same world; another seed another one; an interrupted one leaves nothing."""

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from community.demo.world.building import build
from community.demo.world.fingerprint import digests, fingerprint
from community.models import School

from .conftest import small_plan

TINY = {"members": 60, "courses": 3, "posts": 130}


def made(fresh_database, **changes):
    fresh_database()
    # A database that begins anew has no trained models in its folder either.
    settings.MODELS_ROOT = settings.VAR / f"models-{connection.settings_dict['NAME']}"
    build(small_plan(**TINY | changes), say=lambda words: None)
    return fingerprint(), digests()


@pytest.mark.slow
def test_one_seed_and_day_give_one_world(fresh_database):
    first, tables = made(fresh_database)
    second, again = made(fresh_database)
    assert {name for name in tables if tables[name] != again[name]} == set()
    assert first == second
    other, others = made(fresh_database, seed=8)
    assert other != first
    assert others["forum_thread"] != tables["forum_thread"]


def test_what_is_interrupted_leaves_nothing_behind(fresh_database):
    def stop(words):
        if "facts are told" in words:
            raise KeyboardInterrupt

    fresh_database()
    with pytest.raises(KeyboardInterrupt):
        build(small_plan(**TINY), say=stop)
    assert not User.objects.exists()
    assert not School.objects.exists()
