"""How a worker keeps its connection to the database: as the web does, from one task to the next."""

from functools import cached_property
from typing import Any

from celery import Celery
from celery.fixups.django import DjangoFixup, DjangoWorkerFixup
from django.db import connections


class KeepingWorker(DjangoWorkerFixup):  # type: ignore[misc]
    """
    What is done around each task of a worker.

    Celery itself closes the connection before and after each task, whatever ``CONN_MAX_AGE`` says. A new one costs the two sides more than
    most of our tasks do: a process of the server, and in it each plan anew.
    """

    def install(self) -> DjangoWorkerFixup:
        """Connect the signals; whatever this process opened is closed before others are forked from it."""
        super().install()
        self._close_database()
        return self

    def close_database(self, **_: Any) -> None:
        """Around a task: as around a request, only what is broken or older than ``CONN_MAX_AGE`` is closed."""
        for own in connections.all(initialized_only=True):
            own.close_if_unusable_or_obsolete()


class Keeping(DjangoFixup):  # type: ignore[misc]
    """What ties Celery to Django, with workers that keep their connection."""

    @cached_property
    def worker_fixup(self) -> DjangoWorkerFixup:
        return KeepingWorker(self.app)


def fixup(app: Celery) -> DjangoFixup:
    """Tie ``app`` to Django."""
    return Keeping(app).install()
