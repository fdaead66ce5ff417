"""Servers as Debian ships them, for as long as a case needs them."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from .places import CouldNotRun, free_port, need


@contextmanager
def postgres(folder):
    binaries = next(
        (path for path in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (path / "initdb").exists()), None
    )
    if binaries is None:
        raise CouldNotRun("Debian's PostgreSQL is not installed: apt install postgresql")
    folder.mkdir(mode=0o700)
    user = {"user": "nobody", "cwd": folder} if os.geteuid() == 0 else {"cwd": folder}
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
    port = str(free_port())
    _quietly(
        [binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"],
        **user,
    )
    options = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", f"unix_socket_directories={folder}"]
    with _running([binaries / "postgres", "-D", folder / "data", *options], signal.SIGINT, **user):
        admin = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _until(lambda: ask(admin, "SELECT 1") == "1", "PostgreSQL did not start")
        ask(admin, "CREATE ROLE lyceum LOGIN")
        ask(admin, "CREATE DATABASE lyceum OWNER lyceum")
        yield f"postgresql://lyceum@127.0.0.1:{port}/lyceum"


@contextmanager
def redis(folder):
    program = shutil.which("redis-server")
    if program is None:
        raise CouldNotRun("Debian's Redis is not installed: apt install redis-server")
    folder.mkdir()
    port = free_port()
    with _running(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""], signal.SIGTERM, cwd=folder
    ):
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def _running(command, ending, **how):
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **how
    )
    try:
        yield
    finally:
        server.send_signal(ending)
        server.wait(timeout=30)


def version_of_redis():
    said = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout
    return " ".join(said.split()[:3]).replace("v=", "")


def ask(address, statement):
    script = (
        "import sys, psycopg2\nconnection = psycopg2.connect(sys.argv[1])\nconnection.autocommit = True\n"
        "cursor = connection.cursor()\ncursor.execute(sys.argv[2])\nprint(cursor.fetchone()[0] if cursor.description else '')"
    )
    return subprocess.run(
        [sys.executable, "-c", script, address, statement], capture_output=True, text=True, check=False
    ).stdout.strip()


def _quietly(command, **how):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)
    need(done.returncode == 0, f"{command[0]}: {done.stderr[-200:]}")


def _until(condition, words, seconds=30):
    until = time.monotonic() + seconds
    while not condition():
        need(time.monotonic() < until, words)
        time.sleep(0.2)
