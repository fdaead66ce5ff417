"""Threads: the written ones, which stand first in every list, and the generated ones behind them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.models import User
from core import text
from core.audience.keys import MEMBERS, PUBLIC, STAFF
from courses.models import Lesson
from forum.events import AnswerAccepted, AnswerPosted, QuestionAsked, ReplyPosted, ThreadStarted
from forum.models import Board, Post, Thread
from topics.models import Topic

from .catalogue import Shelf
from .diary import Diary
from .plan import Plan

EVERYBODY = [PUBLIC, MEMBERS]


class Line(NamedTuple):
    """One post to be: who writes it, when, what, and how many will find it useful."""

    author: User
    at: datetime
    body: str
    votes: int = 0


@dataclass(kw_only=True)
class Draft:
    """A thread to be, its first line first; ``accepted`` counts replies from 1."""

    is_question: bool
    title: str
    language: str
    topics: Sequence[str]
    lines: list[Line]
    shelf: Shelf | None = None
    lesson: Lesson | None = None
    board: str = ""
    readers: Sequence[str] = ()
    """The keys of those who read it, where it is what stands on a board for few."""
    accepted: int = 0
    thread: Thread = field(default_factory=Thread)
    posts: list[Post] = field(default_factory=list)

    @property
    def audience(self) -> list[str]:
        """Who may read it: everybody, those of its board, or those who hold the key of the paid lesson that it stands under."""
        if self.readers:
            return list(self.readers)
        if self.lesson is None or self.lesson.is_preview or self.shelf is None:
            return EVERYBODY
        return [self.shelf.course.key, STAFF]

    @property
    def about(self) -> str:
        """What it stands under."""
        if self.lesson is not None:
            return f"lesson:{self.lesson.pk}"
        return self.shelf.course.key if self.shelf else ""


def write(plan: Plan, drafts: Sequence[Draft], topics: Mapping[str, Topic], diary: Diary) -> None:
    """Turn drafts into threads and posts, in the order in which they were begun, and give each draft its rows."""
    drafts = sorted(drafts, key=lambda one: one.lines[0].at)
    boards = {board.slug: board for board in Board.objects.all()}
    Thread.objects.bulk_create([_thread(one, boards) for one in drafts])
    Thread.topics.through.objects.bulk_create(
        Thread.topics.through(thread_id=one.thread.pk, topic_id=topics[slug].pk)
        for one in drafts
        for slug in one.topics
    )
    _write_posts(drafts)
    solved = [one for one in drafts if one.accepted]
    for one in solved:
        one.thread.accepted_answer = one.posts[one.accepted]
    Thread.objects.bulk_update([one.thread for one in solved], ["accepted_answer"])
    for one in drafts:
        _note(plan, one, diary)


def _thread(draft: Draft, boards: Mapping[str, Board]) -> Thread:
    first, last = draft.lines[0], draft.lines[-1]
    draft.thread = Thread(
        kind=Thread.Kind.QUESTION if draft.is_question else Thread.Kind.DISCUSSION, title=draft.title,
        slug=text.slug(draft.title)[:80] or "thread", author=first.author, language=draft.language, board=boards.get(draft.board),
        about=draft.about, audience=draft.audience, created_at=first.at, last_post_at=last.at, reply_count=len(draft.lines) - 1,
    )  # fmt: skip
    return draft.thread


def _write_posts(drafts: Sequence[Draft]) -> None:
    rows = sorted(((line.at, n, place) for n, one in enumerate(drafts) for place, line in enumerate(one.lines)))
    made: dict[tuple[int, int], Post] = {}
    rendered: dict[tuple[str, str], text.Rendered] = {}
    for _at, n, place in rows:
        made[n, place] = _post(drafts[n], place, rendered)
    Post.objects.bulk_create(made.values(), batch_size=1000)
    for n, one in enumerate(drafts):
        one.posts = [made[n, place] for place in range(len(one.lines))]


def _post(draft: Draft, place: int, rendered: dict[tuple[str, str], text.Rendered]) -> Post:
    line = draft.lines[place]
    key = (line.body, draft.language)
    if key not in rendered:
        rendered[key] = text.render(line.body, language=draft.language)
    return Post(
        thread=draft.thread, author=line.author, source=line.body, html=rendered[key].html, html_version=rendered[key].version,
        language=draft.language, is_first=place == 0, created_at=line.at,
    )  # fmt: skip


def _note(plan: Plan, draft: Draft, diary: Diary) -> None:
    thread, asker = draft.thread, draft.thread.author_id
    began = (
        QuestionAsked(question_id=thread.pk, author_id=asker)
        if draft.is_question
        else ThreadStarted(thread_id=thread.pk, author_id=asker)
    )
    diary.note(began, at=thread.created_at, by=asker, subject=f"thread:{thread.pk}")
    for post in draft.posts[1:]:
        said = (
            AnswerPosted(answer_id=post.pk, question_id=thread.pk, answerer_id=post.author_id, asker_id=asker)
            if draft.is_question
            else ReplyPosted(post_id=post.pk, thread_id=thread.pk, author_id=post.author_id, thread_author_id=asker)
        )
        diary.note(said, at=post.created_at, by=post.author_id, subject=f"thread:{thread.pk}")
    if draft.accepted:
        post = draft.posts[draft.accepted]
        fact = AnswerAccepted(question_id=thread.pk, answer_id=post.pk, answerer_id=post.author_id, asker_id=asker)
        diary.note(fact, at=_accepted_at(plan, draft), by=asker, subject=f"thread:{thread.pk}")


def _accepted_at(plan: Plan, draft: Draft) -> datetime:
    """Soon after the answer came, and not in the future."""
    return min(plan.now, draft.posts[draft.accepted].created_at + timedelta(minutes=2 + len(draft.title) % 50))


def times(
    plan: Plan, dice: random.Random, *, count: int, first: datetime, last: datetime, is_slow: bool = False
) -> list[datetime]:
    """Moments for ``count`` posts that end at ``last`` and do not begin before ``first``; slow threads take weeks."""
    least, most = (2 * 1440, 12 * 1440) if is_slow else (12, 2 * 1440)
    found = [last]
    while len(found) < count:
        found.append(found[-1] - plan.long_ago(dice, least=least, most=most))
    found.reverse()
    if found[0] < first:
        stretch = (last - first) / max(last - found[0], timedelta(seconds=1))
        found = [last - (last - one) * stretch for one in found]
    return [one.replace(microsecond=0) for one in found]
