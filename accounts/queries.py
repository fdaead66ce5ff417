"""What may be asked about people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.audience import keys_of
from topics.models import Topic

from . import author_cards, profile_parts
from .enums import MessagesFrom, Purpose, Visibility
from .models import Block, Consent, Follow, Mute, Profile, TopicFollow, User

WITHOUT_ANSWER = {Purpose.PERSONALIZATION: True}
"""What holds for those who never said yes or no; every other purpose needs a yes."""

author_card = author_cards.card_of


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    """A part of a profile that this viewer may see."""

    key: str
    label: Any
    template: str
    context: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProfilePage:
    """A profile as one viewer sees it."""

    member: User
    is_own: bool
    bio: str
    followers: int | None
    follows: int | None
    parts: list[ShownPart]
    is_followed: bool
    is_blocked: bool
    is_muted: bool


def members(*, viewer: Any) -> "QuerySet[User]":
    """The members whose profile ``viewer`` may open: active, not erased, and not shutting the viewer out."""
    found = User.objects.filter(is_active=True, erased_at__isnull=True)
    return found.exclude(pk__in=_who_blocks(viewer)) if viewer.is_authenticated else found


def profile_page(*, member: User, viewer: Any) -> ProfilePage:
    """The profile of ``member`` as ``viewer`` may see it; what is not for them is not in it."""
    profile = profile_of(member)
    open_parts = [part for part in profile_parts.parts() if _is_open(profile, part, viewer)]
    keys = {part.key for part in open_parts}
    shown = [_shown(part, member, viewer) for part in open_parts if part.context]
    return ProfilePage(
        member=member,
        is_own=viewer.pk == member.pk,
        bio=profile.bio if "bio" in keys else "",
        followers=Follow.objects.filter(followed=member).count() if "circle" in keys else None,
        follows=Follow.objects.filter(follower=member).count() if "circle" in keys else None,
        parts=[part for part in shown if part.context],
        **_relations(member, viewer),
    )


def profile_of(user: User) -> Profile:
    """The profile of ``user``; the defaults, unsaved, when there is no row yet."""
    return Profile.objects.filter(user=user).first() or Profile(user=user)


def newest_consent(*, user: User, purpose: Purpose) -> Consent | None:
    """The last thing that ``user`` said about ``purpose``."""
    return last_words(user).filter(purpose=purpose).first()


def has_consented(*, user: Any, purpose: Purpose) -> bool:
    """Whether ``user`` consents to ``purpose`` now; a guest consents to nothing."""
    return bool(user.is_authenticated) and who_consents(purpose=purpose).filter(pk=user.pk).exists()


def who_consents(*, purpose: Purpose, before: datetime | None = None) -> "QuerySet[User]":
    """
    Those who consent to ``purpose`` now, to be asked for inside other queries too; with ``before``, by a yes that is older.

    What somebody said last counts; who never said anything is taken as ``WITHOUT_ANSWER`` has it.
    """
    said = Consent.objects.filter(purpose=purpose, user=OuterRef("pk")).order_by("-id")
    default = Value(WITHOUT_ANSWER.get(purpose, False))
    found = User.objects.alias(said=Coalesce(Subquery(said.values("is_given")[:1]), default)).filter(said=True)
    return found if before is None else found.alias(at=Subquery(said.values("recorded_at")[:1])).filter(at__lt=before)


def consents_from(said: Mapping[str, bool]) -> dict[Purpose, bool]:
    """To what of all purposes somebody consents whose last words on them are ``said``."""
    return {purpose: said.get(purpose.value, WITHOUT_ANSWER.get(purpose, False)) for purpose in Purpose}


def last_words(user: Any) -> "QuerySet[Consent]":
    """The last thing that ``user`` said about each purpose, to be asked for together with other things."""
    return Consent.objects.filter(user=user).order_by("purpose", "-id").distinct("purpose")


def is_personalized(user: Any) -> bool:
    """Whether recommendations for ``user`` may use what they did."""
    return has_consented(user=user, purpose=Purpose.PERSONALIZATION)


def may_message(*, receiver: User, sender: Any) -> bool:
    """Whether ``sender`` may write to ``receiver`` directly."""
    if not sender.is_authenticated or sender.pk == receiver.pk or receiver.erased_at:
        return False
    if receiver.pk in _who_blocks(sender) or sender.pk in _who_blocks(receiver):
        return False
    wish = profile_of(receiver).messages_from
    if wish == MessagesFrom.FOLLOWED:
        return Follow.objects.filter(follower=receiver, followed=sender).exists()
    return wish == MessagesFrom.MEMBERS


def authors_hidden_from(viewer: int) -> QuerySet[Any, Any]:
    """
    Authors, by id, whose work the member with the id ``viewer`` does not get to see: who blocks them, whom they block, whom they mute.

    Staff see what blocks would hide from them: otherwise a member could escape the moderators by blocking them.
    """
    out = Block.objects.filter(blocker=viewer).values_list("blocked")
    muted = Mute.objects.filter(muter=viewer).values_list("muted")
    blocking = Block.objects.filter(blocked=viewer, blocked__is_staff=False).values_list("blocker")
    # Asked on every page of a member: one query for all three.
    return out.union(muted, blocking)


def shut_out_by(user: User) -> list[tuple[User, str]]:
    """Whom ``user`` blocks or mutes, each with the word for taking it back."""
    blocked = [(row.blocked, "unblock") for row in Block.objects.filter(blocker=user).select_related("blocked")]
    muted = [(row.muted, "unmute") for row in Mute.objects.filter(muter=user).select_related("muted")]
    return blocked + muted


def ids_followed_by(user: User) -> frozenset[int]:
    """The ids of the members whom ``user`` follows."""
    return frozenset(Follow.objects.filter(follower=user).values_list("followed_id", flat=True))


def ids_of_followers(*, of: User) -> frozenset[int]:
    """The ids of the members who follow ``of``."""
    return frozenset(Follow.objects.filter(followed=of).values_list("follower_id", flat=True))


def followed_topics(user: User) -> "QuerySet[Topic]":
    """The topics that ``user`` follows."""
    return Topic.objects.filter(pk__in=TopicFollow.objects.filter(user=user).values("topic")).order_by("slug")


def topic_part(owner: Any, viewer: Any) -> dict[str, Any]:
    """What a profile shows of the topics that its owner follows; the owner sees it empty too."""
    topics = list(followed_topics(owner))
    return {"topics": topics} if topics or viewer == owner else {}


def _who_blocks(viewer: Any) -> frozenset[int]:
    if viewer.is_staff:
        return frozenset()
    return frozenset(Block.objects.filter(blocked=viewer).values_list("blocker_id", flat=True))


def _is_open(profile: Profile, part: profile_parts.ProfilePart, viewer: Any) -> bool:
    if viewer.pk == profile.user_id:
        return True
    chosen = profile.visibility_of(part.key, at_first=part.at_first)
    return chosen in keys_of(viewer) & {Visibility.PUBLIC.value, Visibility.MEMBERS.value}


def _shown(part: profile_parts.ProfilePart, member: User, viewer: Any) -> ShownPart:
    context = part.context(member, viewer) if part.context else {}
    return ShownPart(key=part.key, label=part.label, template=part.template, context=context)


def _relations(member: User, viewer: Any) -> dict[str, bool]:
    if not viewer.is_authenticated:
        return {"is_followed": False, "is_blocked": False, "is_muted": False}
    return {
        "is_followed": Follow.objects.filter(follower=viewer, followed=member).exists(),
        "is_blocked": Block.objects.filter(blocker=viewer, blocked=member).exists(),
        "is_muted": Mute.objects.filter(muter=viewer, muted=member).exists(),
    }


def confirmed_domains(user: Any) -> frozenset[str]:
    """What stands behind the @ of each address that ``user`` has confirmed."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return frozenset(address.rpartition("@")[2].lower() for address in addresses)
