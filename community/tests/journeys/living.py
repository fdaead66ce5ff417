"""The site as its visitors meet it: every process real, on ports and in a folder of its own."""

import contextlib
import os
import signal
import time
import urllib.error
import urllib.request

from community.launch.site import Ports, play_keys, processes, site_environment
from community.launch.sockets import free_port
from community.launch.supervisor import Supervisor

FIRST_PORT, SITES = 8_200, 400
PORTS_OF_A_SITE = 4
REDIS_BEYOND, EMPTY_BEYOND = 32, 48
"""How far above those of the test worker the Redis databases of the site lie, and of the one that begins empty; there are 64."""


class LivingSite:
    """The five processes of a site, and what a journey may do to them."""

    def __init__(self, *, folder, database_url, beyond=REDIS_BEYOND):
        self.folder = folder
        # Whoever runs tests beside these asks for free ports at the same moment: each process begins elsewhere.
        web = free_port(first=FIRST_PORT + os.getpid() % SITES * PORTS_OF_A_SITE, taken=set())
        live = free_port(first=web + 1, taken={web})
        self.ports = Ports(web=web, live=live, sandbox=free_port(first=live + 1, taken={web, live}))
        self.address = f"http://localhost:{web}"
        self._children = {}
        self._supervisor = Supervisor(folder)
        self._env = site_environment(
            kind="demo", ports=self.ports, folder=folder,
            addresses={
                "DATABASE_URL": database_url,
                "REDIS_FIRST_DATABASE": str(int(os.environ["REDIS_FIRST_DATABASE"]) + beyond),
                # The tests' own thread may; the site must not.
                "DJANGO_ALLOW_ASYNC_UNSAFE": "",
            },
        )  # fmt: skip

        # All five ways to pay, as the demo has them.
        self._env |= play_keys(self._env, folder=folder)

    @property
    def secret(self):
        """What sessions and links are signed with."""
        return self._env["SECRET_KEY"]

    def start(self):
        for child in processes(kind="demo", ports=self.ports, env=self._env, folder=self.folder):
            self._children[child.name] = self._supervisor.start(child)
        for name, port, path in (
            ("web", self.ports.web, "/healthz"),
            ("sandbox", self.ports.sandbox, "/static/mark.svg"),
        ):
            self._wait_for(name, f"http://127.0.0.1:{port}{path}")
        self._wait_for_the_worker()

    def stop(self):
        for name in self._children:
            self.thaw(name)
        self._supervisor.stop()

    def freeze(self, name):
        """Stop a process where it stands, with its children."""
        os.killpg(self._children[name].process.pid, signal.SIGSTOP)

    def thaw(self, name):
        """Let it go on."""
        if self._children[name].is_alive():
            os.killpg(self._children[name].process.pid, signal.SIGCONT)

    @contextlib.contextmanager
    def without(self, name):
        """The site while one of its processes stands still."""
        self.freeze(name)
        try:
            yield
        finally:
            self.thaw(name)

    def kill(self, name):
        """End a process at once, with its children, as a machine that fails would."""
        child = self._children[name]
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def revive(self, name):
        """Start it again, as the supervisor does where somebody lets it watch."""
        self._supervisor.start(self._children[name])

    def log(self, name):
        return self._supervisor.log_of(name).read_text(errors="replace")[-4_000:]

    def _wait_for(self, name, url, *, seconds=120):
        until = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(url, timeout=20):
                    return
            except (urllib.error.URLError, OSError):
                assert time.monotonic() < until, f"{name} does not answer:\n{self.log(name)}"
                time.sleep(0.2)

    def _wait_for_the_worker(self, *, seconds=240):
        # It lets all others go first, on a busy machine for minutes: a letter would be waited for before anybody can send one.
        until = time.monotonic() + seconds
        while "[queues]" not in self.log("worker"):
            assert time.monotonic() < until, f"the worker does not start:\n{self.log('worker')}"
            time.sleep(0.2)
