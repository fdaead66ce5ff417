"""Forgetting what is older than a week."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from .models import Message

KEPT = timedelta(days=7)
BATCH = 10_000


@shared_task(name="core.realtime.tasks.forget_old_messages")
def forget_old_messages() -> None:
    """Delete messages older than seven days, in short transactions."""
    old = Message.objects.filter(created_at__lt=timezone.now() - KEPT)
    while old.filter(pk__in=list(old.values_list("pk", flat=True)[:BATCH])).delete()[0]:
        pass
