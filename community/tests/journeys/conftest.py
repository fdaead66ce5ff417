"""One living site for all journeys, a browser for each, and a visitor for every person in them."""

import itertools
import os
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections
from playwright.sync_api import expect

import accounts.operations
from accounts.models import User
from conftest import _drop, _point_to, _pointing_to, _sql, _template
from payments.models import Product
from recsys import serving

from . import world as school
from .living import EMPTY_BEYOND, LivingSite
from .visitor import PATIENCE_MS, Visitor

# Two cores may have a whole site and three browsers to carry.
expect.set_options(timeout=PATIENCE_MS)
_numbers = itertools.count(1)
PICTURES = Path(django_settings.BASE_DIR) / "var" / "journeys"
"""Where a journey that failed leaves what each of its visitors saw."""


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.journey)
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def living(django_db_setup, django_db_blocker, tmp_path_factory):
    """The processes, and the world in their database; every other test keeps its own database."""
    before = connections["default"].settings_dict["NAME"]
    name = f"{before}_journeys_{os.getpid()}"
    _sql(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
    site = LivingSite(
        folder=tmp_path_factory.mktemp("site"), database_url=_pointing_to(name, os.environ["DATABASE_URL"])
    )
    try:
        with django_db_blocker.unblock(), _at(name, before, site):
            made = school.make()
        site.start()
        yield site, name, made
    finally:
        site.stop()
        _drop(name)


@pytest.fixture
def empty_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """A site of its own on its first day, before anybody has opened it; this test's own queries ask its database."""
    before = connections["default"].settings_dict["NAME"]
    name = f"{before}_empty_{os.getpid()}"
    _sql(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
    address = _pointing_to(name, os.environ["DATABASE_URL"])
    site = LivingSite(folder=tmp_path_factory.mktemp("empty"), database_url=address, beyond=EMPTY_BEYOND)
    try:
        with django_db_blocker.unblock(), _at(name, before, site):
            site.start()
            yield site
    finally:
        site.stop()
        _drop(name)


@pytest.fixture
def site(living, django_db_blocker):
    """The living site, with this test's own queries pointed at its database."""
    before = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock(), _at(living[1], before, living[0]):
        yield living[0]


@pytest.fixture
def world(living, site):
    """Who and what there was when the journeys began."""
    return living[2]


@pytest.fixture
def language():
    """In which language people read here; journeys that are walked in both say so."""
    return "en"


@pytest.fixture
def newcomer(world, language):
    """Lets somebody join who has bought nothing."""

    def join(name="Shopper"):
        numbered = f"{name} {next(_numbers)}"
        user = User(
            name=numbered,
            email=f"{numbered.replace(' ', '').lower()}@shopper.test",
            language=language,
            languages_read=[language],
        )
        user.set_unusable_password()
        return accounts.operations.join(user=user, is_verified=True)

    return join


@pytest.fixture
def buyer(newcomer):
    """Somebody who has bought nothing."""
    return newcomer()


@pytest.fixture
def product(world):
    """A course that costs ¥199."""
    return Product.objects.get(subject=world.courses["en"][0].key)


class _at:  # noqa: N801 - reads as a sentence
    """Asks the site's database, keeps files where it does and signs as it does, for the length of a block."""

    def __init__(self, name, before, site):
        self._names = name, before
        self._site = site

    def __enter__(self):
        self._kept = {name: getattr(django_settings, name) for name in ("VAR", "MODELS_ROOT", "SECRET_KEY")}
        here = {"VAR": self._site.folder, "MODELS_ROOT": self._site.folder / "models", "SECRET_KEY": self._site.secret}
        self._set(here, self._names[0])

    def __exit__(self, *_error):
        self._set(self._kept, self._names[1])

    def _set(self, values, database):
        for name, value in values.items():
            setattr(django_settings, name, value)
        serving.forget()
        _point_to(database)


@pytest.fixture
def visitor(site, browser, request, language):
    """Lets somebody come to the site in a browser of their own."""
    came = request.node.visitors = []
    usual = language

    def come(*, language=usual, width=1280, **options):
        came.append(Visitor(site=site, browser=browser, language=language, width=width, **options))
        return came[-1]

    yield come
    for one in came:
        one.leave()
    faults = [fault for one in came for fault in one.faults]
    assert not faults, faults


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        PICTURES.mkdir(exist_ok=True)
        for n, one in enumerate(getattr(item, "visitors", [])):
            one.page.screenshot(path=PICTURES / f"{item.name}-{n}.png", full_page=True)
            report.sections.append((f"visitor {n} at {one.page.url}", one.page.inner_text("body")[:3_000]))
    return report
