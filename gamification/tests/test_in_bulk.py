"""A batch of facts earns what they earn one by one, each at its own time."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core.events import Dated, operations, publish_many_at
from core.events.testing import published, work
from forum.events import PostVoted
from forum.models import Post
from forum.operations import start_thread
from gamification.events import BadgeGranted, LevelReached, PointsGiven
from gamification.handlers import listens
from gamification.models import Badge, Grant, Tally

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(ada):
    thread = start_thread(by=ada, title="Bread", source="Flour and time.", audience=["public", "members"])
    return Post.objects.get(thread=thread)


def votes(post, *given):
    """Facts of votes, the oldest first: ``(voter id, 1 or 0, days ago)``."""
    now = timezone.now()
    with transaction.atomic():
        publish_many_at(
            [
                Dated(
                    PostVoted(
                        post_id=post.pk, thread_id=post.thread_id, voter_id=voter, author_id=post.author_id, value=value
                    ),
                    now - timedelta(days=days),
                )
                for voter, value, days in given
            ]
        )
    return now


def outcome(post):
    return sorted(Tally.objects.filter(user=post.author).values_list("date", "points", "times"))


GIVEN = ((901, 1, 40), (902, 1, 40), (901, 0, 39), (901, 1, 38), (903, 1, 30), (902, 0, 20), (904, 1, 5))


def test_a_batch_equals_one_by_one(post, monkeypatch):
    savepoint = transaction.savepoint()
    votes(post, *GIVEN)
    work(sends=False)
    in_one_batch = outcome(post)
    transaction.savepoint_rollback(savepoint)
    votes(post, *GIVEN)
    monkeypatch.setattr(operations.consume, "__kwdefaults__", {"limit": 1})
    for _ in range(200):
        work_once()
    assert outcome(post) == in_one_batch
    assert sum(times for _day, _points, times in in_one_batch) == 2


def work_once():
    from core.events.testing import _number

    _number()
    operations.consume(listener=listens, limit=1)


def test_points_levels_and_badges_are_dated_by_what_earned_them(post):
    useful = Badge.objects.get(code="useful")
    now = votes(post, *((900 + n, 1, 40 - n) for n in range(useful.times + 3)))
    work(sends=False)
    days = [(now - fact.happened_at).days for fact in published(PointsGiven)]
    assert days == [40 - n for n in range(useful.times + 3)]
    [grant] = Grant.objects.filter(user=post.author, badge=useful)
    assert (now - grant.granted_at).days == 40 - (useful.times - 1)
    assert [fact.happened_at for fact in published(BadgeGranted)] == [grant.granted_at]
    assert [(fact.level, (now - fact.happened_at).days) for fact in published(LevelReached)] == [(2, 40 - 24)]
