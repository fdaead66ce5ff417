"""What workers do for recommendations. A training has a process of its own: a worker that trains would hold its slot and its memory."""

import subprocess
import sys

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.events.models import OutboxMessage
from core.events.outbox import delivers

from . import operations
from .queries.people import KIN

STEPS_BACK = 10
"""How far a training gives way to pages and to the worker that started it: all processors are busy for a minute."""


@shared_task(name="recsys.tasks.retrain")
def retrain() -> None:
    """Start a training and leave it to itself; it takes a lease, so two never run at once."""
    begin_training()


def begin_training() -> "subprocess.Popen[bytes]":
    """Start a training behind everything else that wants a processor."""
    command = ["nice", "-n", str(STEPS_BACK), sys.executable, "manage.py", "recsys", "train"]
    # A group of its own, so that it outlives the worker's; in the worker's session still, since priorities count within a session.
    return subprocess.Popen(command, cwd=settings.BASE_DIR, process_group=0)


@delivers(KIN, called=_("Who likes the same"))
def _find_who_is_alike(message: OutboxMessage) -> None:
    operations.find_who_is_alike(user_id=message.payload["user_id"])


@shared_task(name="recsys.tasks.forget_old_impressions")
def forget_old_impressions() -> None:
    """Drop what nothing asks about any more."""
    operations.forget_old_impressions(as_of=timezone.now())
