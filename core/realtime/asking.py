"""Questions of the sockets to the database: all from one thread, over one connection that is kept."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, connection

P = ParamSpec("P")
T = TypeVar("T")


def asking(question: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """
    Let ``question`` be awaited.

    Unlike ``database_sync_to_async`` it keeps the connection open afterwards. Under ASGI connections are not kept otherwise, so each
    of the twenty questions of a page that comes back would open one of its own, all in the one thread that every socket waits for.
    """

    @wraps(question)
    def over_a_kept_connection(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return question(*args, **kwargs)
        except DatabaseError:
            # Whatever was wrong with it: the next question gets a new one.
            connection.close()
            raise

    return sync_to_async(over_a_kept_connection)
