"""Numbers of a stream: gapless, in order of commit, given at the very end."""

import pytest
from django.db import transaction

from conftest import _owner_connection
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


@pytest.mark.race
class TestManyWriters:
    """Six of them, half of whom name the streams the other way round."""

    @pytest.fixture
    def write(self, own_database, at_once):
        def many(*streams):
            for _ in range(20):
                with transaction.atomic():
                    say(*streams)

        orders = [("room:1", "room:2"), ("room:2", "room:1")] * 3
        return lambda: at_once(*[lambda order=order: many(*order) for order in orders])

    def test_neither_deadlock_nor_leave_gaps(self, write):
        assert write() == {"done": 6}
        assert sorted(numbers("room:1")) == sorted(numbers("room:2")) == list(range(1, 121))
        assert dict(Stream.objects.values_list("name", "seq")) == {"room:1": 120, "room:2": 120}

    def test_control_without_the_counter_s_lock_two_want_the_same_number(self, write, own_database):
        change_numbering(own_database, COUNTER, "SELECT coalesce(max(seq), 0) + 1 INTO last_seq FROM realtime_message WHERE stream = one.stream; PERFORM pg_sleep(0.05);")  # fmt: skip
        assert write()["IntegrityError"] > 0


@pytest.mark.race
class TestTwoWhoSpeakInOppositeOrder:
    """Each has the counter of one stream and asks for that of the other a moment later, as on a busy machine."""

    @pytest.fixture
    def write(self, own_database, at_once):
        change_numbering(own_database, COUNTER, f"{COUNTER} PERFORM pg_sleep(0.3);")

        def both(*streams):
            with transaction.atomic():
                say(*streams)

        return lambda: at_once(lambda: both("room:1", "room:2"), lambda: both("room:2", "room:1"))

    def test_wait_for_each_other_and_never_in_a_circle(self, write):
        assert write() == {"done": 2}
        assert (sorted(numbers("room:1")), sorted(numbers("room:2"))) == ([1, 2], [1, 2])

    def test_control_in_the_order_of_writing_it_is_a_circle(self, write, own_database):
        # Long enough for the second to have begun on the busiest machine; here both wait for it, and nobody for the other.
        change_numbering(own_database, "pg_sleep(0.3)", "pg_sleep(2)")
        change_numbering(own_database, 'ORDER BY stream COLLATE "C", id', "ORDER BY id")
        assert write() == {"done": 1, "OperationalError": 1}


COUNTER = """INSERT INTO realtime_stream (name, seq) VALUES (one.stream, 1)
        ON CONFLICT (name) DO UPDATE SET seq = realtime_stream.seq + 1
        RETURNING seq INTO last_seq;"""


def change_numbering(database, before, after):
    """Put the function by which Postgres numbers messages wrong in one place."""
    owner = _owner_connection(database)
    try:
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_get_functiondef('realtime_number_messages'::regproc)")
            (definition,) = cursor.fetchone()
            assert before in definition
            cursor.execute(definition.replace(before, after))
    finally:
        owner.close()


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
