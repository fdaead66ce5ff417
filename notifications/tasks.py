"""What is done by the clock."""

from celery import shared_task
from django.utils import timezone

from . import operations


@shared_task(name="notifications.tasks.write_digests")
def write_digests() -> None:
    """Write some of the digests that are due."""
    operations.write_digests(as_of=timezone.now())
