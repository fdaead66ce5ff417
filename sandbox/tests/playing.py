"""The two parties of every test: a shop that is told things, and a client that asks for them."""

import http.client
import json
import socket
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

SECRET_KEY = "sk_sandbox_0123456789abcdef"
WEBHOOK_SECRET = "whsec_sandbox_0123456789abcdef"
STRIPE_SECRET = "whsec_sandbox_stripe_0123456789abcdef"
ENVIRONMENT = {
    "LYCEUM_ENVIRONMENT": "test",
    "SANDBOX_SECRET_KEY": SECRET_KEY,
    "SANDBOX_WEBHOOK_SECRET": WEBHOOK_SECRET,
    "SANDBOX_STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
}


@dataclass(frozen=True)
class Notice:
    headers: http.client.HTTPMessage
    body: bytes
    at: float

    @property
    def event(self):
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


class Shop:
    """Keeps every notice, takes ``thinks`` seconds, and answers with the statuses laid out for it, then with 204."""

    def __init__(self):
        self.notices, self.statuses, self.thinks = [], [], 0
        self._arrived = threading.Condition()
        shop = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(shop._take(Notice(self.headers, body, time.time())))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhooks/sandbox/?shop=1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def heard(self, count, *, within=5.0):
        """Give the first ``count`` notices, waiting for them; fewer is an error that shows those there are."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.notices) >= count, timeout=within)
            assert len(self.notices) >= count, [notice.event for notice in self.notices]
            return self.notices[:count]

    def stays_quiet(self, *, after, seconds=0.3):
        time.sleep(seconds)
        return len(self.notices) == after

    def _take(self, notice):
        with self._arrived:
            self.notices.append(notice)
            self._arrived.notify_all()
        time.sleep(self.thinks)
        with self._arrived:
            return self.statuses.pop(0) if self.statuses else 204


class Client:
    """Speaks to one sandbox, as a shop with its key and as a browser without one."""

    def __init__(self, port, shop):
        self.port, self._shop, self._made = port, shop, 0

    def send(self, method, target, *, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def api(self, method, target, sent=None, *, key=None, headers=None):
        standing = {"Authorization": f"Bearer {SECRET_KEY}", "Content-Type": "application/json"}
        standing |= {"Idempotency-Key": key} if key else {}
        return self.send(
            method, target, body=json.dumps(sent) if sent is not None else None, headers=standing | (headers or {})
        )

    def order(self, **changes):
        return {
            "order_reference": "L-2026-0001",
            "amount": 19900,
            "currency": "CNY",
            "description": "从零开始的咖啡课",
            "return_url": "http://127.0.0.1:8000/orders/1/",
            "webhook_url": self._shop.url,
        } | changes

    def create(self, **changes):
        self._made += 1
        answer = self.api("POST", "/v1/payments", self.order(**changes), key=f"create-{self._made:04}")
        assert answer.status == 201, answer.body
        return answer.json

    def fetch(self, payment):
        return self.api("GET", f"/v1/payments/{payment['id']}").json

    def refund(self, payment, amount, *, key):
        return self.api("POST", f"/v1/payments/{payment['id']}/refunds", {"amount": amount}, key=key)

    def page(self, target, **headers):
        return self.send("GET", target, headers=headers)

    def choose(self, payment, choice, *, step="", **form):
        path = urlsplit(payment["checkout_url"]).path + step
        fields = {"choice": choice, **form} if choice else form
        return self.post_form(path, fields)

    def post_form(self, target, fields):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", target, body=urlencode(fields), headers=kind)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def eventually(check, *, within=5.0):
    """Give what ``check`` gives once that is true, or fail."""
    until = time.monotonic() + within
    while not (found := check()):
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.01)
    return found
