"""What every test may lean on: a migrated database, cloned per worker; one of its own for tests that commit; a played worker."""

import contextlib
import datetime
import functools
import gc
import hashlib
import os
import threading
import time
import urllib.parse
from collections import Counter
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from community.environment import database
from community.launch.postgres import IN_MEMORY

pytest_plugins = ["core.events.testing"]

ROOT = Path(__file__).parent


def played(few, *, full):
    """How many rounds to play: ``few`` in the checks, and what is promised in full under ``./run drills rounds``."""
    return full if os.environ.get("LYCEUM_ROUNDS") == "full" else few


def _owner_connection(name="postgres"):
    owner = database(os.environ["MIGRATE_DATABASE_URL"], statement_timeout_ms=0)
    connection = psycopg2.connect(
        host=owner["HOST"],
        port=owner["PORT"] or None,
        user=owner["USER"],
        password=owner["PASSWORD"] or None,
        dbname=name,
    )
    connection.autocommit = True
    return connection


def _sql(statement, name="postgres"):
    connection = _owner_connection(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def _fingerprint():
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("core/*/migrations/*.py")):
        digest.update(path.read_bytes())
    digest.update((ROOT / "requirements" / "site.txt").read_bytes())
    return digest.hexdigest()[:16]


def _template():
    """The name of a migrated database to clone; made once for each state of the migrations."""
    name = f"template_{_fingerprint()}"
    guard = _owner_connection()
    try:
        with guard.cursor() as cursor:
            # Workers start together: the first one migrates, the others wait here.
            cursor.execute("SELECT pg_advisory_lock(4711)")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                _migrate(name)
    finally:
        guard.close()
    return name


def _clone(name):
    _sql(f'CREATE DATABASE "{name}" TEMPLATE "{_template()}" {_where()}')


@functools.cache
def _where():
    """Into memory, where the server offers it."""
    return f"TABLESPACE {IN_MEMORY}" if _sql(f"SELECT 1 FROM pg_tablespace WHERE spcname = '{IN_MEMORY}'") else ""


def _migrate(name):
    import subprocess
    import sys

    for (old,) in _sql("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%'"):
        _sql(f'DROP DATABASE IF EXISTS "{old}"')
    making = f"making_{name}"
    _sql(f'DROP DATABASE IF EXISTS "{making}"')
    _sql(f'CREATE DATABASE "{making}"')
    env = {
        variable: _pointing_to(making, os.environ[variable]) for variable in ("DATABASE_URL", "MIGRATE_DATABASE_URL")
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env={**os.environ, **env}, check=True)
    _sql(f'ALTER DATABASE "{making}" RENAME TO "{name}"')


def _pointing_to(name, url):
    return urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path=f"/{name}"))


def pytest_collection_modifyitems(items):
    """In full a test takes as long as it takes, whatever it asks for in the checks."""
    if longest := os.environ.get("LYCEUM_LONGEST_TEST"):
        for item in items:
            item.add_marker(pytest.mark.timeout(int(longest)), append=False)


def pytest_collection_finish():
    """What is loaded by now stays to the end; to look through it for rubbish again and again was 3 % of the processors' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session):
    """Migrate before any test begins: on a busy machine it takes longer than a test may."""
    if "MIGRATE_DATABASE_URL" in os.environ:
        _template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, request):
    """One clone of the migrated template for each worker, kept for the whole run."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "alone")
    name = f"test_{worker}"
    _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _clone(name)
    with django_db_blocker.unblock():
        _point_to(name)
        yield
        connections.close_all()
    _drop(name)


def _drop(name, *, tries=50):
    for last in reversed(range(tries)):
        try:
            _sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectInUse):
            # Autovacuum is at work in it; its worker belongs to the server and may not be ended by the owner.
            if not last:
                raise
            time.sleep(0.2)
        else:
            return


def _point_to(name):
    connections.close_all()
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name


