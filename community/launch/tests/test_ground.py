"""Folders, free space, sockets, ports: what a start stands on, and the one line when it cannot."""

import json
import os
import pwd
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from community.launch import environment, found, ground, keys, sockets
from community.launch.ground import OnlyOnce, Refused
from community.launch.sockets import LONGEST_SOCKET_PATH, folder_for, free_port

ROOT = Path(ground.__file__).parents[2]


@pytest.fixture
def var(tmp_path, monkeypatch):
    monkeypatch.setattr(ground, "VAR", tmp_path / "var")
    return tmp_path / "var"


class TestGround:
    def test_the_folder_is_private(self, var):
        ground.prepare()
        assert var.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
        assert list(var.iterdir()) == []

    def test_too_little_room_is_said_before_anything_is_made(self, var, monkeypatch):
        monkeypatch.setenv("LYCEUM_LEAST_FREE_BYTES", str(10**18))
        with pytest.raises(Refused, match=r"^Only [\d.]+ GiB free at .*var; Lyceum needs 931322574.6. Make room.$"):
            ground.prepare()
        assert list(var.iterdir()) == []

    def test_a_place_where_nothing_can_be_made_is_refused(self, tmp_path, monkeypatch):
        (tmp_path / "file").touch()
        monkeypatch.setattr(ground, "VAR", tmp_path / "file" / "var")
        with pytest.raises(Refused, match="Cannot write to"):
            ground.prepare()


class TestOnlyOnce:
    def test_whoever_comes_second_is_told_who_was_first(self, tmp_path):
        first, second = OnlyOnce(tmp_path), OnlyOnce(tmp_path)
        first.take(address="http://localhost:8000", env={"SITE_URL": "x"})
        with pytest.raises(Refused) as refused:
            second.take()
        assert str(refused.value) == (
            f"Already running at http://localhost:8000 (process {os.getpid()}). Stop that one first, or use it."
        )
        assert second.noted() == {"pid": os.getpid(), "address": "http://localhost:8000", "env": {"SITE_URL": "x"}}
        first.release()
        second.take()
        second.release()

    def test_a_killed_one_holds_nothing(self, tmp_path):
        script = (
            "import os, sys\nfrom pathlib import Path\nfrom community.launch.ground import OnlyOnce\n"
            "lock = OnlyOnce(Path(sys.argv[1]))\nlock.take(address='old')\nos.kill(os.getpid(), 9)\n"
        )
        assert subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=False).returncode == -9
        assert json.loads((tmp_path / "running.json").read_text())["address"] == "old"
        lock = OnlyOnce(tmp_path)
        lock.take()
        assert lock.noted() == {"pid": os.getpid()}
        lock.release()


class TestSockets:
    def test_a_short_path_is_used_as_it_is(self, tmp_path):
        assert folder_for(tmp_path / "sockets", longest_name="x") == tmp_path / "sockets"

    @pytest.fixture
    def long(self, tmp_path):
        return tmp_path / ("学园" * 20)

    @pytest.fixture
    def short_tmp(self, tmp_path_factory, monkeypatch):
        import tempfile

        folder = Path(tempfile.mkdtemp(prefix="ly", dir="/tmp"))
        monkeypatch.setattr(sockets.tempfile, "gettempdir", lambda: str(folder))
        yield folder
        for made in folder.iterdir():
            made.rmdir() if made.is_dir() and not made.is_symlink() else made.unlink()
        folder.rmdir()

    def test_a_long_one_becomes_a_private_folder_outside(self, long, short_tmp):
        name = ".s.PGSQL.5432.lock"
        chosen = folder_for(long, longest_name=name)
        assert chosen.parent == short_tmp
        assert chosen.stat().st_mode & 0o777 == 0o700
        assert len(os.fsencode(chosen / name)) <= LONGEST_SOCKET_PATH < len(os.fsencode(long / name))
        assert folder_for(long, longest_name=name) == chosen
        assert folder_for(long / "other", longest_name=name) != chosen

    def test_a_long_temporary_folder_is_not_used(self, long, tmp_path, monkeypatch):
        monkeypatch.setattr(sockets.tempfile, "gettempdir", lambda: str(tmp_path / ("t" * 100)))
        chosen = folder_for(long, longest_name="x")
        assert chosen.parent == Path("/tmp")
        chosen.rmdir()

    @pytest.mark.parametrize("trap", ["open to all", "a link"])
    def test_what_somebody_else_put_there_is_refused(self, long, short_tmp, tmp_path, trap):
        chosen = folder_for(long, longest_name="x")
        if trap == "a link":
            chosen.rmdir()
            chosen.symlink_to(tmp_path)
        else:
            chosen.chmod(0o777)
        with pytest.raises(Refused, match="was put there by somebody else"):
            folder_for(long, longest_name="x")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of others")
    def test_a_folder_of_another_user_is_refused(self, long, short_tmp):
        os.chown(folder_for(long, longest_name="x"), pwd.getpwnam("daemon").pw_uid, 0)
        with pytest.raises(Refused, match="was put there by somebody else"):
            folder_for(long, longest_name="x")


