import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.db import OperationalError, connection

from core.realtime.asking import asking

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def under_asgi(monkeypatch):
    """The connection is not kept between requests, as in the live process."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def cut():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def close():
    connection.close()


async def twice(question):
    try:
        return [await question(), await question()]
    finally:
        # The thread's own connection would outlive the test.
        await sync_to_async(close)()


def test_questions_share_a_connection():
    first, second = asyncio.run(twice(asking(backend)))
    assert first == second


def test_without_it_each_question_opens_one():
    first, second = asyncio.run(twice(database_sync_to_async(backend)))
    assert first != second


def test_after_a_failure_the_next_question_gets_a_new_connection():
    async def cut_and_ask():
        with pytest.raises(OperationalError):
            await asking(cut)()
        return await twice(asking(backend))

    first, second = asyncio.run(cut_and_ask())
    assert first == second
