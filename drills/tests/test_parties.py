"""Whoever is to die may be struck at any moment, also while it is coming up."""

import threading
import time

import pytest

from drills.ground.processes import Ended
from drills.killing.parties import Parties


@pytest.fixture
def parties(tmp_path, monkeypatch):
    monkeypatch.setenv("LYCEUM_ENVIRONMENT", "test")
    monkeypatch.setenv("SANDBOX_SECRET_KEY", "sk_sandbox_0123456789abcdef")
    monkeypatch.setenv("SANDBOX_WEBHOOK_SECRET", "whsec_sandbox_0123456789abcdef")
    made = Parties(tmp_path)
    yield made
    made.stop()


def test_one_that_is_struck_while_it_comes_up_is_started_once_more(parties):
    def strike_at_once():
        while "sandbox" not in parties.processes:
            time.sleep(0.001)
        parties.strike("sandbox")

    striking = threading.Thread(target=strike_at_once)
    striking.start()
    parties.start("sandbox")
    striking.join()
    assert parties.processes["sandbox"].returncode == -9
    parties.revive()
    assert (parties.processes["sandbox"].poll(), parties.deaths) == (None, 1)


def test_one_that_ends_by_itself_is_looked_into(parties, monkeypatch):
    monkeypatch.setenv("SANDBOX_SECRET_KEY", "none of the sandbox's")
    with pytest.raises(Ended):
        parties.start("sandbox")