@contextlib.contextmanager
def cloned(label):
    """A database that really commits, cloned from the migrated template, with Django pointed at it, and dropped afterwards."""
    before = connections["default"].settings_dict["NAME"]
    name = f"{before}_{os.getpid()}_{abs(hash(label)) % 10**8}"
    _clone(name)
    _point_to(name)
    try:
        yield name
    finally:
        _point_to(before)
        _drop(name)


@pytest.fixture
def own_database(django_db_setup, django_db_blocker, request):
    """
    A database for this test alone, cloned and dropped, for tests that really commit.

    Never ``transaction=True``: its flush is a TRUNCATE, which the append-only tables refuse.
    """
    with django_db_blocker.unblock(), cloned(request.node.nodeid) as name:
        yield name


@pytest.fixture(scope="module")
def module_database(django_db_setup, django_db_blocker, request):
    """As ``own_database``, for all tests of a module together: for those that start processes of their own on it."""
    with django_db_blocker.unblock(), cloned(request.node.nodeid) as name:
        yield name


@pytest.fixture(autouse=True)
def _clean_cache():
    """No test sees what another one cached or was counted for."""
    from django.core.cache import caches

    from core.web import limits
    from core.web.held import Held
    from recsys.kinds import glimpses

    for cache in caches.all():
        cache.clear()
    limits.forget()
    glimpses.forget()
    Held.forget_all()


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords():
    """Passwords are hashed by Argon2 at its cheapest: in earnest each costs a quarter of a second, and 100 MB to fill."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


@pytest.fixture
def earnest_passwords(monkeypatch):
    """Passwords as the site hashes them, for tests that measure it."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    for name, value in {"time_cost": 2, "memory_cost": 102_400, "parallelism": 8}.items():
        monkeypatch.setattr(Argon2PasswordHasher, name, value)


@pytest.fixture(autouse=True)
def _english():
    """Tests read English, and days as the settings have them, unless they say otherwise: not as whoever the last test looked as."""
    from django.utils import timezone, translation

    with translation.override("en"), timezone.override(None):
        yield


@pytest.fixture(autouse=True, scope="session")
def _written_where_one_lives():
    """
    A day or an hour is written only where somebody lives: between 16 and 24 o'clock in UTC the school is a day further.

    Templates turn what the database gives into local time. Python that does not is right for sixteen hours of the day.
    """
    from django.utils import dateformat

    write = dateformat.format

    def write_local(value, form):
        assert getattr(value, "tzinfo", None) is not datetime.UTC, f"{value} is written in UTC: localtime() first"
        return write(value, form)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dateformat, "format", write_local)
        yield


@pytest.fixture
def member(db):
    """Makes members: ``member("Ben")`` reads English, has confirmed their address, and is nobody special."""
    from accounts.models import User

    def make(name, **fields):
        fields.setdefault("language", "en")
        return User.objects.create_user(f"{name.lower()}@example.test", username=name.lower(), name=name, **fields)

    return make


@pytest.fixture
def ada(member):
    """Teaches."""
    return member("Ada")


@pytest.fixture
def ben(member):
    """Is enrolled."""
    return member("Ben")


@pytest.fixture
def cleo(member):
    """Is not."""
    return member("Cleo")


@pytest.fixture
def dora(member):
    """Moderates."""
    from forum.queries import moderators_rights

    moderator = member("Dora", is_staff=True)
    moderator.user_permissions.set(moderators_rights())
    return moderator


@pytest.fixture
def eli(member):
    """Owns the site."""
    return member("Eli", is_staff=True, is_superuser=True)


@pytest.fixture
def at_once():
    """Lets every act run on a connection of its own, all released by one barrier; counts how they ended."""

    def race(*acts):
        barrier, ends = threading.Barrier(len(acts)), []

        def run(act):
            try:
                connections["default"].ensure_connection()
                barrier.wait(timeout=60)
                act()
            except Exception as error:  # noqa: BLE001 - counted by its name
                ends.append(type(error).__name__)
            else:
                ends.append("done")
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=100)
        return Counter(ends)

    return race


