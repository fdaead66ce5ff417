"""What is due by the clock."""

from celery import shared_task
from django.utils import timezone

from . import operations


@shared_task(name="core.privacy.tasks.sweep")  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Discard exports whose day is over and erase those whose grace is."""
    now = timezone.now()
    operations.discard_exports(as_of=now)
    operations.erase_due(as_of=now)
