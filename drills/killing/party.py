"""``python -m drills.killing.party web PORT [leaves_messages]`` or ``worker``: our own two processes, one of which may die at a point."""

import os
import sys
import time
from wsgiref.simple_server import WSGIServer

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community.settings")

import django

django.setup()

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application
from django.db import close_old_connections

from core.events import outbox
from drills.killing import points
from payments import operations
from payments.views import webhook


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def web(port: int, *, leaves_messages: bool) -> None:
    """Serve pages and take messages; where it ``leaves_messages`` to the worker, it works none of them off itself."""
    if leaves_messages:
        webhook.operations.work_off_at_once = lambda **_: None
    server: WSGIServer = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.set_app(get_internal_wsgi_application())
    server.serve_forever(poll_interval=0.05)


def worker() -> None:
    """Deliver what stands in the outbox, and ask providers again, as the real one does."""
    while True:
        close_old_connections()
        outbox.relay()
        operations.ask_again()
        time.sleep(0.1)


if __name__ == "__main__":
    who, *rest = sys.argv[1:]
    if os.environ.get("DIES_AT"):
        points.arm(os.environ["DIES_AT"])
    web(int(rest[0]), leaves_messages="leaves_messages" in rest) if who == "web" else worker()
