"""A worker's connection: kept from task to task, as from request to request, and no longer than it is good."""

import time

import pytest
from celery.fixups.django import DjangoWorkerFixup
from django.db import OperationalError, connection

from community.celery import app
from community.keeping import KeepingWorker
from core.events.tasks import relay

pytestmark = pytest.mark.commits


@pytest.fixture
def keeping(own_database):
    return KeepingWorker(app)


def server_process():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_the_next_task_has_the_same_connection(keeping):
    first = server_process()
    keeping.on_task_postrun(relay)
    keeping.on_task_prerun(relay)
    assert server_process() == first


def test_control_celerys_own_way_closes_it(own_database):
    server_process()
    DjangoWorkerFixup(app).on_task_postrun(relay)
    assert connection.connection is None


def test_a_connection_that_broke_is_replaced(keeping):
    first = server_process()
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    keeping.on_task_postrun(relay)
    assert server_process() != first


def test_one_that_broke_between_two_tasks_is_replaced(keeping, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", True)
    connection.close()
    first = server_process()
    connection.health_check_enabled = True
    keeping.on_task_postrun(relay)
    connection.connection.close()
    keeping.on_task_prerun(relay)
    assert server_process() != first


def test_an_old_one_is_replaced(keeping):
    first = server_process()
    connection.close_at = time.monotonic() - 1
    keeping.on_task_postrun(relay)
    assert server_process() != first


def test_the_app_of_the_workers_keeps():
    [fixup] = app._fixups
    assert type(fixup.worker_fixup) is KeepingWorker
