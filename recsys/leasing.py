"""One training at a time, wherever it is started: a lease that is renewed, and lost when nobody renews it."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from .models import TrainedModel, TrainingRun

LEASE = timedelta(minutes=2)
RENEWED_EVERY_SECONDS = 30.0


class Busy(Exception):
    """A training is running already."""


class LeaseLost(Exception):
    """Another training took over; what this one found out does not count."""


class Lease:
    """A training's right to go on; ``at`` tells the desk how far it has come."""

    def __init__(self, run: TrainingRun) -> None:
        self.run = run

    def at(self, stage: TrainingRun.Stage) -> None:
        """
        Go on to ``stage``.

        :raises LeaseLost: if another training took over.
        """
        if not self._mine().update(stage=stage, leased_until=timezone.now() + LEASE):
            raise LeaseLost

    def renew(self) -> bool:
        """Keep the lease for two more minutes; say whether it was still ours."""
        return bool(self._mine().update(leased_until=timezone.now() + LEASE))

    def hold(self) -> None:
        """
        Keep others out until the transaction ends, in which what was trained is written down.

        :raises LeaseLost: if another training took over.
        """
        if self._mine().select_for_update().first() is None:
            raise LeaseLost

    def end(self, *, outcome: str, model: TrainedModel | None = None) -> None:
        """Write down what came of it; of a lease that was lost nothing is."""
        self._mine().update(ended_at=timezone.now(), outcome=outcome[:300], model=model)

    def _mine(self) -> QuerySet[TrainingRun]:
        return TrainingRun.objects.filter(token=self.run.token, ended_at__isnull=True)


@contextmanager
def leased() -> Iterator[Lease]:
    """
    Hold the lease while a training runs, and renew it beside the work.

    :raises Busy: if another training holds it.
    """
    lease = Lease(_take())
    stop = threading.Event()
    heart = threading.Thread(target=_beat, args=[lease, stop], daemon=True)
    heart.start()
    try:
        yield lease
    except Exception as failed:
        lease.end(outcome=f"{type(failed).__name__}: {failed}")
        raise
    finally:
        stop.set()
        heart.join()
        lease.end(outcome="ended without a word")


@transaction.atomic
def _take() -> TrainingRun:
    now = timezone.now()
    lost = TrainingRun.objects.filter(ended_at__isnull=True, leased_until__lt=now)
    lost.update(ended_at=now, outcome="its process ended without a word")
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(token=secrets.token_hex(16), leased_until=now + LEASE)
    except IntegrityError as taken:
        raise Busy from taken


def _beat(lease: Lease, stop: threading.Event) -> None:
    try:
        while not stop.wait(RENEWED_EVERY_SECONDS) and lease.renew():
            pass
    finally:
        connection.close()
