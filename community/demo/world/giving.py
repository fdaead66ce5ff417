"""Gifts: each buyer whom a visitor may be has given one that was taken and one that waits for somebody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User

from .catalogue import Shelf
from .enrolling import Learner
from .money import Present, Sale
from .people import VISITED, People
from .plan import Plan

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
SEASON, FRESH = timedelta(days=45), timedelta(days=2)
"""How long ago a gift may have been taken, and how young it may be."""


@dataclass(frozen=True, kw_only=True)
class Giver:
    """Who gives, what they wrote on the gift that was taken and on the one that waits, for whom that is, and since when."""

    username: str
    taken: str
    waiting: str
    recipient: str
    days_ago: int


GIVERS = (
    Giver(
        username="ben", taken="You asked where I learned this. Begin with the second lesson.",
        waiting="For the long train rides. No hurry.", recipient="Ida", days_ago=3,
    ),
    Giver(
        username="mujin", taken="上次你问我是在哪儿学的，就是这门课。", waiting="生日快乐。慢慢看，不着急。", recipient="小满", days_ago=6,
    ),
)  # fmt: skip


def give(
    plan: Plan, people: People, shelves: Mapping[str, Shelf], learners: Mapping[str, Sequence[Learner]]
) -> list[Sale]:
    """What was bought for somebody else: some of ``learners`` have their course by it."""
    everybody = [one for row in learners.values() for one in row]
    return [
        sale
        for giver in GIVERS
        if giver.username in people.by_name
        for sale in _of(plan, giver, people.by_name[giver.username], list(shelves.values()), everybody)
    ]


def _of(plan: Plan, giver: Giver, user: User, shelves: Sequence[Shelf], learners: Sequence[Learner]) -> Iterator[Sale]:
    dice = plan.dice(f"gives:{giver.username}")
    liked = [one for one in learners if _may_be_given(plan, one, by=user)]
    if liked:
        one = dice.choice(sorted(liked, key=lambda learner: (learner.since, learner.user.pk)))
        present = Present(
            recipient=one.user.name, message=giver.taken, token="".join(dice.choices(_ALPHABET, k=22)),
            claimed_by=one.user, claimed_at=one.since,
        )  # fmt: skip
        yield _sale(plan, user, one.shelf, present, one.since - timedelta(minutes=dice.randrange(90, 1_200)))
    at = plan.ago(days=giver.days_ago)
    sold = [
        one for one in shelves if one.product.price_minor and one.out_at < at and one.course.language == user.language
    ]
    if sold:
        present = Present(
            recipient=giver.recipient, message=giver.waiting, token="".join(dice.choices(_ALPHABET, k=22))
        )
        yield _sale(plan, user, dice.choice(sold), present, at)


def _may_be_given(plan: Plan, learner: Learner, *, by: User) -> bool:
    since = max(learner.shelf.out_at, by.joined_at, learner.user.joined_at) + timedelta(days=1)
    return (
        learner.shelf.product.price_minor > 0
        and learner.user.language == learner.shelf.course.language == by.language
        and learner.user.username not in VISITED
        and max(since, plan.now - SEASON) < learner.since < plan.now - FRESH
    )


def _sale(plan: Plan, buyer: User, shelf: Shelf, present: Present, paid_at: datetime) -> Sale:
    dice = plan.dice(f"gift:{present.token}")
    wait = timedelta(seconds=dice.randrange(40, 400))
    return Sale(
        buyer=buyer, product=shelf.product, placed_at=paid_at - wait, paid_at=paid_at, dice=dice, present=present
    )
