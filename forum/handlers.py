"""Keeping the search index true to what is written."""

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _

from core import events
from core.events import Fact
from core.search.documents import Document
from core.search.operations import index_many, remove

from .events import AnswerPosted, BoardOpenedAnew, PostHidden, PostRestored, QuestionAsked, ReplyPosted, ThreadStarted
from .models import Post, Thread

listens = events.listener("forum.search", called=_("Search in the community"))

POSTS_SEARCHED = 50


@listens.in_bulk(QuestionAsked, ThreadStarted, ReplyPosted, AnswerPosted, PostHidden, PostRestored)
def index_threads(facts: Sequence[Fact]) -> None:
    """Bring up to date what may be found of the threads that a batch of facts is about, each once."""
    thread_ids = {fact.question_id for fact in facts if isinstance(fact, QuestionAsked | AnswerPosted)}
    thread_ids |= {fact.thread_id for fact in facts if isinstance(fact, ThreadStarted | ReplyPosted)}
    moderated = {fact.post_id for fact in facts if isinstance(fact, PostHidden | PostRestored)}
    thread_ids |= set(Thread.objects.filter(posts__in=moderated).values_list("pk", flat=True)) if moderated else set()
    index_many(documents(Thread.objects.filter(pk__in=thread_ids)))
    for pk, kind in Thread.objects.filter(pk__in=thread_ids, hidden_at__isnull=False).values_list("pk", "kind"):
        remove(kind=search_kind(kind), object_id=pk)


@listens(BoardOpenedAnew)
def index_board(fact: BoardOpenedAnew) -> None:
    """Let what stands on a board be found by those who may read it now, and by nobody else."""
    index_many(documents(Thread.objects.filter(board=fact.board_id, about="")))


def documents(threads: QuerySet[Thread], *, kind: str = "") -> Iterator[Document]:
    """What may be found of ``threads``: the title and every post that is not hidden; of one kind only, when given."""
    shown = threads.filter(hidden_at__isnull=True)
    visible_posts = Prefetch("posts", Post.objects.filter(hidden_at__isnull=True).in_order(), to_attr="shown_posts")
    for thread in (shown.filter(kind=kind) if kind else shown).prefetch_related("topics", visible_posts):
        yield Document(
            kind=search_kind(thread.kind), object_id=thread.pk, title=thread.title, language=thread.language,
            body="\n\n".join(post.source for post in thread.shown_posts[:POSTS_SEARCHED]), audience=thread.audience,
            url=thread.get_absolute_url(), author_id=thread.author_id, topic_ids=[topic.pk for topic in thread.topics.all()],
            happened_at=thread.last_post_at,
        )  # fmt: skip


def search_kind(kind: str) -> str:
    """What search calls a thread of ``kind``."""
    return "question" if kind == Thread.Kind.QUESTION else "thread"
