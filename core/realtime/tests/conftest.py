"""A live process on a database of its own, and clients that open real sockets to it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from accounts.models import User
from core.realtime import sending, topics
from core.realtime.server import OPTIONS

ORIGIN = "http://localhost:8000"
PATIENCE = 40.0
"""How long a test waits for what must come; the promised five seconds are asserted where they are promised."""


class House:
    """The live process, and members to come to it."""

    def __init__(self, port):
        self.port = port
        self._members = 0

    def join(self, **fields):
        self._members += 1
        name = f"member{self._members}"
        return User.objects.create_user(f"{name}@example.test", username=name, name=name.title(), **fields)

    def enter(self, user):
        """A logged-in browser of ``user``."""
        browser = Client()
        browser.force_login(user)
        return browser

    def open(self, browser=None, *, origin=ORIGIN, **options):
        headers = {}
        if browser is not None:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        address = f"ws://127.0.0.1:{self.port}/live/"
        return Page(connect(address, origin=origin, additional_headers=headers, **options))


class Page:
    """What a page does with its socket."""

    def __init__(self, connecting):
        self._open = contextlib.ExitStack()
        self.connection = self._open.enter_context(connecting)
        self.heard = []

    def ask(self, request):
        # One that the server has closed meanwhile says so in ``end``.
        with contextlib.suppress(ConnectionClosed):
            self.connection.send(request if isinstance(request, str) else json.dumps(request))

    def listen(self, stream, seq=0, **more):
        self.ask({"listen": [[topics.sign(stream), seq]], **more})
        return self.until(lambda said: said.get("listening") == stream or "refused" in said)

    def until(self, is_it, *, seconds=PATIENCE):
        """The first message that ``is_it``; everything heard until then is kept."""
        end = time.monotonic() + seconds
        while True:
            said = json.loads(self.connection.recv(timeout=max(0.0, end - time.monotonic())))
            self.heard.append(said)
            if is_it(said):
                return said

    def seqs(self, count):
        """The numbers of the next ``count`` messages."""
        return [self.until(lambda said: "seq" in said)["seq"] for _ in range(count)]

    def end(self, *, seconds=PATIENCE):
        """The code with which the server closes the socket."""
        with contextlib.suppress(ConnectionClosed):
            self.until(lambda said: False, seconds=seconds)
        return self.connection.close_code

    def close(self):
        self._open.close()


def say(stream, count=1, *, html="<p>Lantern</p>"):
    for _ in range(count):
        with transaction.atomic():
            sending.send_many([sending.Said(stream=stream, action="append", target="list", html={"en": html})])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, "the live process ended"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the live process does not answer")


@pytest.fixture(scope="module")
def house(module_database, tmp_path_factory):
    port = free_port()
    url = urllib.parse.urlunsplit(
        urllib.parse.urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{module_database}")
    )
    # Its own origin too: it serves pages as well, to a browser.
    origins = f"{ORIGIN},http://127.0.0.1:{port}"
    env = os.environ | {"DATABASE_URL": url, "SITE_URL": ORIGIN, "LIVE_ORIGINS": origins}
    patience = {"--ws-ping-interval": "5", "--ws-ping-timeout": "8"}
    options = [word for name, value in OPTIONS for word in (name, patience.get(name, value))]
    command = [sys.executable, "-m", "uvicorn", "core.realtime.tests.house:application", "--port", str(port), *options]
    log = tmp_path_factory.mktemp("live") / "live.log"
    with log.open("wb") as said:
        process = subprocess.Popen([*command, "--log-level", "warning"], env=env, stdout=said, stderr=said)
    try:
        wait_for(port, process)
        yield House(port)
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert "Traceback" not in log.read_text(), log.read_text()[-4_000:]


@pytest.fixture
def live(house):
    """The house, with all sockets closed at the end of the test."""
    opened = []

    class Visit:
        port, join, enter = house.port, staticmethod(house.join), staticmethod(house.enter)

        @staticmethod
        def open(*arguments, **options):
            opened.append(house.open(*arguments, **options))
            return opened[-1]

    yield Visit
    for page in opened:
        page.close()
