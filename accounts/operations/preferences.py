"""What members say about themselves and how they want the site."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction

from accounts.enums import MessagesFrom, Purpose
from accounts.events import ProfileChanged
from accounts.models import Profile, User
from core import events
from topics.models import Topic

from .circles import set_followed_topics
from .consents import record_consent


@transaction.atomic
def change_profile(*, user: User, name: str, username: str, bio: str, topics: Iterable[Topic] = ()) -> None:
    """Save what others see of ``user``."""
    user.name, user.username = name, username
    user.save(update_fields=["name", "username"])
    Profile.objects.update_or_create(user=user, defaults={"bio": bio})
    set_followed_topics(user=user, topic_ids=[topic.pk for topic in topics])
    events.publish(ProfileChanged(user_id=user.pk), by=user, subject=f"user:{user.pk}")


@transaction.atomic
def change_preferences(
    *,
    user: User,
    language: str | None = None,
    theme: str | None = None,
    time_zone: str | None = None,
    languages_read: Sequence[str] | None = None,
) -> None:
    """Save how ``user`` wants the site; what is None stays as it is."""
    wanted = {"language": language, "theme": theme, "time_zone": time_zone, "languages_read": languages_read}
    changes = {field: value for field, value in wanted.items() if value is not None}
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))


@transaction.atomic
def change_privacy(
    *, user: User, visibility: Mapping[str, str], messages_from: MessagesFrom, consents: Mapping[Purpose, bool]
) -> None:
    """Save who sees which part of the profile of ``user``, who may write to them, and what they consent to."""
    chosen = {"visibility": dict(visibility), "messages_from": messages_from}
    Profile.objects.update_or_create(user=user, defaults=chosen)
    for purpose, is_given in consents.items():
        record_consent(user=user, purpose=purpose, is_given=is_given)
    events.publish(ProfileChanged(user_id=user.pk), by=user, subject=f"user:{user.pk}")
