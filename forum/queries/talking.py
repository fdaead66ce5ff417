"""What people see of the community."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from accounts.author_cards import with_authors
from core import text
from core.audience.keys import hidden_authors
from core.realtime.topics import Topic, open_topics
from forum.about import About, describe
from forum.models import Board, Post, Thread, ThreadQuerySet, Vote

THREADS_PER_PAGE = 25
POSTS_PER_PAGE = 30


@dataclass(frozen=True, kw_only=True)
class ThreadPage:
    """A thread as one viewer sees it."""

    thread: Thread
    about: About | None
    first: Post
    accepted: Post | None
    posts: Page[Post]
    voted: set[int]
    live_topics: list[Topic]


@dataclass(frozen=True, kw_only=True)
class ThreadList:
    """A page of threads in the languages of its reader, and how many more each other language has."""

    page: Page[Thread]
    counts: dict[str, int]


def thread_list(
    *,
    viewer: Any,
    kind: str = "",
    show: str = "",
    topic: str = "",
    board: Board | None = None,
    languages: Sequence[str] = (),
    page: int | str = 1,
) -> ThreadList:
    """
    The threads that ``viewer`` may see in ``languages`` (in all, when none is named), 25 a page, liveliest first.

    ``show`` is ``unanswered``, ``mine`` or empty; ``topic`` a topic's slug, whose subtopics count as well. What one
    wrote oneself is there in every language.
    """
    threads = _threads(viewer, kind, show, topic)
    threads = threads.filter(board=board) if board else threads
    counts = {
        row["language"]: row["count"]
        # Only a topic joins rows that may come twice, and counting different ones means sorting them all.
        for row in threads.order_by().values("language").annotate(count=Count("pk", distinct=bool(topic)))
    }
    is_narrow = bool(languages) and show != "mine"
    if is_narrow:
        threads = threads.filter(language__in=list(languages))
    paginator = Paginator(threads.with_topic().liveliest_first(), THREADS_PER_PAGE)
    # Counted already, language by language.
    paginator.count = sum(count for language, count in counts.items() if not is_narrow or language in languages)
    return ThreadList(page=paginator.get_page(page), counts=counts)


def _threads(viewer: Any, kind: str, show: str, topic: str) -> ThreadQuerySet:
    shown = with_authors(Thread.objects.open_to(viewer))
    threads: ThreadQuerySet = shown
    if kind in Thread.Kind.values:
        threads = threads.filter(kind=kind)
    if show == "unanswered":
        threads = threads.unanswered()
    elif show == "mine" and viewer.is_authenticated:
        threads = threads.filter(author_id=viewer.pk)
    if topic:
        threads = threads.filter(Q(topics__slug=topic) | Q(topics__parent__slug=topic)).distinct()
    return threads


def boards_of(viewer: Any) -> QuerySet[Board]:
    """The boards that ``viewer`` may read, in the owner's order."""
    found: QuerySet[Board] = Board.objects.visible_to(viewer).in_order()
    return found


def thread_page(*, thread: Thread, viewer: Any, page: int | str = 1, around: int | None = None) -> ThreadPage:
    """
    The page of ``thread`` numbered ``page``, or the one on which the post with the id ``around`` stands.

    The number of the live stream is read before the posts: what is written in between comes twice and is dropped.
    """
    live_topics = open_topics(f"thread:{thread.pk}")
    first = Post.objects.select_related("author").get(thread=thread, is_first=True)
    replies = _replies(thread, viewer)
    shown = Paginator(replies, POSTS_PER_PAGE).get_page(_page_of(around, replies) if around else page)
    # Authors are joined to those on the page: joined to all replies, a late page of a long thread read every member.
    there = replies.values("pk")[max(shown.start_index() - 1, 0) : shown.end_index()]
    shown.object_list = replies.filter(pk__in=there)
    accepted = replies.filter(pk=thread.accepted_answer_id).first() if thread.accepted_answer_id else None
    on_page = [first.pk, *(post.pk for post in shown), *([accepted.pk] if accepted else [])]
    for post in [first, *shown, *([accepted] if accepted else [])]:
        post.thread = thread
    return ThreadPage(
        thread=thread, about=describe(thread.about, viewer=viewer), first=first, accepted=accepted, posts=shown,
        voted=_voted(viewer, on_page), live_topics=live_topics,
    )  # fmt: skip


def threads_about(*, viewer: Any, references: Sequence[str], limit: int = 10) -> QuerySet[Thread]:
    """What was asked and said under the things called ``references``, liveliest first."""
    threads = Thread.objects.open_to(viewer).filter(about__in=references).select_related("author")
    return threads.with_topic().liveliest_first()[:limit]