class TestPorts:
    def test_a_busy_port_is_passed_over(self):
        with socket.create_server(("127.0.0.1", 0)) as busy:
            port = busy.getsockname()[1]
            assert free_port(first=port, taken={port + 1}) >= port + 2

    @pytest.mark.skipif(not sockets._has_ipv6(), reason="no ::1 here")
    def test_a_port_that_is_busy_at_the_other_localhost_is_busy(self):
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as busy:
            port = busy.getsockname()[1]
            assert free_port(first=port, taken=set()) > port

    @pytest.mark.parametrize("first", [65_536, 70_000])
    def test_no_port_is_one_line(self, first):
        with pytest.raises(Refused, match=f"No free port from {first}"):
            free_port(first=first, taken=set())


class TestKeys:
    def test_they_are_made_once_and_for_one_pair_of_eyes(self, tmp_path):
        made = keys.load(tmp_path)
        assert keys.load(tmp_path) == made
        assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600
        assert len(made["SECRET_KEY"]) >= 48


class TestFound:
    @pytest.fixture(autouse=True)
    def _none(self, monkeypatch):
        monkeypatch.setattr(environment, "PYTHON", Path(sys.executable))
        for name in found.NAMES:
            monkeypatch.delenv(name, raising=False)

    def test_nothing_given_nothing_asked(self):
        assert found.addresses() == {}

    @pytest.mark.parametrize(
        ("name", "address", "why"),
        [
            ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must begin with postgresql://"),
            ("DATABASE_URL", "postgresql://a:hidden@127.0.0.1:1/y", "Connection refused"),
            ("REDIS_URL", "http://x", "REDIS_URL must begin with redis://"),
            ("REDIS_URL", "redis://:hidden@127.0.0.1:1", "Connection refused"),
        ],
    )
    def test_what_cannot_be_used_is_one_line_without_its_password(self, monkeypatch, name, address, why):
        monkeypatch.setenv(name, address)
        with pytest.raises(Refused) as refused:
            found.addresses()
        said = str(refused.value)
        assert said.startswith(f"The server at {name} cannot be used: ")
        assert why in said
        assert "\n" not in said
        assert "hidden" not in said

    def test_the_servers_of_these_tests_are_good(self, monkeypatch, given_by_the_run):
        for name, address in given_by_the_run.items():
            monkeypatch.setenv(name, address)
        assert found.addresses() == given_by_the_run

    def test_one_role_migrates_too_if_it_may(self, monkeypatch, given_by_the_run):
        monkeypatch.setenv("DATABASE_URL", given_by_the_run["MIGRATE_DATABASE_URL"])
        assert found.addresses()["MIGRATE_DATABASE_URL"] == given_by_the_run["MIGRATE_DATABASE_URL"]
        monkeypatch.setenv("DATABASE_URL", given_by_the_run["DATABASE_URL"])
        with pytest.raises(Refused, match=r"MIGRATE_DATABASE_URL cannot be used: its role may not make tables there"):
            found.addresses()


@pytest.fixture(scope="module")
def given_by_the_run():
    return {name: os.environ[name] for name in found.NAMES}


class TestEnvironment:
    @pytest.fixture
    def venv(self, tmp_path, monkeypatch):
        monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
        monkeypatch.setattr(environment, "PYTHON", tmp_path / "venv" / "bin" / "python")
        made = []
        monkeypatch.setattr(environment.venv, "create", lambda folder, **how: made.append(folder) or self.fake(folder))
        monkeypatch.setattr(environment, "_install", lambda purpose: None)
        return made

    def fake(self, folder):
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()
        (folder / "pyvenv.cfg").write_text(f"home = /x\nversion = {sys.version.split()[0]}\n")

    def test_it_is_made_once_and_the_larger_set_holds_the_smaller(self, venv):
        for purpose in ("dev", "dev", "site"):
            environment.ensure(purpose=purpose)
        assert len(venv) == 1

    def test_a_start_that_was_killed_in_the_middle_is_begun_again(self, venv, monkeypatch):
        def die(folder, **how):
            self.fake(folder)
            raise KeyboardInterrupt

        with monkeypatch.context() as killed:
            killed.setattr(environment.venv, "create", die)
            with pytest.raises(KeyboardInterrupt):
                environment.ensure(purpose="site")
        environment.ensure(purpose="site")
        environment.ensure(purpose="site")
        assert len(venv) == 1

    def test_another_python_makes_another_one(self, venv):
        environment.ensure(purpose="site")
        (environment.VENV / "pyvenv.cfg").write_text("version = 3.9.1\n")
        (environment.VENV / "lyceum.stamp").write_text("made by 3.9.1")
        environment.ensure(purpose="site")
        assert len(venv) == 2
