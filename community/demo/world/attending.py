"""Who read which thread, and which posts they found useful."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from forum.events import PostVoted, ThreadViewed
from forum.models import Post, Thread, Vote

from .copying import copy
from .diary import Diary
from .enrolling import Learner
from .people import NEWCOMER, People
from .plan import Plan
from .talking import EVERYBODY, Draft
from .tastes import AGAINST, Taste

CROWD = 400
"""No thread comes before more readers than this: where there are thousands, each sees a few hundred of what there is."""
SHELF = 1_000
"""No reader is shown more threads than this."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who may read a thread, and since when."""

    user: User
    since: datetime
    taste: Taste | None


class Readership:
    """Who may read what."""

    def __init__(self, people: People, learners: Mapping[str, Sequence[Learner]], tastes: Mapping[int, Taste]) -> None:
        living = [one for one in people.members if one.username != NEWCOMER]
        self.everybody = [self._reader(one, one.joined_at, tastes) for one in [*living, *people.teachers]]
        self._of_course = {
            row[0].shelf.course.key: [self._reader(one.user, one.since, tastes) for one in row]
            for row in learners.values()
            if row
        }
        self._since_in = {(key, one.user.pk): one.since for key, row in self._of_course.items() for one in row}

    def of(self, draft: Draft) -> list[Reader]:
        """The readers of a thread; under a paid lesson those who have the course."""
        return self.everybody if draft.audience == EVERYBODY else self._of_course.get(draft.audience[0], [])

    def shelf(self, reader: Reader, drafts: Sequence[Draft]) -> list[tuple[Draft, datetime]]:
        """Those of ``drafts`` that ``reader`` may read and can, each with the first moment at which they could."""
        found = ((draft, self._since(reader, draft)) for draft in drafts if draft.language in reader.user.reads)
        return [(draft, max(since, draft.lines[0].at)) for draft, since in found if since is not None]

    def _since(self, reader: Reader, draft: Draft) -> datetime | None:
        if draft.audience == EVERYBODY:
            return reader.since
        return self._since_in.get((draft.audience[0], reader.user.pk))

    def _reader(self, user: User, since: datetime, tastes: Mapping[int, Taste]) -> Reader:
        return Reader(user=user, since=since, taste=tastes.get(user.pk))


def attend(plan: Plan, drafts: Sequence[Draft], readership: Readership, diary: Diary) -> None:
    """Write votes and views, and bring the counts of posts up to date."""
    seen: Counter[int] = Counter()
    votes: list[Vote] = []
    for draft in drafts:
        _attend_one(plan, draft, readership.of(draft), votes, seen, diary)
    _browse(plan, drafts, readership, seen, diary)
    copy(sorted(votes, key=lambda one: (one.created_at, one.post_id, one.voter_id)))
    given = Vote.objects.filter(post=OuterRef("pk")).values("post").annotate(count=Count("pk")).values("count")
    Post.objects.update(vote_count=Coalesce(Subquery(given), 0))
    for draft in drafts:
        draft.thread.view_count = seen[draft.thread.pk]


def count_views(drafts: Sequence[Draft]) -> None:
    """Store how often each thread was opened."""
    Thread.objects.bulk_update([one.thread for one in drafts], ["view_count"], batch_size=500)


def _attend_one(
    plan: Plan, draft: Draft, readers: Sequence[Reader], votes: list[Vote], seen: Counter[int], diary: Diary
) -> None:
    dice = plan.dice(f"attends:{draft.thread.pk}")
    first: dict[int, datetime] = {}
    for line, post in zip(draft.lines, draft.posts, strict=True):
        for reader in _voters(dice, draft, readers, line.votes, apart_from=post.author_id):
            at = _soon_after(plan, dice, max(post.created_at, reader.since))
            votes.append(Vote(post=post, voter=reader.user, created_at=at))
            first[reader.user.pk] = min(at, first.get(reader.user.pk, at))
            _note_vote(post, reader.user.pk, at, diary)
    for reader_id, at in first.items():
        _note_view(draft.thread, reader_id, at - timedelta(seconds=45), seen, diary)


def _voters(
    dice: random.Random, draft: Draft, readers: Sequence[Reader], count: int, *, apart_from: int
) -> list[Reader]:
    """``count`` different readers, those to whose taste the thread is more likely than others."""
    crowd = readers if len(readers) <= CROWD else dice.sample(readers, k=CROWD)
    might = [one for one in crowd if one.user.pk != apart_from]
    keys = {id(one): dice.random() ** (1 / _drawn_to(one, draft)) for one in might}
    return sorted(might, key=lambda one: (-keys[id(one)], one.user.pk))[:count]


def _drawn_to(reader: Reader, draft: Draft) -> float:
    """How likely a thread is to be read by somebody: by language first, then by taste."""
    if draft.language not in reader.user.reads:
        return 0.02
    return 0.3 + (reader.taste.likes(draft.topics) if reader.taste else 0.2)


def _soon_after(plan: Plan, dice: random.Random, at: datetime) -> datetime:
    """A moment in the days that follow; what is minutes old has votes that are younger still."""
    span = min(plan.now - at, timedelta(days=6))
    return (at + span * dice.random() ** 2).replace(microsecond=0)


def _note_vote(post: Post, voter_id: int, at: datetime, diary: Diary) -> None:
    fact = PostVoted(post_id=post.pk, thread_id=post.thread_id, voter_id=voter_id, author_id=post.author_id, value=1)
    diary.note(fact, at=at, by=voter_id, subject=f"post:{post.pk}")


def _note_view(thread: Thread, reader_id: int, at: datetime, seen: Counter[int], diary: Diary) -> None:
    seen[thread.pk] += 1
    diary.note(ThreadViewed(thread_id=thread.pk, user_id=reader_id), at=at, by=reader_id, subject=f"thread:{thread.pk}")


def _browse(plan: Plan, drafts: Sequence[Draft], readership: Readership, seen: Counter[int], diary: Diary) -> None:
    """Let members open what is to their taste, and, three times in ten, what is not."""
    for reader in readership.everybody:
        if reader.taste is not None:
            dice = plan.dice(f"browses:{reader.user.username}")
            shown = drafts if len(drafts) <= SHELF else dice.sample(drafts, k=SHELF)
            _browse_one(plan, dice, reader, reader.taste, readership.shelf(reader, shown), seen, diary)


def _browse_one(
    plan: Plan,
    dice: random.Random,
    reader: Reader,
    taste: Taste,
    shelf: list[tuple[Draft, datetime]],
    seen: Counter[int],
    diary: Diary,
) -> None:
    liked = [one for one in shelf if taste.likes(one[0].topics)]
    others = [one for one in shelf if not taste.likes(one[0].topics)]
    count = round(plan.views[0] + (plan.views[1] - plan.views[0]) * taste.liveliness)
    for pile, share in ((liked, 1 - AGAINST), (others, AGAINST)):
        for draft, first in dice.sample(pile, k=min(len(pile), round(count * share))):
            _note_view(
                draft.thread, reader.user.pk, plan.moment(dice, first, plan.now).replace(microsecond=0), seen, diary
            )
