"""Keeping the search index true to what is written."""

from core import events
from core.search import index, remove

from .events import AnswerPosted, PostHidden, PostRestored, QuestionAsked, ReplyPosted, ThreadStarted
from .models import Thread

listens = events.listener("forum.search")


@listens(QuestionAsked)
def index_question(fact: QuestionAsked) -> None:
    index_thread(fact.question_id)


@listens(ThreadStarted)
def index_discussion(fact: ThreadStarted) -> None:
    index_thread(fact.thread_id)


@listens(ReplyPosted)
def index_reply(fact: ReplyPosted) -> None:
    index_thread(fact.thread_id)


@listens(AnswerPosted)
def index_answer(fact: AnswerPosted) -> None:
    index_thread(fact.question_id)


@listens(PostHidden, PostRestored)
def index_again(fact: PostHidden | PostRestored) -> None:
    thread = Thread.objects.filter(posts=fact.post_id).first()
    if thread is not None:
        index_thread(thread.pk)


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
