"""Following, blocking, muting."""

from django.db import transaction
from django.db.models import Q

from accounts.events import Followed, Unfollowed
from accounts.models import Block, Follow, Mute, User
from core import events


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


def _refuse_oneself(member: User, by: User) -> None:
    if member.pk == by.pk:
        raise NotWithYourself
