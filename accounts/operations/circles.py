"""Following, blocking, muting."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.events import Followed, Unfollowed
from accounts.models import Block, Follow, Mute, TopicFollow, User
from core import events
from topics.models import Topic


class NotWithYourself(Exception):
    """Nobody follows, blocks or mutes themselves."""


class ShutOut(Exception):
    """One of the two blocks the other."""


@transaction.atomic
def follow(*, member: User, by: User) -> None:
    """
    Follow ``member``; following again changes nothing.

    :raises NotWithYourself: if both are the same.
    :raises ShutOut: if one of them blocks the other.
    """
    _refuse_oneself(member, by)
    if Block.objects.filter(Q(blocker=member, blocked=by) | Q(blocker=by, blocked=member)).exists():
        raise ShutOut
    _, is_new = Follow.objects.get_or_create(follower=by, followed=member)
    if is_new:
        events.publish(Followed(follower_id=by.pk, followed_id=member.pk), by=by, subject=f"user:{member.pk}")


@transaction.atomic
def unfollow(*, member: User, by: User) -> None:
    """Follow ``member`` no longer."""
    deleted, _ = Follow.objects.filter(follower=by, followed=member).delete()
    if deleted:
        events.publish(Unfollowed(follower_id=by.pk, followed_id=member.pk), by=by, subject=f"user:{member.pk}")


@transaction.atomic
def block(*, member: User, by: User) -> None:
    """
    Shut ``member`` out: from now on neither sees the other's work, and follows between the two end.

    :raises NotWithYourself: if both are the same.
    """
    _refuse_oneself(member, by)
    Block.objects.get_or_create(blocker=by, blocked=member)
    unfollow(member=member, by=by)
    unfollow(member=by, by=member)


@transaction.atomic
def unblock(*, member: User, by: User) -> None:
    """Let ``member`` in again; follows that the block ended do not come back."""
    Block.objects.filter(blocker=by, blocked=member).delete()


@transaction.atomic
def mute(*, member: User, by: User) -> None:
    """
    Show ``by`` nothing more of ``member``, who is not told.

    :raises NotWithYourself: if both are the same.
    """
    _refuse_oneself(member, by)
    Mute.objects.get_or_create(muter=by, muted=member)


@transaction.atomic
def unmute(*, member: User, by: User) -> None:
    """Show ``by`` the work of ``member`` again."""
    Mute.objects.filter(muter=by, muted=member).delete()


@transaction.atomic
def follow_topics(*, user_id: int, topic_ids: Iterable[int], since: datetime | None = None) -> None:
    """Follow these topics too, from now on or ``since`` they were chosen; those that are followed already, or are gone, change nothing."""
    known = Topic.objects.filter(pk__in=list(topic_ids)).order_by("pk").values_list("pk", flat=True)
    at = since or timezone.now()
    rows = [TopicFollow(user_id=user_id, topic_id=topic_id, created_at=at) for topic_id in known]
    TopicFollow.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def set_followed_topics(*, user: User, topic_ids: Iterable[int]) -> None:
    """Follow exactly these topics."""
    wanted = list(topic_ids)
    TopicFollow.objects.filter(user=user).exclude(topic__in=wanted).delete()
    follow_topics(user_id=user.pk, topic_ids=wanted)


def _refuse_oneself(member: User, by: User) -> None:
    if member.pk == by.pk:
        raise NotWithYourself
