"""Embedded servers: made once, found again, refused in one line; and what a start skips because it is done."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from community.launch import environment, postgres, site, tasks
from community.launch.ground import OnlyOnce, Refused
from community.launch.postgres import Binaries, Postgres
from community.launch.valkey import Valkey


@pytest.fixture(autouse=True)
def _packages(monkeypatch):
    monkeypatch.setattr(environment, "VENV", Path(sys.prefix))
    monkeypatch.setattr(environment, "PYTHON", Path(sys.executable))


@pytest.fixture
def folder():
    # Short enough for a socket, and walkable for the user that a root-owned start gives the database to.
    with tempfile.TemporaryDirectory(prefix="ly", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextlib.contextmanager
def _running(server, folder):
    with subprocess.Popen(server.command(), user=server.user, cwd=server.state, stderr=subprocess.DEVNULL) as running:
        try:
            server.wait(is_alive=lambda: running.poll() is None, log=folder / "log")
            yield
        finally:
            running.send_signal(signal.SIGINT)


class TestValkey:
    def test_it_answers_and_its_address_survives_every_letter(self, folder):
        server = Valkey(folder / "学园 valkey", durable=False)
        with subprocess.Popen(server.command(), stdout=subprocess.DEVNULL) as running:
            try:
                server.wait(is_alive=lambda: running.poll() is None, log=folder / "log")
                import redis

                assert redis.Redis.from_url(server.url, decode_responses=True).config_get("maxmemory-policy") == {
                    "maxmemory-policy": "noeviction"
                }
            finally:
                running.terminate()

    def test_one_that_ends_is_not_waited_for(self, folder):
        server = Valkey(folder / "valkey", durable=False)
        with pytest.raises(Refused, match=r"^The broker did not start; .*log says why\.$"):
            server.wait(is_alive=lambda: False, log=folder / "log", seconds=60)


class TestPostgres:
    def test_locale_by_version(self):
        assert "--locale-provider=builtin" in Binaries(Path(), major=18).locale
        assert Binaries(Path(), major=16).locale == ["--locale=C.UTF-8"]

    @pytest.mark.slow
    @pytest.mark.skipif(not postgres.has_room(postgres.MEMORY), reason="this machine offers no memory")
    def test_what_tests_put_into_memory_may_be_lost(self, folder):
        server = Postgres(folder / "postgres", durable=False)
        server.prepare()
        with _running(server, folder):
            server.make_roles(database="lyceum")
            server.offer_memory()
            server.sql(f"CREATE DATABASE left_over TABLESPACE {postgres.IN_MEMORY}")
            location = Path(server.sql(postgres._LOCATION))
            assert location.parent == postgres.MEMORY
        shutil.rmtree(location)
        with _running(server, folder):
            server.offer_memory()
            server.sql(f"CREATE DATABASE anew TABLESPACE {postgres.IN_MEMORY}")
            assert server.sql(postgres._LYING_THERE) == "anew"
            server._forget_memory()
            assert server.sql(postgres._LOCATION) == ""

    def test_little_memory_is_left_alone(self, folder, monkeypatch):
        assert postgres.has_room(folder)
        monkeypatch.setattr(postgres, "ROOM", 2**60)
        assert not postgres.has_room(folder)
        assert not postgres.has_room(folder / "nowhere")

    @pytest.fixture
    def server(self, folder):
        made = Postgres(folder / "postgres", durable=False)
        made.data.mkdir()
        if made.user:
            postgres._give(made.data, made.user)
        return made

    def test_data_of_another_version_is_refused(self, server):
        (server.data / "PG_VERSION").write_text("13")
        with pytest.raises(Refused, match=r"was made by PostgreSQL 13, found \d\d\."):
            server.prepare()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
    def test_data_of_another_user_is_refused(self, server):
        (server.data / "PG_VERSION").write_text("18")
        postgres._give(server.data, "daemon")
        with pytest.raises(Refused, match="was made when another user started Lyceum"):
            server.prepare()

    def test_forgetting_takes_the_sockets_along(self, server):
        server.forget()
        assert not server.state.exists()
        assert not server.sockets.exists()

    def test_one_that_ends_is_not_waited_for(self, server, folder):
        with pytest.raises(Refused, match=r"^The database server did not start; .*log says why\.$"):
            server.wait(is_alive=lambda: False, log=folder / "log")

    def test_what_the_server_s_user_cannot_reach_lies_outside(self, folder):
        (folder / "closed").mkdir(mode=0o700)
        inside, outside = folder / "postgres", postgres._reachable(folder / "closed" / "postgres")
        assert postgres._reachable(inside) == inside
        assert outside.parent == Path("/var/tmp")
        assert outside == postgres._reachable(folder / "closed" / "postgres")


class TestMigrating:
    @pytest.fixture
    def ran(self, folder, monkeypatch):
        ran = []
        monkeypatch.setattr(site, "MIGRATED", folder / "postgres" / "migrated")
        monkeypatch.setattr(site, "manage", lambda arguments, env: ran.append(arguments[0]))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        return ran

    def test_a_database_of_ours_is_brought_up_to_date_once_for_each_state(self, ran, monkeypatch):
        site._migrate({})
        site._migrate({})
        assert ran == ["migrate"]
        monkeypatch.setattr(site, "_state_of_migrations", lambda: "a migration more")
        site._migrate({})
        assert ran == ["migrate", "migrate"]

    def test_a_given_one_is_looked_at_each_time(self, ran, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://x@/y")
        site._migrate({})
        site._migrate({})
        assert ran == ["migrate", "migrate"]

    def test_one_that_failed_is_tried_again(self, ran, monkeypatch):
        def fail(arguments, env):
            raise Refused("migrate failed")

        with monkeypatch.context() as broken:
            broken.setattr(site, "manage", fail)
            with pytest.raises(Refused):
                site._migrate({})
        site._migrate({})
        assert ran == ["migrate"]


class TestForgetting:
    def test_a_database_that_is_not_ours_is_not_emptied(self, monkeypatch):
        monkeypatch.setenv("DATABASE_URL", "postgresql://x@/y")
        with pytest.raises(Refused, match="--fresh would have to empty the database at DATABASE_URL"):
            site._forget()

    def test_everything_of_the_old_site_goes_but_packages_keys_and_logs_stay(self, folder, monkeypatch):
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setattr(site, "VAR", folder)
        for name in ("postgres/data", "valkey", "media", "sandbox", "models", "mail", "demo", "venv", "log"):
            (folder / name).mkdir(parents=True)
        (folder / "beat-schedule").touch()
        (folder / "secrets.json").touch()
        site._forget()
        assert sorted(path.name for path in folder.iterdir()) == ["log", "secrets.json", "venv"]


class TestTasks:
    def test_help_names_every_task_with_what_it_does(self, capsys):
        assert tasks.main([]) == 0
        lines = capsys.readouterr().out.splitlines()[2:]
        assert [line.split()[0] for line in lines] == list(tasks.TASKS)
        assert all(len(line.split()) > 1 for line in lines)

    def test_an_unknown_task_is_one_line(self, capsys):
        assert tasks.main(["dance"]) == 2
        assert capsys.readouterr().err == "There is no task 'dance'. ./run help lists them.\n"

    def test_a_refusal_is_one_line_and_exit_code_one(self, capsys, monkeypatch):
        def refuse(arguments):
            raise Refused("Not here.")

        monkeypatch.setitem(tasks.TASKS, "demo", refuse)
        assert tasks.main(["demo"]) == 1
        assert capsys.readouterr().err == "Not here.\n"

    def test_who_asks_while_the_site_is_starting_is_told_so(self, folder):
        lock = OnlyOnce(folder)
        lock.take()
        with pytest.raises(Refused, match="just starting"):
            tasks._environment_of_the_running_one(lock)
        lock.note(env={"SITE_URL": "x"})
        assert tasks._environment_of_the_running_one(lock) == {"SITE_URL": "x"}
        lock.release()

    @pytest.mark.parametrize(
        ("room", "name", "surrounding"),
        [("drills", "bare", "packages"), ("drills", "mutants", "packages"), ("bench", "recsys", "servers"),
         ("bench", "events", "durable servers")],
    )  # fmt: skip
    def test_drills_and_benchmarks_get_the_servers_that_they_ask_for(self, monkeypatch, room, name, surrounding):
        for way in ("packages", "servers", "durable_servers"):
            monkeypatch.setattr(tasks, f"with_{way}", lambda work, way=way: way.replace("_", " "))
        assert tasks.TASKS[room]([name]) == surrounding


@pytest.mark.django_db
def test_a_machine_that_stands_still_for_some_seconds_ends_no_test():
    """The site cancels a statement after five seconds; a test would fail then without anything being wrong."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("1min",)