@pytest.fixture
def slow_saves(monkeypatch):
    """Whoever saves waits a moment first, so that everybody who could read before it has read: then only a lock helps."""
    from django.db.models import Model

    save = Model.save

    def save_later(self, *args, **options):
        time.sleep(0.15)
        save(self, *args, **options)

    monkeypatch.setattr(Model, "save", save_later)


@pytest.fixture
def meet(monkeypatch):
    """
    For controls: so many threads wait for each other in front of an act, each the first time that it comes there.

    What goes wrong without a lock does so by chance, and on a busy machine one may be done before the next begins. The main
    thread, which prepares and looks, waits for nobody.
    """

    def at(owner, name, *, threads):
        act, barrier, met = getattr(owner, name), threading.Barrier(threads), threading.local()

        def wait_and_act(*args, **options):
            if threading.current_thread() is not threading.main_thread() and not hasattr(met, "is_over"):
                met.is_over = True
                barrier.wait(timeout=60)
            return act(*args, **options)

        monkeypatch.setattr(owner, name, wait_and_act)

    return at


@pytest.fixture
def without_row_locks(monkeypatch):
    """For controls: rows are read and not locked."""
    from django.db.models import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **options: self)


@pytest.fixture
def page_of():
    """A browser logged in as somebody."""
    from django.test import Client

    def enter(user=None):
        client = Client(headers={"accept-language": "en"})
        if user is not None:
            client.force_login(user)
        return client

    return enter


@pytest.fixture
def tier():
    """A membership that may be tried for a week; a reader is who is in it."""
    from payments.models import Tier

    return Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader", trial_days=7, gives_en=["Ask anything"])


@pytest.fixture
def till(settings, monkeypatch):
    """The only provider that is set up; what happens there is what a test says."""
    from payments import providers
    from payments.providers import registry
    from payments.tests.playing import SECRET, Till

    settings.SANDBOX_URL = ""
    settings.SANDBOX_WEBHOOK_SECRET = SECRET
    monkeypatch.setattr(registry, "_known", dict(registry._known))  # noqa: SLF001 - nothing else forgets a provider
    till = Till()
    providers.register(till)
    return till


PLAYED = ("rules fired", "edges taken", "edges walked")


def pytest_terminal_summary(terminalreporter):
    """What the random machines played, and a table of the forgeries that were tried, by provider and family."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports if hasattr(report, "when")]
    told = [
        (report.nodeid, name, value)
        for report in reports
        if report.when == "call"
        for name, value in report.user_properties
    ]
    for test, name, value in told:
        if name in PLAYED:
            terminalreporter.write_line(f"{test}: {name}: {value}")
    tell_of_forgeries(terminalreporter, [value for _, name, value in told if name == "forgeries"])


def tell_of_forgeries(terminalreporter, told):
    if not told:
        return
    terminalreporter.write_sep("-", "forgeries")
    for provider, family, tried, accepted in sorted(map(tuple, told)):
        terminalreporter.write_line(f"{provider:<9} {family:<32} {tried:>4} tried {accepted:>3} accepted")
    tried, accepted = (sum(line[place] for line in told) for place in (2, 3))
    terminalreporter.write_line(f"{'':<42} {tried:>4} tried {accepted:>3} accepted")


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the module; where there is none its tests are skipped in one line, but not in continuous checks."""
    import shutil

    sync_api = pytest.importorskip("playwright.sync_api")
    found = shutil.which("chromium")
    with pytest.MonkeyPatch.context() as patch, sync_api.sync_playwright() as playwright:
        # The browser's driver keeps an event loop in this thread, and Django would refuse to ask the database beside it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        if not found and not Path(playwright.chromium.executable_path).exists():
            if os.environ.get("CI"):
                pytest.fail("no browser was found")
            pytest.skip("no browser was found")
        launched = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-quic", "--disable-background-networking"]
        )
        yield launched
        launched.close()
