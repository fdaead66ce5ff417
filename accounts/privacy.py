"""What this room stores about people, and what becomes of it when they leave."""

from collections.abc import Iterator

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q
from django.utils import timezone

from core.privacy import Row, covers, erases, exempt, exports
from core.text import skeleton

from .models import Block, Consent, Follow, Mute, Profile, TopicFollow, User

covers(Profile, exporting=["bio", "visibility", "messages_from"])
covers(Follow, person=["follower", "followed"], exporting=["follower_id", "followed_id", "created_at"])
covers(TopicFollow, exporting=["topic__slug", "topic", "created_at"])
covers(Consent, exporting=["purpose", "is_given", "text_version", "recorded_at"], erasing={})
exempt(Consent, erasure="the school has to be able to prove what was agreed to; the row holds no name")


@exports(User)
def export_user(user: User) -> Iterator[Row]:
    """What the account itself holds; the password's hash is left out."""
    yield from map(dict, User.objects.filter(pk=user.pk).values(
        "id", "email", "username", "name", "language", "languages_read", "time_zone", "theme", "is_staff", "is_active",
        "suspended_until", "joined_at", "last_login", "face_key",
    ))  # fmt: skip


@erases(User)
def erase_user(user: User) -> None:
    """Leave a number that nobody can log in as; what others wrote to it keeps its place."""
    handle = f"former-{user.pk}"
    User.objects.filter(pk=user.pk).update(
        email=f"former-{user.pk}@erased.invalid",
        username=handle,
        handle_skeleton=skeleton(handle),
        name="",
        face_key="",
        password=UNUSABLE_PASSWORD_PREFIX,
        languages_read=[],
        last_login=None,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        erased_at=user.erased_at or timezone.now(),
    )


@exports(Block)
def export_blocks(user: User) -> Iterator[Row]:
    """Whom they block; not who blocks them, which is the other's secret."""
    yield from map(dict, Block.objects.filter(blocker=user).values("blocked_id", "created_at"))


@erases(Block)
def erase_blocks(user: User) -> None:
    """Both sides: nobody is left to be shut out."""
    Block.objects.filter(Q(blocker=user) | Q(blocked=user)).delete()


@exports(Mute)
def export_mutes(user: User) -> Iterator[Row]:
    """Whom they mute; not who mutes them."""
    yield from map(dict, Mute.objects.filter(muter=user).values("muted_id", "created_at"))


@erases(Mute)
def erase_mutes(user: User) -> None:
    """Both sides."""
    Mute.objects.filter(Q(muter=user) | Q(muted=user)).delete()
