"""Where a case plays: copies of the tree, and what was started in them."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns("var", ".git", "__pycache__", "*.pyc", "*.mo", ".*_cache", "node_modules")
SERVERS = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "BROKER_URL", "CACHE_URL", "CHANNELS_URL")


class Failed(Exception):
    """The case ran, and something was not as it must be."""


class CouldNotRun(Exception):
    """This machine does not let the case be played."""


def need(condition, words):
    """Go on only if ``condition``."""
    if not condition:
        raise Failed(words)


class Start:
    """One ``./run …`` in a copy, with what it has said so far."""

    def __init__(self, command, *, tree, env, user, before=()):
        self.tree = tree
        self.said_in = Path(tempfile.mkstemp(dir=tree.parent, prefix="said-")[1])
        with self.said_in.open("wb") as file:
            self.process = subprocess.Popen(
                [*before, *command], cwd=tree, env=env, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                start_new_session=True, **_as(user),
            )  # fmt: skip
        self.began = time.monotonic()

    @property
    def said(self):
        return self.said_in.read_text(errors="replace")

    def address(self, *, seconds=180):
        """Wait for the printed address; the seconds that it took stand in ``took``."""
        while "is open at " not in self.said:
            need(self.process.poll() is None, f"it ended with {self.process.returncode}: {self.last_line()}")
            need(time.monotonic() - self.began < seconds, f"no address after {seconds} s: {self.last_line()}")
            time.sleep(0.1)
        self.took = time.monotonic() - self.began
        return self.said.split("is open at ")[1].split()[0]

    def last_line(self):
        return (self.said.strip().splitlines() or ["nothing was said"])[-1]

    def stop(self):
        """Press Ctrl-C once; the seconds until it has ended."""
        began = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            code = self.process.wait(timeout=40)
        except subprocess.TimeoutExpired as error:
            raise Failed("one Ctrl-C did not end it within 40 s") from error
        need(code in {0, 130}, f"after Ctrl-C it ended with {code}: {self.last_line()}")
        need(not (left := alive_in(self.tree)), f"after Ctrl-C there still are {left}")
        need(not (self.tree / "var" / "children.json").exists(), "its list of children is still there")
        return time.monotonic() - began

    def refusal(self, *, seconds=120):
        """Wait for it to refuse; its one line."""
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"it neither started nor refused within {seconds} s") from error
        lines = [line for line in self.said.splitlines() if line.strip() and not line.startswith("·")]
        need(code not in {0, None}, "it should have refused and ended with 0")
        need(len(lines) == 1, f"instead of one line it said: {' / '.join(lines[-4:]) or 'nothing'}")
        return lines[0]


class Place:
    """A folder with copies of the tree; everything started in it is ended by ``clear``."""

    shared_venv = None
    """The packages of the first case that installed them; those that are not about installing use them too."""

    def __init__(self, folder):
        self.folder = folder
        self._trees = []

    def tree(self, name="lyceum", *, user=None, parents=()):
        """A fresh copy of the tree, of ``user`` if one is named."""
        inside = Path(tempfile.mkdtemp(dir=self.folder)).joinpath(*parents)
        inside.mkdir(parents=True, exist_ok=True)
        copied = inside / name
        shutil.copytree(ROOT, copied, ignore=LEFT_OUT, symlinks=True)
        for folder in (inside, *inside.parents):
            if folder == self.folder:
                break
            folder.chmod(0o755)
        if user:
            for path in (inside, copied, *copied.rglob("*")):
                os.chown(path, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid, follow_symlinks=False)
        self._trees.append(copied)
        return copied

    def start(self, tree, *arguments, user=None, own_venv=False, python=None, before=(), **env):
        """``./run`` with ``arguments`` in ``tree``."""
        variables = {name: value for name, value in os.environ.items() if name not in SERVERS and "LYCEUM" not in name}
        variables |= {"HOME": str(self._home(tree, user)), "PATH": f"/usr/local/bin:/usr/bin:/bin:{os.environ['PATH']}"}
        if not own_venv and Place.shared_venv:
            variables["LYCEUM_VENV"] = str(Place.shared_venv)
        command = [python or python_of("nobody" if os.geteuid() == 0 else None), "run", *arguments]
        return Start(command, tree=tree, env=variables | env, user=user, before=before)

    def clear(self):
        """End what a failed case has left, and make room; shared packages stay."""
        for tree in self._trees:
            for pid in alive_in(tree, names=False):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if not (Place.shared_venv and tree in Place.shared_venv.parents):
                shutil.rmtree(tree, ignore_errors=True)

    def _home(self, tree, user):
        if user is None:
            return Path.home()
        home = tree.parent / "home"
        home.mkdir(exist_ok=True)
        os.chown(home, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
        return home


def python_of(user):
    """A Python ≥ 3.11 that ``user`` may run."""
    for candidate in ("python3", "python3.11", "python3.12", "python3.13"):
        for folder in [*os.environ["PATH"].split(":"), "/usr/bin"]:
            program = Path(folder) / candidate
            if program.exists() and _is_new(program, user):
                return str(program)
    raise CouldNotRun(f"no Python ≥ 3.11 that {user or 'we'} may run")


def _is_new(program, user):
    question = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([program, "-c", question], capture_output=True, check=False, cwd="/", **_as(user)).returncode
            == 0
        )
    except OSError:
        return False


def _as(user):
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def alive_in(tree, *, names=True):
    """The processes that work in ``tree``: their arguments, folder or environment name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if int(process.name) == os.getpid():
            continue
        try:
            seen = (
                (process / "cmdline").read_bytes()
                + (process / "environ").read_bytes()
                + os.fsencode((process / "cwd").readlink())
            )
        except OSError:
            continue
        if os.fsencode(tree) + b"/" in seen + b"/":
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace") if names else ""
            found.append(line[:60] if names else int(process.name))
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
