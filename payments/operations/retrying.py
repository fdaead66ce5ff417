"""Transactions that are tried again when two of them stood in each other's way."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3
_PASSING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock time-out


def retried(operation: Callable[P, T]) -> Callable[P, T]:
    """Run ``operation`` in a transaction of its own, up to three times; inside another one it joins that, and runs once."""

    @functools.wraps(operation)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for tried in range(1, TRIES + 1):
            try:
                with transaction.atomic():
                    return operation(*args, **kwargs)
            except OperationalError as error:
                if tried == TRIES or connection.in_atomic_block or not _is_passing(error):
                    raise
                time.sleep(random.uniform(0.02, 0.1) * tried)  # noqa: S311 - jitter, not a secret
        raise AssertionError("unreachable")

    return run


def _is_passing(error: OperationalError) -> bool:
    return getattr(error.__cause__, "pgcode", None) in _PASSING
