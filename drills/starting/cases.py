"""The cases, in the order in which they are played: the first one installs what most of the others use."""

import os
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from .places import ROOT, CouldNotRun, Failed, Place, alive_in, free_port, need
from .servers import ask, postgres, redis, version_of_redis

FIRST_GOAL, FIRST_LIMIT = 90, 180
SECOND_GOAL, SECOND_LIMIT = 10, 60
LIVE_LOOPBACK = (
    "import fcntl, os, socket, struct, sys\n"
    "fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH14s', b'lo', 1, b''))\n"
    "os.execvp(sys.argv[1], sys.argv[1:])\n"
)
GET = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())"


def ordinary_user(place):
    _need_root("to become an ordinary user")
    tree = place.tree(user="nobody")
    site = place.start(tree, "demo", "--port", str(free_port()), user="nobody", own_venv=True)
    page = _page(site.address(seconds=FIRST_LIMIT))
    need(_says_that_it_is_made(page), "the page does not say that its world is being made")
    need((tree / "var").stat().st_mode & 0o077 == 0, "var/ is open to others")
    stopped = site.stop()
    Place.shared_venv = tree / "var" / "venv"
    # The database server of a root-owned start runs as another user and must be able to walk there.
    (tree / "var").chmod(0o711)
    return f"own packages, first page after {_against(site.took, FIRST_GOAL)}, said that the world is being made; Ctrl-C took {stopped:.0f} s"


def root(place):
    _need_root("to be root")
    tree = place.tree()
    site = place.start(tree, "demo", "--empty", "--port", str(free_port()))
    _page(site.address())
    owner = _owner_of("postgres", tree)
    need(owner == "nobody", f"the database server runs as {owner}")
    stopped = site.stop()
    again = place.start(tree, "demo", "--empty", "--port", str(free_port()))
    _page(again.address(seconds=SECOND_LIMIT))
    again.stop()
    return f"the database runs as nobody; second start {_against(again.took, SECOND_GOAL)}; Ctrl-C took {stopped:.0f} s"


def strange_path(place):
    parents = ["a folder with spaces", "学园的文件夹 在很深的地方", "一个名字特别特别特别长的文件夹"]
    tree = place.tree("我的 Lyceum", parents=parents)
    length = len(os.fsencode(tree))
    need(length > 107, f"the path has {length} bytes only")
    site = place.start(tree, "demo", "--empty", "--port", str(free_port()), own_venv=True)
    _page(site.address())
    site.stop()
    return f"{length} bytes with spaces and Chinese, packages of its own; first page after {site.took:.0f} s"


def busy_port_twice_and_killed(place):
    tree = place.tree()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        site = place.start(tree, "demo", "--empty", "--port", str(port))
        address = site.address()
        told = f"port {port} is busy; using {address.rpartition(':')[2]}"
        need(told in site.said, f"it did not say that {told}")
        _page(address)
    second = place.start(tree, "demo", "--port", str(port)).refusal()
    need(
        second == f"Already running at {address} (process {site.process.pid}). Stop that one first, or use it.", second
    )
    site.process.kill()
    site.process.wait()
    left = len(alive_in(tree))
    need(left > 5, f"only {left} processes outlived the killed supervisor: nothing to clean up")
    again = place.start(tree, "demo", "--empty", "--port", str(port))
    _page(again.address())
    need(
        re.search(r"· ending \d+ processes that an earlier start left behind", again.said),
        "nothing was said about leftovers",
    )
    again.stop()
    return f"next port said aloud; second start told {address}; {left} leftovers of a kill -9 ended, then open again"


def without_network(place):
    _need_root("for a network of its own")
    tree = place.tree()
    first = place.start(tree, "demo", "--empty", "--port", str(free_port()))
    first.address()
    first.stop()
    alone = ["unshare", "--net", sys.executable, "-c", LIVE_LOOPBACK]
    if subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        raise CouldNotRun("unshare --net is refused here")
    site = place.start(tree, "demo", "--empty", "--port", "8000", before=alone)
    address = site.address()
    inside = ["nsenter", "--net", "--target", str(site.process.pid), sys.executable, "-c", GET, address + "/"]
    page = subprocess.run(inside, capture_output=True, text=True, check=False)
    need("</html>" in page.stdout, f"no page inside: {page.stderr[-200:]}")
    outside = [*alone, sys.executable, "-c", "import socket; socket.create_connection(('1.1.1.1', 443), timeout=3)"]
    need(subprocess.run(outside, capture_output=True, check=False).returncode != 0, "there was a network after all")
    site.stop()
    return f"in a network of loopback alone, first page after {site.took:.0f} s"


