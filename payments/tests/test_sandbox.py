"""The whole way at the real sandbox: its process, its pages, its messages over real HTTP."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler, get_internal_wsgi_application

from core import audience
from payments import operations
from payments.models import Entitlement, Order, Payment, WebhookEvent
from payments.providers import registry
from payments.providers.sandbox import Sandbox
from payments.tests.playing import SECRET

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_sandbox_0123456789abcdef"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def site(own_database, settings):
    """Our own web server, for the provider to call."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_internal_wsgi_application())
    settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield settings.SITE_URL
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sandbox(site, settings, tmp_path, monkeypatch):
    """The provider's process, with the same keys as ours; the only one here."""
    monkeypatch.setattr(registry, "_known", {"sandbox": Sandbox()})
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings.SANDBOX_URL, settings.SANDBOX_SECRET_KEY = f"http://127.0.0.1:{port}", KEY
    keys = {"LYCEUM_ENVIRONMENT": "test", "SANDBOX_SECRET_KEY": KEY, "SANDBOX_WEBHOOK_SECRET": SECRET}
    pace = ["--slow", "0.5", "--dispute", "0.3", "--retry", "0.05"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port), "--state", str(tmp_path / "state"), *pace],
        cwd=ROOT, env={"PATH": os.environ["PATH"], **keys}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert "listening" in process.stdout.readline()
    yield port
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.fixture
def play(worker):
    """Choose at the hosted page how a payment ends, then work until ``until`` is true."""

    def choose(payment, choice, *, until):
        parts = urlsplit(payment.checkout_url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", parts.path, urlencode({"choice": choice}), kind)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 303
        _eventually(until, worker)

    return choose


def _eventually(check, work, *, within=10):
    end = time.monotonic() + within
    while True:
        work()
        if check():
            return
        assert time.monotonic() < end, list(WebhookEvent.objects.values_list("kind", "outcome"))
        time.sleep(0.05)


@pytest.fixture
def checkout(sandbox, enter, sell, ben):
    """Ben stands at the sandbox's page, brought there by our form."""
    product = sell()
    client = enter(ben)
    page = client.get(f"/checkout/{product.pk}/")
    assert page.status_code == 200, page.content.decode()
    assert f"form-action 'self' http://127.0.0.1:{sandbox};" in page.headers["Content-Security-Policy"]
    answer = client.post(f"/checkout/{product.pk}/", {"way": "sandbox"})
    payment = Payment.objects.select_related("order").get()
    assert (answer.status_code, answer.url) == (303, payment.checkout_url)
    return client, payment


def state_of(payment):
    return Order.objects.get(pk=payment.order_id).state


def test_from_the_click_to_the_receipt(checkout, play, ben, fulfilled):
    client, payment = checkout
    play(payment, "approve", until=lambda: state_of(payment) == "paid")
    assert audience.keys_of(ben) >= {"course:42"}
    assert fulfilled.told == [("granted", "course:42", ben.pk)]
    page = client.get(payment.order.get_absolute_url())
    assert "You are in" in page.content.decode()
    assert 'href="/courses/coffee/"' in page.content.decode()
    receipt = client.get(f"{payment.order.get_absolute_url()}receipt/").content.decode()
    assert ("Coffee from nothing" in receipt, "¥199" in receipt, "-000001" in receipt) == (True, True, True)


def test_declined_and_then_paid(checkout, play):
    client, payment = checkout
    play(payment, "decline", until=lambda: Payment.objects.get().state == "declined")
    page = client.get(payment.order.get_absolute_url()).content.decode()
    assert ("The payment was declined" in page, payment.checkout_url in page) == (True, True)
    play(payment, "approve", until=lambda: state_of(payment) == "paid")


@pytest.mark.parametrize("choice", ["duplicate", "out_of_order", "slow"])
def test_however_the_provider_tells_it(checkout, play, choice):
    _, payment = checkout
    expected = {"duplicate": 1, "out_of_order": 2, "slow": 1}[choice]
    play(payment, choice, until=lambda: WebhookEvent.objects.filter(worked_at__isnull=False).count() == expected)
    assert (state_of(payment), Entitlement.objects.count()) == ("paid", 1)


def test_a_payment_that_nobody_told_is_found_by_the_page_that_one_returns_to(checkout, play):
    client, payment = checkout
    play(payment, "lost", until=lambda: True)
    assert state_of(payment) == "placed"
    page = client.get(payment.order.get_absolute_url()).content.decode()
    assert ("You are in" in page, state_of(payment)) == (True, "paid")


def test_another_amount_is_not_believed_and_goes_back(checkout, play, worker):
    client, payment = checkout

    def refunded():
        operations.ask_again()
        return payment.refunds.filter(state="done").exists()

    play(payment, "wrong_amount", until=refunded)
    assert (state_of(payment), Entitlement.objects.count()) == ("placed", 0)
    assert "Another amount arrived" in client.get(payment.order.get_absolute_url()).content.decode()


def test_a_chargeback_closes_the_door(checkout, play, ben, balance, ada):
    _, payment = checkout
    play(payment, "chargeback", until=lambda: state_of(payment) == "disputed")
    assert "course:42" not in audience.keys_of(type(ben).objects.get(pk=ben.pk))
    assert (balance("customers", "sandbox"), balance("creator", f"user:{ada.pk}")) == (0, 0)


def test_money_back_by_one_button(checkout, play, ben, balance, worker):
    client, payment = checkout
    play(payment, "approve", until=lambda: state_of(payment) == "paid")
    address = f"{payment.order.get_absolute_url()}refund/"
    assert "Give me back ¥199" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 302
    assert (state_of(payment), Entitlement.objects.live().count()) == ("refunded", 0)
    _eventually(lambda: payment.refunds.get().state == "done", worker)
    assert (balance("customers", "sandbox"), balance("refunds_due", "sandbox")) == (0, 0)
