"""What is done by the clock."""

from celery import shared_task
from django.utils import timezone

from . import operations


@shared_task(name="insights.tasks.forget_old_searches")
def forget_old_searches() -> None:
    """Drop what no figure asks about any more."""
    operations.forget_old_searches(as_of=timezone.now())