def newest(*, viewer: Any, languages: Sequence[str], limit: int = 4) -> QuerySet[Thread]:
    """The youngest threads of others in ``languages`` that ``viewer`` may see."""
    threads = Thread.objects.open_to(viewer).filter(language__in=list(languages)).exclude(author_id=viewer.pk)
    # Found by themselves first: joined at once, Postgres goes through everybody there is for the authors of four.
    found = Thread.objects.filter(pk__in=threads.newest_first().values("pk")[:limit])
    return found.select_related("author").with_topic().newest_first()


def unanswered(*, viewer: Any, references: Sequence[str], limit: int = 50) -> QuerySet[Thread]:
    """Questions under ``references`` that have no accepted answer yet, the youngest first."""
    return _waiting(viewer, references).select_related("author").newest_first()[:limit]


def longest_waiting(*, viewer: Any, references: Sequence[str]) -> Thread | None:
    """The question under ``references`` that has waited longest for an accepted answer."""
    return _waiting(viewer, references).order_by("created_at", "pk").first()


def _waiting(viewer: Any, references: Sequence[str]) -> ThreadQuerySet:
    return Thread.objects.open_to(viewer).unanswered().filter(about__in=references)


def answered_lately(*, viewer: Any, language: str) -> Thread | None:
    """The youngest question with an accepted answer, in ``language`` if there is one; with the answer and its author."""
    questions = (
        Thread.objects.open_to(viewer)
        .questions()
        .filter(accepted_answer__isnull=False, accepted_answer__hidden_at__isnull=True)
    )
    answered = questions.select_related("author", "accepted_answer__author").newest_first()
    return answered.filter(language=language).first() or answered.first()


def said_lately(*, by: Any, viewer: Any, limit: int = 5) -> QuerySet[Post]:
    """What ``by`` has answered and replied where ``viewer`` may read it, the youngest first."""
    said = Post.objects.visible_to(viewer).filter(author=by, is_first=False, hidden_at__isnull=True)
    return said.select_related("thread").order_by("-created_at", "-pk")[:limit]


def similar(*, viewer: Any, title: str, limit: int = 5) -> list[Thread]:
    """Questions like the one being typed: two words of its title stand in theirs."""
    from core.search.queries import alike

    if len(title.strip()) < 4:  # noqa: PLR2004 - shorter than any question
        return []
    hits = alike(text=title, viewer=viewer, kinds=("question",), limit=limit)
    found = Thread.objects.open_to(viewer).in_bulk([hit.object_id for hit in hits])
    return [found[hit.object_id] for hit in hits if hit.object_id in found]


def moderators_rights() -> QuerySet[Permission]:
    """What a moderator may do at the desk: look at reports and at what was written, and decide."""
    codes = ("view_flag", "change_flag", "view_post")
    return Permission.objects.filter(content_type__app_label="forum", codename__in=codes).order_by("pk")


def moderation_page(*, post: Post) -> dict[str, Any]:
    """
    A post as a moderator judges it: its thread, what stands before and after it, every report on it, and what else of
    its author was hidden. Hidden posts are shown: moderators only.
    """
    around = post.thread.posts.select_related("author")
    before = around.filter(Q(created_at__lt=post.created_at) | Q(created_at=post.created_at, pk__lt=post.pk))
    after = around.filter(Q(created_at__gt=post.created_at) | Q(created_at=post.created_at, pk__gt=post.pk))
    opening = around.filter(is_first=True).exclude(pk=post.pk)
    earlier = [] if post.is_first else [*before.filter(is_first=False).order_by("-created_at", "-pk")[:1]]
    flags = post.flags.select_related("flagger", "resolved_by").order_by("created_at", "pk")
    return {
        "post": post, "thread": post.thread, "before": [*opening, *earlier], "after": list(after.in_order()[:1]),
        "flags": list(flags), "is_undecided": any(flag.resolved_at is None for flag in flags),
        "hidden_before": Post.objects.filter(author=post.author, hidden_at__isnull=False).exclude(pk=post.pk).count(),
    }  # fmt: skip


def beginning_of(post: Post) -> str:
    """The first words of a post, as a list at the desk shows them."""
    return text.excerpt(post.html, words=16)


def _replies(thread: Thread, viewer: Any) -> QuerySet[Post]:
    own = Q(author_id=viewer.pk) if viewer.is_authenticated else Q(pk__in=[])
    replies = Post.objects.filter(Q(hidden_at__isnull=True) | own, thread=thread, is_first=False)
    return with_authors(replies.exclude(author_id__in=sorted(hidden_authors(viewer)))).in_order()


def _page_of(pk: int, replies: QuerySet[Post]) -> int:
    post = replies.filter(pk=pk).values("created_at", "pk").first()
    if post is None:
        return 1
    before = replies.filter(Q(created_at__lt=post["created_at"]) | Q(created_at=post["created_at"], pk__lt=pk)).count()
    return before // POSTS_PER_PAGE + 1


def _voted(viewer: Any, post_ids: Sequence[int]) -> set[int]:
    if not viewer.is_authenticated:
        return set()
    return set(Vote.objects.filter(voter_id=viewer.pk, post_id__in=post_ids).values_list("post_id", flat=True))
