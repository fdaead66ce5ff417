"""Starting threads, asking, answering, replying, editing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core import events, text
from core.realtime import sending
from forum.events import AnswerPosted, QuestionAsked, ReplyPosted, ThreadStarted
from forum.models import Board, Post, Revision, Thread
from forum.shapes import post_card


class ThreadClosed(Exception):
    """Nobody writes in a closed thread any more."""


class NotTheAuthor(Exception):
    """Only who wrote a post may change it."""


def ask(
    *, by: User, title: str, source: str, audience: Sequence[str], about: str = "", topic_ids: Sequence[int] = (),
    language: str = "", at: datetime | None = None,
) -> Thread:  # fmt: skip
    """Ask a question; listeners hear ``QuestionAsked``."""
    with transaction.atomic():
        thread = _open(Thread.Kind.QUESTION, by, title, source, audience, about, topic_ids, language, at)
        events.publish(
            QuestionAsked(question_id=thread.pk, author_id=by.pk), by=by, subject=f"thread:{thread.pk}", happened_at=at
        )
    return thread


def start_thread(
    *, by: User, title: str, source: str, audience: Sequence[str], board: Board | None = None, about: str = "",
    topic_ids: Sequence[int] = (), language: str = "", at: datetime | None = None,
) -> Thread:  # fmt: skip
    """Start a discussion; listeners hear ``ThreadStarted``."""
    with transaction.atomic():
        thread = _open(Thread.Kind.DISCUSSION, by, title, source, audience, about, topic_ids, language, at, board)
        events.publish(
            ThreadStarted(thread_id=thread.pk, author_id=by.pk), by=by, subject=f"thread:{thread.pk}", happened_at=at
        )
    return thread


@transaction.atomic
def answer(*, question: Thread, by: User, source: str, language: str = "", at: datetime | None = None) -> Post:
    """
    Answer ``question``; everyone who reads it sees the answer appear.

    :raises ThreadClosed: if it takes no more answers.
    """
    question = _locked(question)
    post = _add(question, by, source, language, at)
    fact = AnswerPosted(answer_id=post.pk, question_id=question.pk, answerer_id=by.pk, asker_id=question.author_id)
    events.publish(fact, by=by, subject=f"thread:{question.pk}", happened_at=at)
    return post


@transaction.atomic
def reply(*, thread: Thread, by: User, source: str, language: str = "", at: datetime | None = None) -> Post:
    """
    Reply in a discussion; everyone who reads it sees the reply appear.

    :raises ThreadClosed: if it takes no more replies.
    """
    thread = _locked(thread)
    post = _add(thread, by, source, language, at)
    fact = ReplyPosted(post_id=post.pk, thread_id=thread.pk, author_id=by.pk, thread_author_id=thread.author_id)
    events.publish(fact, by=by, subject=f"thread:{thread.pk}", happened_at=at)
    return post


@transaction.atomic
def edit_post(*, post: Post, by: User, source: str) -> Post:
    """
    Replace the text of ``post``; what it said before is kept and can be read.

    :raises NotTheAuthor: if ``by`` did not write it.
    """
    post = Post.objects.select_for_update().get(pk=post.pk)
    if post.author_id != by.pk:
        raise NotTheAuthor
    if source != post.source:
        Revision.objects.create(post=post, source=post.source)
        _set_text(post, source)
        post.edited_at = timezone.now()
        post.save(update_fields=["source", "html", "html_version", "edited_at"])
        show(post, action="replace", target=f"post-{post.pk}")
    return post


def show(post: Post, *, action: str, target: str) -> None:
    """Let everyone who reads the thread see ``post`` as it is now."""
    sending.send(
        stream=f"thread:{post.thread_id}", action=action, target=target, template="components/post.html",
        context={"post": post_card(post, thread=post.thread)},
    )  # fmt: skip


def _open(
    kind: str, by: User, title: str, source: str, audience: Sequence[str], about: str, topic_ids: Sequence[int], language: str,
    at: datetime | None, board: Board | None = None,
) -> Thread:  # fmt: skip
    now = at or timezone.now()
    language = language or text.detect_language(f"{title}\n{source}")
    thread = Thread.objects.create(
        kind=kind, title=title, slug=text.slug(title)[:80] or str(kind), author=by, language=language, board=board, about=about,
        audience=list(audience), created_at=now, last_post_at=now,
    )  # fmt: skip
    thread.topics.set(topic_ids)
    first = Post(thread=thread, author=by, language=language, is_first=True, created_at=now)
    _set_text(first, source)
    first.save()
    return thread


def _locked(thread: Thread) -> Thread:
    # Replies count and order by it, and a moderator may close it at this very moment.
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    if thread.closed_at is not None:
        raise ThreadClosed
    return thread


def _add(thread: Thread, by: User, source: str, language: str, at: datetime | None) -> Post:
    now = at or timezone.now()
    post = Post(thread=thread, author=by, language=language or text.detect_language(source), created_at=now)
    _set_text(post, source)
    post.save()
    Thread.objects.filter(pk=thread.pk).update(reply_count=F("reply_count") + 1, last_post_at=now)
    show(post, action="append", target="posts")
    _count(thread, thread.reply_count + 1)
    return post


def _count(thread: Thread, number: int) -> None:
    # What stands above the posts would be untrue as soon as one has been added below.
    sending.send(
        stream=f"thread:{thread.pk}", action="replace", target="replies", template="forum/counted.html",
        context={"is_question": thread.is_question, "number": number},
    )  # fmt: skip


def _set_text(post: Post, source: str) -> None:
    rendered = text.render(source, language=post.language)
    post.source, post.html, post.html_version = source, rendered.html, rendered.version
