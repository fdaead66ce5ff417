"""Everybody: the fixed cast, the teachers, the members whom we described, and the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from allauth.account.models import EmailAddress

from accounts import consent_texts
from accounts.enums import Purpose
from accounts.events import EmailVerified, Followed, SignedUp
from accounts.models import Consent, Follow, Profile, User
from core.text import skeleton
from forum.queries import moderators_rights

from . import content, names
from .copying import copy
from .diary import Diary
from .plan import DAYS, Plan

ZONES = {
    "zh-hans": ("Asia/Shanghai",),
    "en": ("Europe/London", "Europe/Lisbon", "America/New_York", "Africa/Nairobi", "Asia/Shanghai"),
}
NEWCOMER = "cleo"
MODERATOR = "dora"
OWNER = "eli"
VISITED = {"ben", "mujin", NEWCOMER}
"""Whom a visitor may be: they read their own language, so that lists which prefer it can be seen to do so."""
FINDABLE = 0.4
"""How many let themselves be shown to members who like the same."""
READS_BOTH = 0.35


@dataclass(frozen=True, kw_only=True)
class People:
    """Who there is; ``members`` are those who live by themselves: everybody but teachers, moderator, owner and newcomer."""

    by_name: Mapping[str, User]
    teachers: list[User]
    members: list[User]
    described: list[User]


def invite(plan: Plan, diary: Diary) -> People:
    """Make every account, with a confirmed address and a password that nobody has."""
    described = content.school()
    teachers, cast, named = described["teachers"], described["cast"], described["members"]
    told = [*teachers, *cast, *named]
    rest = max(0, plan.members - len(told))
    drawn = islice(names.invented(plan, taken={one["username"] for one in told}), rest)
    told += [{"name": name, "username": handle, "language": language, "bio": ""} for name, handle, language in drawn]
    users = User.objects.bulk_create([_user(plan, one, n, is_old=n < len(told) - rest) for n, one in enumerate(told)])
    by_name = {user.username: user for user in users}
    _furnish(users, [one["bio"] for one in told])
    by_name[MODERATOR].user_permissions.set(moderators_rights())
    for user in users:
        diary.note(SignedUp(user_id=user.pk), at=user.joined_at, by=user.pk, subject=f"user:{user.pk}")
        diary.note(
            EmailVerified(user_id=user.pk),
            at=user.joined_at + timedelta(minutes=4),
            by=user.pk,
            subject=f"user:{user.pk}",
        )
    apart = {NEWCOMER, MODERATOR, OWNER, *(one["username"] for one in teachers)}
    people = People(
        by_name=by_name, teachers=[by_name[one["username"]] for one in teachers],
        members=[user for user in users if user.username not in apart], described=[by_name[one["username"]] for one in named],
    )  # fmt: skip
    _follow(plan, people, diary)
    # The cast, whom a visitor of the demo looks through, do; of the others two in five.
    found = [one for one in (*people.members, *people.described) if _is_found(plan, one)]
    _consent(Purpose.FINDABLE, {one.pk: one for one in found}.values())
    return people


def _is_found(plan: Plan, one: User) -> bool:
    return one.username in VISITED or plan.dice(f"findable:{one.username}").random() < FINDABLE


def _user(plan: Plan, told: Mapping[str, Any], place: int, *, is_old: bool) -> User:
    name = told["username"]
    dice = plan.dice(f"user:{name}")
    language = content.LANGUAGES[told["language"]]
    other = "en" if language == "zh-hans" else "zh-hans"
    return User(
        username=name, handle_skeleton=skeleton(name), name=told["name"], email=f"{name}@lantern.test",
        # An unusable password as Django writes it, with chance of ours.
        password=f"!{dice.getrandbits(200):050x}", language=language,
        languages_read=[language, other] if dice.random() < READS_BOTH and name not in VISITED else [language], time_zone=dice.choice(ZONES[language]),
        is_staff=name in {MODERATOR, OWNER}, is_superuser=name == OWNER, joined_at=_joined(plan, name, place, is_old=is_old),
    )  # fmt: skip


def _joined(plan: Plan, name: str, place: int, *, is_old: bool) -> datetime:
    dice = plan.dice(f"joined:{name}")
    if is_old:
        return plan.ago(days=DAYS + 15 + dice.random() * 60, minutes=place)
    # Growing: every third came in the last month, a few in the last days.
    return plan.ago(days=0.1 + (DAYS + 10) * dice.random() ** 1.3)


def _furnish(users: list[User], bios: list[str]) -> None:
    Profile.objects.bulk_create(Profile(user=user, bio=bio) for user, bio in zip(users, bios, strict=True))
    copy([EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users])
    _consent(Purpose.TERMS, users)


def _consent(purpose: Purpose, users: Iterable[User]) -> None:
    version = consent_texts.version_of(purpose)
    copy([
        Consent(user=user, purpose=purpose, is_given=True, text_version=version, recorded_at=user.joined_at)
        for user in users
    ])  # fmt: skip


def _follow(plan: Plan, people: People, diary: Diary) -> None:
    dice = plan.dice("follows")
    follows = []
    for member in people.members:
        liked = [*people.teachers, *people.described]
        for one in dice.sample(liked, k=min(len(liked), dice.choice((0, 0, 1, 2, 4)))):
            if one.pk != member.pk:
                at = plan.moment(dice, max(member.joined_at, one.joined_at), plan.now)
                follows.append(Follow(follower=member, followed=one, created_at=at))
                diary.note(
                    Followed(follower_id=member.pk, followed_id=one.pk), at=at, by=member.pk, subject=f"user:{one.pk}"
                )
    copy(follows)
