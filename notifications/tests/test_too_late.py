"""Nobody is told today what happened last week."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from forum.operations import answer, ask
from notifications.handlers import TOLD_WITHIN
from notifications.models import Notification

pytestmark = pytest.mark.django_db
EVERYBODY = ["public", "members"]


def answered(*, by, asker, ago):
    at = timezone.now() - ago
    with transaction.atomic():
        question = ask(by=asker, title=f"Why so {ago}?", source="It is late.", audience=EVERYBODY, at=at)
        answer(question=question, by=by, source="Better late.", at=at)
    return at


def test_what_is_older_than_a_week_is_passed_over(ada, ben, worker):
    answered(by=ada, asker=ben, ago=TOLD_WITHIN + timedelta(minutes=1))
    worker()
    assert not Notification.objects.filter(kind="answer").exists()


def test_what_is_younger_is_told_with_the_time_at_which_it_happened(ada, ben, worker):
    at = answered(by=ada, asker=ben, ago=TOLD_WITHIN - timedelta(minutes=1))
    worker()
    assert [(one.user, one.created_at) for one in Notification.objects.filter(kind="answer")] == [(ben, at)]
