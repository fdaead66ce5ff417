"""Numbers of a stream: gapless, in order of commit, given at the very end."""

import threading

import pytest
from django.db import connection, transaction

from core.realtime import queries
from core.realtime.models import Message, Stream
from core.realtime.sending import send


def say(*streams):
    for stream in streams:
        send(stream=stream, action="signal")


def numbers(stream):
    return list(Message.objects.filter(stream=stream).order_by("pk").values_list("seq", flat=True))


def test_messages_are_numbered_from_one_without_gaps(own_database):
    for _ in range(3):
        with transaction.atomic():
            say("room:1", "room:2", "room:1")
    assert (numbers("room:1"), numbers("room:2")) == ([1, 2, 3, 4, 5, 6], [1, 2, 3])


def test_a_rolled_back_message_leaves_no_gap(own_database):
    with transaction.atomic():
        say("room:1")
    with transaction.atomic():
        say("room:1")
        transaction.set_rollback(True)
    with transaction.atomic(), transaction.atomic():
        say("room:1")
    assert numbers("room:1") == [1, 2]


def test_outside_a_transaction_nothing_is_sent(own_database):
    with pytest.raises(RuntimeError):
        say("room:1")


def write_many(streams, rounds, barrier):
    barrier.wait()
    try:
        for _ in range(rounds):
            with transaction.atomic():
                say(*streams)
    finally:
        connection.close()


@pytest.mark.race
def test_concurrent_writers_in_opposite_orders_neither_deadlock_nor_leave_gaps(own_database):
    barrier = threading.Barrier(6)
    orders = [("room:1", "room:2"), ("room:2", "room:1")] * 3
    threads = [threading.Thread(target=write_many, args=(order, 20, barrier)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers("room:1")) == list(range(1, 121))
    assert dict(Stream.objects.values_list("name", "seq")) == {"room:1": 120, "room:2": 120}


class TestCatchingUp:
    def test_who_was_away_gets_what_followed_in_order(self, own_database):
        for _ in range(4):
            with transaction.atomic():
                say("room:1")
        missed = queries.since(stream="room:1", seq=2)
        assert ([one.seq for one in missed.messages], missed.must_reload) == ([3, 4], False)

    def test_who_was_away_too_long_must_reload(self, own_database):
        with transaction.atomic():
            say("room:1", "room:1", "room:1")
        Message.objects.filter(seq__lte=2).delete()
        assert queries.since(stream="room:1", seq=1).must_reload is True

    def test_a_stream_whose_messages_are_all_gone_asks_for_a_reload(self, own_database):
        with transaction.atomic():
            say("room:1")
        Message.objects.all().delete()
        assert queries.since(stream="room:1", seq=0).must_reload is True

    def test_many_streams_are_asked_about_in_two_questions(self, own_database, django_assert_num_queries):
        for _ in range(3):
            with transaction.atomic():
                say("room:1", "room:2", "room:4")
        Message.objects.filter(stream="room:4", seq=1).delete()
        with django_assert_num_queries(2):
            missed, last = queries.since_each({"room:1": 1, "room:2": 3, "room:3": 0, "room:4": 0})
        found = {stream: ([one.seq for one in each.messages], each.must_reload) for stream, each in missed.items()}
        assert found == {"room:1": ([2, 3], False), "room:2": ([], False), "room:3": ([], False), "room:4": ([], True)}
        assert last == {"room:1": 3, "room:2": 3, "room:4": 3}
