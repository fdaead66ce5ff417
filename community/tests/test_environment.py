"""What the environment says has a type; what is missing or malformed stops the start with a sentence that names it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from community.environment import Environment, database, redis_address

SAID = Environment({"OIL": "rape seed", "LAMPS": "3", "LIT": "yes", "COLORS": "red, green,", "ZONE": "Europe/Lisbon"})


def test_it_is_read_by_its_type():
    assert (SAID.text("OIL"), SAID.number("LAMPS", 1), SAID.flag("LIT"), SAID.words("COLORS")) == (
        "rape seed", 3, True, ["red", "green"],
    )  # fmt: skip
    assert SAID.time_zone("ZONE", "UTC") == "Europe/Lisbon"


def test_what_is_not_said_is_what_we_say():
    assert (SAID.text("WICK", "cotton"), SAID.number("SHELVES", 2), SAID.flag("LOCKED"), SAID.words("DOORS", "a,b")) == (
        "cotton", 2, False, ["a", "b"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda said: said.text("WICK"), "Set WICK in the environment; see docs/production.md."),
        (lambda said: said.number("OIL", 1), "OIL must be a whole number, not 'rape seed'."),
        (lambda said: said.flag("OIL"), "OIL must be 1 or 0, not 'rape seed'."),
        (lambda said: said.time_zone("OIL", "UTC"), "OIL must be a time zone like Europe/Berlin, not 'rape seed'."),
        (lambda said: database("mysql://lamp", statement_timeout_ms=1), "DATABASE_URL must begin with postgresql://"),
        (lambda said: redis_address("lamp://", number=1), "REDIS_URL must begin with redis://, rediss:// or unix://"),
        (lambda said: Environment({"LYCEUM_ENVIRONMENT": "play"}).kind(),
         "LYCEUM_ENVIRONMENT must be one of production, demo, development, test, not 'play'."),
    ],
)  # fmt: skip
def test_what_is_missing_or_malformed_is_named(ask, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        ask(SAID)
    assert str(refused.value) == sentence


def test_a_site_without_its_key_does_not_start():
    env = {**os.environ, "LYCEUM_ENVIRONMENT": "production", "SITE_URL": "https://school.test", "SECRET_KEY": ""}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import django; django.setup()"],
        cwd=settings.BASE_DIR, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "Set SECRET_KEY in the environment" in done.stderr.splitlines()[-1]
