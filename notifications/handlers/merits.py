"""What is told of recognition."""

from gamification.events import BadgeGranted, LevelReached
from notifications.models import Kind
from notifications.operations import Notice

from .found import Found
from .telling import tells


@tells(BadgeGranted)
def tell_of_badge(fact: BadgeGranted, found: Found) -> Notice:
    user = found.users[fact.user_id]
    key = f"badge:{fact.badge_id}:{user.pk}"
    return Notice(user=user, kind=Kind.BADGE, subject_id=fact.badge_id, key=key, at=fact.happened_at)


@tells(LevelReached)
def tell_of_level(fact: LevelReached, found: Found) -> Notice:
    user = found.users[fact.user_id]
    key = f"level:{fact.level}:{user.pk}"
    return Notice(user=user, kind=Kind.LEVEL, subject_id=fact.level, key=key, at=fact.happened_at)
