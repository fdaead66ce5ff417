"""How work is spread over processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController, threadpool_limits

Run = Callable[[list[Callable[[], None]]], None]


def one_blas_thread() -> AbstractContextManager[object]:
    """
    Keep BLAS and LAPACK to the calling thread.

    Their own threads wait for each other by spinning: beside a busy web server an inverse takes five times as long
    with two threads as with one. One thread also gives the same rounding on every machine.
    """
    limits: AbstractContextManager[object] = _libraries().limit(limits=1, user_api="blas")
    return limits


def keep_blas_to_the_caller() -> None:
    """Let BLAS and LAPACK keep to the calling thread from now on, for a process that is asked by many threads at once."""
    threadpool_limits(1, user_api="blas")


def one_by_one(blocks: list[Callable[[], None]]) -> None:
    """Run blocks in the calling thread, as within a request."""
    for block in blocks:
        block()


@contextmanager
def in_threads() -> Iterator[Run]:
    """Give a runner that spreads blocks over the processors, with BLAS at one thread in each."""
    with one_blas_thread(), spread() as run:
        yield run


@contextmanager
def spread() -> Iterator[Run]:
    """Give a runner that spreads blocks over the processors, for blocks that do not use BLAS."""
    with ThreadPoolExecutor(processors()) as pool:

        def run(blocks: list[Callable[[], None]]) -> None:
            for done in [pool.submit(block) for block in blocks]:
                done.result()

        yield run


@cache
def _libraries() -> ThreadpoolController:
    # Those of numpy and scipy, which are there by now; to look for them takes as long as a small product of matrices.
    return ThreadpoolController()


def processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
