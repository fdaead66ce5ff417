import threading
import time
from contextlib import contextmanager

import pytest

from sandbox.environment import Settings
from sandbox.provider import Provider
from sandbox.server import Server
from sandbox.tests.playing import ENVIRONMENT, Client, Shop, free_port

QUICK = {
    "slow_after": 0.4,
    "late_after": 0.2,
    "dispute_after": 0.3,
    "retry_after": 0.05,
    "attempts": 4,
    "answer_within": 1.0,
}


@pytest.fixture
def shop():
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture
def open_sandbox(tmp_path, shop):
    """Open a sandbox on the test's own state folder for a while, at a pace fit for tests."""

    @contextmanager
    def opened(*, environment=ENVIRONMENT, clock=time.time, **pace):
        port = free_port()
        settings = Settings.from_environment(environment, public_url=f"http://127.0.0.1:{port}", **QUICK | pace)
        provider = Provider(folder=tmp_path / "state", settings=settings, clock=clock)
        with Server(provider=provider, port=port) as server:
            serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            serving.start()
            provider.open()
            try:
                yield Client(port, shop)
            finally:
                server.shutdown()
                serving.join()
                provider.close()

    return opened


@pytest.fixture
def client(open_sandbox):
    with open_sandbox() as client:
        yield client