def old_python(place):
    tree = place.tree()
    old = _old_python()
    if old is None:
        pretended = "import runpy, sys; sys.version_info = (3, 10, 0); sys.argv = ['run', 'help']; runpy.run_path('run', run_name='__main__')"
        done = subprocess.run([sys.executable, "-c", pretended], cwd=tree, capture_output=True, text=True, check=False)
        what = "no old Python is here, so a new one that calls itself 3.10"
    else:
        done = subprocess.run([old, "run", "demo"], cwd=tree, capture_output=True, text=True, check=False)
        what = str(old)
    said = done.stderr.strip()
    need(
        done.returncode == 1 and "\n" not in said and said.startswith("Lyceum needs Python 3.11 or newer; this is "),
        f"{what}: {said[-300:]}",
    )
    need(not (tree / "var").exists(), "something was made")
    return f"{what}: {said}"


def read_only_folder(place):
    _need_root("to own a folder that an ordinary user may only read")
    tree = place.tree()
    said = place.start(tree, "demo", user="nobody").refusal()
    need(said.startswith(f"Cannot write to {tree}/var ("), said)
    need(not (tree / "var").exists(), "something was made")
    return said


def little_room(place):
    _need_root("to mount a small disk")
    tree = place.tree()
    small = tree.parent / "small disk"
    small.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1g", "none", small], capture_output=True, check=False
    ).returncode:
        raise CouldNotRun("mounting is refused here")
    try:
        said = place.start(tree, "demo", LYCEUM_VAR=str(small / "var")).refusal()
        made = list((small / "var").iterdir())
    finally:
        subprocess.run(["umount", small], check=True)
    need(re.fullmatch(r"Only 1\.0 GiB free at .*small disk/var; Lyceum needs 2\.0\. Make room\.", said), said)
    need(not made, f"something was made: {made}")
    return said


def servers_that_are_not_there(place):
    tree = place.tree()
    database = place.start(tree, "demo", DATABASE_URL="postgresql://lyceum:hidden@127.0.0.1:1/lyceum").refusal()
    need(database.startswith("The server at DATABASE_URL cannot be used: "), database)
    broker = place.start(tree, "demo", DATABASE_URL="", REDIS_URL="redis://:hidden@127.0.0.1:1").refusal()
    need(broker.startswith("The server at REDIS_URL cannot be used: "), broker)
    need("hidden" not in database + broker, "a password was printed")
    return f"{database[:90]}… and the same for REDIS_URL"


def debians_servers(place):
    tree = place.tree()
    with postgres(tree.parent / "pg") as database, redis(tree.parent / "redis") as broker:
        site = place.start(tree, "demo", "--empty", "--port", str(free_port()), DATABASE_URL=database, REDIS_URL=broker)
        _page(site.address())
        need(
            not (tree / "var" / "postgres").exists() and not (tree / "var" / "valkey").exists(),
            "embedded servers were made too",
        )
        version = ask(database, "SELECT current_setting('server_version')")
        tables = int(ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        need(tables > 50, f"only {tables} tables there")
        site.stop()
        need(ask(database, "SELECT 1") == "1", "the database server was stopped with the site")
    return f"PostgreSQL {version} and {version_of_redis()}; {tables} tables there, nothing embedded; both outlived the site"


CASES = [
    ordinary_user, root, strange_path, busy_port_twice_and_killed, without_network, old_python, read_only_folder, little_room,
    servers_that_are_not_there, debians_servers,
]  # fmt: skip


def _page(address):
    need(address.startswith("http://localhost:"), f"the address is {address}")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address + "/", timeout=30) as answer:
        page = answer.read().decode()
    need(answer.status == 200 and "</html>" in page, f"the page answered {answer.status}")
    return page


def _says_that_it_is_made(page):
    words = (ROOT / "templates" / "demo" / "making.html").read_text()
    marks = re.findall(r'class="([^"{]+)"', words)
    return any(f'class="{mark}"' in page for mark in marks)


def _against(seconds, goal):
    return f"{seconds:.0f} s (goal {goal}: {'met' if seconds <= goal else 'missed'})"


def _need_root(why):
    if os.geteuid() != 0:
        raise CouldNotRun(f"it takes root {why}")


def _owner_of(program, tree):
    for process in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            if Path(os.fsdecode(arguments[0])).name == program and os.fsencode(tree) in b"\0".join(arguments):
                return process.owner()
        except (OSError, KeyError):
            continue
    raise Failed(f"no {program} runs in {tree}")


def _old_python():
    folders = [*map(Path, os.environ["PATH"].split(":")), *Path.home().glob(".pyenv/versions/3.*/bin")]
    for program in [folder / f"python3.{minor}" for minor in (10, 9, 8, 7, 6) for folder in folders]:
        check = [program, "-c", "import sys; sys.exit(sys.version_info >= (3, 11))"]
        if program.exists() and subprocess.run(check, capture_output=True, check=False).returncode == 0:
            return program
    return None
