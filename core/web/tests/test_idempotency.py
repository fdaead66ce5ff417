"""Once, however often."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from core.web import idempotency
from core.web.idempotency import KeyReused, once
from core.web.models import DoneOnce


@pytest.fixture
def bell():
    return []


def ring(bell, by, *, key="k1", request=None, act=None):
    return once(
        scope="ring", key=key, by=by, request=request or {"bell": 1}, act=act or (lambda: bell.append(1) or len(bell))
    )


def test_the_second_gets_the_result_of_the_first(bell, ben):
    assert [ring(bell, ben), ring(bell, ben)] == [1, 1]
    assert bell == [1]


def test_other_keys_and_other_people_act_for_themselves(bell, ben, cleo):
    assert [ring(bell, ben), ring(bell, ben, key="k2"), ring(bell, cleo), ring(bell, AnonymousUser())] == [1, 2, 3, 4]


def test_a_key_stands_for_one_request(bell, ben):
    ring(bell, ben)
    with pytest.raises(KeyReused):
        ring(bell, ben, request={"bell": 2})


def test_what_failed_may_be_tried_again(bell, ben):
    with pytest.raises(ZeroDivisionError):
        ring(bell, ben, act=lambda: 1 / 0)
    assert ring(bell, ben) == 1


def test_a_result_of_nothing_is_a_result(bell, ben):
    ring(bell, ben, act=lambda: bell.append(1))
    assert ring(bell, ben, act=lambda: bell.append(1)) is None
    assert bell == [1]


def test_old_keys_are_forgotten(bell, ben):
    ring(bell, ben)
    ring(bell, ben, key="k2")
    DoneOnce.objects.filter(key="k1").update(done_at=timezone.now() - timedelta(days=8))
    assert idempotency.forget_old() == 1
    assert DoneOnce.objects.get().key == "k2"


def at_once(bell, count=8):
    barrier, results = threading.Barrier(count), []

    def work():
        barrier.wait()
        try:
            results.append(ring(bell, AnonymousUser(), act=lambda: bell.append(1) or len(bell)))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return results


@pytest.mark.race
def test_many_at_once_act_once(own_database, bell):
    assert at_once(bell) == [1] * 8
    assert bell == [1]


@pytest.mark.race
def test_control_without_the_row_they_all_act(own_database, bell, monkeypatch):
    monkeypatch.setattr(idempotency, "once", lambda *, act, **_: act())
    monkeypatch.setitem(globals(), "once", idempotency.once)
    at_once(bell)
    assert len(bell) == 8
