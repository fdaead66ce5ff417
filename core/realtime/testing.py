"""For tests inside one transaction, in which nothing is committed and so nothing is said yet."""

from django.db import connection

from .models import Message


def said_in(stream: str) -> list[Message]:
    """What is said in ``stream``, in order, by what the test has done so far."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS realtime_number_messages IMMEDIATE")
    return list(Message.objects.filter(stream=stream).order_by("seq"))
