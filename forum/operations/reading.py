"""Noting what was read."""

from django.db import transaction
from django.db.models import F

from accounts.models import User
from core import events
from forum.events import ThreadViewed
from forum.models import Thread


@transaction.atomic
def note_view(*, thread: Thread, by: User) -> None:
    """Count a member's view, and let listeners know."""
    Thread.objects.filter(pk=thread.pk).update(view_count=F("view_count") + 1)
    events.publish(ThreadViewed(thread_id=thread.pk, user_id=by.pk), by=by, subject=f"thread:{thread.pk}")
