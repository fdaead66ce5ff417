"""The two parties of the whole way: our own web server, and the provider's process."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application

from payments.models import WebhookEvent
from payments.providers.alipay import Alipay
from payments.providers.stripe import Stripe
from payments.providers.wechat import WeChat
from payments.tests.playing import SECRET

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_sandbox_0123456789abcdef"
PACE = ["--slow", "0.5", "--dispute", "0.3", "--retry", "0.05"]


REAL = {"stripe": Stripe, "alipay": Alipay, "wechat": WeChat}
NAMES = {
    "stripe": ["account", "secret_key", "webhook_secret"],
    "alipay": ["app_id", "seller_id", "private_key", "public_key"],
    "wechat": ["app_id", "mch_id", "serial", "private_key", "platform_key_id", "platform_public_key", "api_key"],
}
VARIABLES = {"account": "ACCOUNT_ID"}


def ours(keys):
    """What the settings make of the variables."""
    return {
        provider: {
            "url": keys[f"{provider.upper()}_URL"],
            **{name: keys[f"{provider.upper()}_{VARIABLES.get(name, name.upper())}"] for name in names},
        }
        for provider, names in NAMES.items()
    }


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def our_site():
    """Our own web server, for the provider to call; gives its address."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_internal_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


NOWHERE = {"url": "http://sandbox.invalid", "shop": "http://shop.invalid"}
"""Where both parties stand before they have started."""


def made_keys(folder):
    """The keys of every scheme, as the sandbox makes them for both parties, wherever these will stand."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.keys", "--folder", str(folder), *(f"--{name}={url}" for name, url in NOWHERE.items())],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "LYCEUM_ENVIRONMENT": "test"}, capture_output=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def standing_at(keys, *, url, shop):
    """The same keys, with the addresses at which the parties were started."""
    return {name: key.replace(NOWHERE["url"], url).replace(NOWHERE["shop"], shop) for name, key in keys.items()}


@contextmanager
def sandbox_process(port, folder, *, keys=None):
    """The provider's process, with the same keys as ours."""
    given = {"LYCEUM_ENVIRONMENT": "test", "SANDBOX_SECRET_KEY": KEY, "SANDBOX_WEBHOOK_SECRET": SECRET, **(keys or {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port), "--state", str(folder), *PACE],
        cwd=ROOT, env={"PATH": os.environ["PATH"], **given}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert "listening" in process.stdout.readline()
        yield process
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def ask(method, url, fields=None):
    """One request without following anything: status, headers, body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(fields) if fields is not None else None
    connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, kind)
    answer = connection.getresponse()
    told = answer.status, answer.headers, answer.read()
    connection.close()
    return told


def eventually(check, work, *, within=15):
    """Work until ``check`` is true."""
    end = time.monotonic() + within
    while True:
        work()
        if check():
            return
        assert time.monotonic() < end, list(WebhookEvent.objects.values_list("kind", "outcome"))
        time.sleep(0.05)
