"""Keeping the search index true to what is written."""

from collections.abc import Sequence

from core import events
from core.events import Fact
from core.search import index, remove

from .events import AnswerPosted, PostHidden, PostRestored, QuestionAsked, ReplyPosted, ThreadStarted
from .models import Post, Thread

listens = events.listener("forum.search")


@listens.in_bulk(QuestionAsked, ThreadStarted, ReplyPosted, AnswerPosted, PostHidden, PostRestored)
def index_changed(facts: Sequence[Fact]) -> None:
    """Index each thread that a batch of facts speaks of once, as it is now."""
    for pk in sorted(_threads_of(facts)):
        index_thread(pk)


def _threads_of(facts: Sequence[Fact]) -> set[int]:
    threads, posts = set(), set()
    for fact in facts:
        match fact:
            case QuestionAsked() | AnswerPosted():
                threads.add(fact.question_id)
            case ThreadStarted() | ReplyPosted():
                threads.add(fact.thread_id)
            case PostHidden() | PostRestored():
                posts.add(fact.post_id)
    return threads | set(Post.objects.filter(pk__in=posts).values_list("thread_id", flat=True))


def index_thread(pk: int) -> None:
    """Write what may be found of a thread: its title and every post that is not hidden."""
    thread = Thread.objects.prefetch_related("topics").filter(pk=pk).first()
    if thread is None or thread.hidden_at is not None:
        for kind in Thread.Kind.values:
            remove(kind=_kind(kind), object_id=pk)
        return
    posts = thread.posts.filter(hidden_at__isnull=True).in_order().values_list("source", flat=True)[:50]
    index(
        kind=_kind(thread.kind), object_id=thread.pk, title=thread.title, body="\n\n".join(posts), language=thread.language,
        audience=thread.audience, url=thread.get_absolute_url(), author_id=thread.author_id,
        topic_ids=[topic.pk for topic in thread.topics.all()], happened_at=thread.last_post_at,
    )  # fmt: skip


def _kind(kind: str) -> str:
    return "question" if kind == Thread.Kind.QUESTION else "thread"
