"""The months of the stream: made a year ahead, and one that takes what falls outside."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from core.events import tasks

pytestmark = pytest.mark.django_db

INSERT = "INSERT INTO events_fact (name, happened_at, recorded_at, payload, position) VALUES ('core.LampLit', now(), %s, '{}', 1)"


def query(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else None


def months():
    return {
        name.removeprefix("events_fact_")
        for (name,) in query("SELECT relid::regclass::text FROM pg_partition_tree('events_fact') WHERE isleaf")
    }


def later(count):
    now = datetime.now(UTC)
    year, month = divmod(now.year * 12 + now.month - 1 + count, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)


def holds(partition):
    return query(f"SELECT count(*) FROM {partition}")[0][0]


def test_a_year_is_made_ahead_and_made_only_once():
    wanted = {f"{later(n):%Y%m}" for n in range(13)} | {"default"}
    assert wanted <= months()
    tasks.make_partitions()
    assert wanted <= months()


def test_a_fact_stands_in_its_month():
    query(INSERT, later(3))
    assert holds(f"events_fact_{later(3):%Y%m}") == 1


def test_what_falls_outside_is_taken_all_the_same():
    query(INSERT, datetime(2099, 1, 1, tzinfo=UTC))
    query(INSERT, datetime(1999, 1, 1, tzinfo=UTC))
    assert holds("events_fact_default") == 2


def test_a_month_that_comes_late_takes_over_what_the_default_one_holds():
    query(INSERT, later(20))
    query(INSERT, datetime(2099, 1, 1, tzinfo=UTC))
    query("SELECT events_make_partitions(21)")
    assert (holds("events_fact_default"), holds(f"events_fact_{later(20):%Y%m}"), holds("events_fact")) == (1, 1, 2)
    query(INSERT, later(20))
    assert holds(f"events_fact_{later(20):%Y%m}") == 2
