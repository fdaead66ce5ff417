"""Which model serves: a new one takes over without anybody having to wait while it is read."""

import threading
import time

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from recsys import operations, serving
from recsys.models import TrainedModel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_models")]


@pytest.fixture
def reading(monkeypatch):
    """Reading a model lasts until it is let go on."""
    goes_on, real = threading.Event(), serving._opened

    def slow(row, folder):
        goes_on.wait(30)
        return real(row, folder)

    monkeypatch.setattr(serving, "_opened", slow)
    yield goes_on
    goes_on.set()


def asks_again(monkeypatch):
    monkeypatch.setattr(serving, "_asked_at", 0.0)
    return serving.current()


def settled(wanted):
    """Wait until the model ``wanted`` serves."""
    until = time.monotonic() + 30
    while time.monotonic() < until and serving._current.row_id != wanted:
        time.sleep(0.01)
    return serving._current.row_id


def test_those_who_ask_while_a_new_one_is_read_go_on_with_the_one_they_have(trained, reading, monkeypatch):
    reading.set()
    old = serving.current().row_id
    reading.clear()
    new = operations.retrain().model.pk
    meanwhile = [asks_again(monkeypatch).row_id for _ in range(3)]
    reading.set()
    assert (meanwhile, settled(new)) == ([old] * 3, new)


def test_control_whoever_asks_first_waits(trained, reading):
    threading.Timer(0.2, reading.set).start()
    began = time.monotonic()
    assert serving.current().row_id == trained.model.pk
    assert time.monotonic() - began >= 0.2


def test_a_process_that_begins_reads_it_beside_what_it_does(trained, reading, monkeypatch):
    # A thread has a connection of its own, which does not see what a test has not committed.
    rows = serving._in_service()
    monkeypatch.setattr(serving, "_in_service", lambda: rows)
    thread = serving.look_ahead()
    meanwhile = serving.current()
    reading.set()
    thread.join(30)
    assert (meanwhile, serving.current().row_id) == (None, trained.model.pk)


def test_where_none_is_in_service_any_more_none_serves(trained, monkeypatch):
    assert serving.current().row_id == trained.model.pk
    TrainedModel.objects.update(put_in_service_at=None)
    assert serving.current().row_id == trained.model.pk  # It is asked for every ten seconds.
    assert asks_again(monkeypatch) is None


def test_one_that_cannot_be_read_leaves_the_one_that_serves(trained, monkeypatch, settings):
    old = serving.current().row_id
    new = operations.retrain().model
    for path in (settings.MODELS_ROOT / new.folder).glob("*.npy"):
        path.write_bytes(b"nonsense")
    tried = threading.Event()
    real = serving._first_that_opens

    def noted(rows, held):
        found = real(rows, held)
        tried.set()
        return found

    monkeypatch.setattr(serving, "_first_that_opens", noted)
    asks_again(monkeypatch)
    assert tried.wait(30)
    assert settled(old) == old


def test_a_process_that_begins_lets_each_request_score_in_its_own_thread(trained, monkeypatch):
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    # A thread has a connection of its own, which does not see what a test has not committed.
    monkeypatch.setattr(serving, "_in_service", list)
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        serving.look_ahead().join(30)
        assert (before, threads()) == ({2}, {1})
