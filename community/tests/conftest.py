"""A small world in which every address has something to show, and a browser for each persona."""

import time

import pytest
from django.test import Client

from community.access.furnishing import furnish
from community.access.stage import Stage
from community.demo.tests.conftest import folder, fresh_database, small_plan  # noqa: F401 - fixtures
from community.demo.world.building import build


@pytest.fixture(scope="module")
def stage(fresh_database):  # noqa: F811
    fresh_database()
    build(small_plan(members=60, courses=9, posts=500), say=lambda words: None)
    found = Stage()
    furnish(found)
    return found


@pytest.fixture(scope="module")
def browsers(stage):
    return {persona: entered(user) for persona, user in stage.people.items()}


def entered(user, *, language="en"):
    browser = Client(headers={"accept-language": language}, raise_request_exception=True)
    if user is not None:
        browser.force_login(user)
        session = browser.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return browser
