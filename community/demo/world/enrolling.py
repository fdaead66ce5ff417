"""Who takes which course, and when."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User

from .catalogue import Shelf
from .content import WrittenThread
from .people import NEWCOMER, People
from .plan import Plan
from .tastes import Taste, choose


@dataclass(frozen=True, kw_only=True)
class Learner:
    """One member in one course; ``is_liked`` says whether it is to their taste."""

    user: User
    shelf: Shelf
    since: datetime
    is_liked: bool


def enroll(
    plan: Plan,
    people: People,
    shelves: Mapping[str, Shelf],
    tastes: Mapping[int, Taste],
    threads: Sequence[WrittenThread],
) -> dict[str, list[Learner]]:
    """
    Let everybody choose, by taste and language; whoever wrote about a course has it since soon after it came out.

    Returns learners by course slug, in the order of enrolling.
    """
    taken = _writers(plan, people, shelves, tastes, threads)
    for member in people.members:
        if member.username != NEWCOMER:
            _choose_courses(plan, member, list(shelves.values()), tastes[member.pk], taken)
    learners: dict[str, list[Learner]] = defaultdict(list)
    for learner in sorted(taken.values(), key=lambda one: (one.since, one.user.pk)):
        learners[learner.shelf.course.slug].append(learner)
    return dict(learners)


Taken = dict[tuple[int, str], Learner]


def _writers(
    plan: Plan,
    people: People,
    shelves: Mapping[str, Shelf],
    tastes: Mapping[int, Taste],
    threads: Sequence[WrittenThread],
) -> Taken:
    taken: Taken = {}
    for thread in threads:
        shelf = shelves.get(thread.course)
        for name in {said.author: None for said in thread.posts}:
            user = people.by_name[name]
            if shelf is not None and user.pk in tastes:
                dice = plan.dice(f"writes:{name}:{thread.course}")
                since = shelf.out_at + timedelta(hours=2 + 10 * dice.random())
                taken[user.pk, thread.course] = _learner(user, shelf, since, tastes[user.pk])
    return taken


def _choose_courses(plan: Plan, member: User, shelves: list[Shelf], taste: Taste, taken: Taken) -> None:
    dice = plan.dice(f"enrolls:{member.username}")
    wanted = 1 + round((plan.most_courses - 1) * taste.liveliness)
    readable = [one for one in shelves if one.course.language in member.reads]
    free = [one for one in readable if (member.pk, one.course.slug) not in taken]
    for _ in range(min(wanted, len(free))):
        shelf = choose(dice, taste, free, lambda one: one.topics)
        free.remove(shelf)
        first = max(member.joined_at, shelf.out_at) + timedelta(minutes=10)
        since = plan.moment(dice, first, plan.now - timedelta(minutes=30))
        taken[member.pk, shelf.course.slug] = _learner(member, shelf, since, taste)


def _learner(user: User, shelf: Shelf, since: datetime, taste: Taste) -> Learner:
    return Learner(user=user, shelf=shelf, since=since.replace(microsecond=0), is_liked=taste.likes(shelf.topics) > 0)
