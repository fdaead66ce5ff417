"""What is told of what people write."""

from accounts.models import User
from core import text
from forum.about import describe
from forum.events import AnswerAccepted, AnswerPosted, PostHidden, PostRestored, QuestionAsked, ReplyPosted
from forum.models import Post, Thread
from notifications.models import Kind
from notifications.operations import Notice

from .found import Found
from .telling import absolute, tells

QUOTED_WORDS = 60


@tells(AnswerPosted)
def tell_the_asker(fact: AnswerPosted, found: Found) -> Notice | None:
    return _of_post(found, fact.answer_id, fact, to=fact.asker_id, kind=Kind.ANSWER)


@tells(ReplyPosted)
def tell_who_started(fact: ReplyPosted, found: Found) -> Notice | None:
    return _of_post(found, fact.post_id, fact, to=fact.thread_author_id, kind=Kind.REPLY)


@tells(AnswerAccepted)
def tell_the_answerer(fact: AnswerAccepted, found: Found) -> Notice | None:
    post, reader = found.posts.get(fact.answer_id), found.users.get(fact.answerer_id)
    # Who has left the course since is not told the title under which it goes on.
    if post is None or reader is None or not found.may_see(reader, post):
        return None
    return Notice(
        user=reader, kind=Kind.ACCEPTED, subject_id=post.pk, key=f"accepted:{post.pk}", actor=post.thread.author,
        letter="accepted", context=_about(post), at=fact.happened_at,
    )  # fmt: skip


@tells(QuestionAsked)
def tell_the_teacher(fact: QuestionAsked, found: Found) -> Notice | None:
    question = Thread.objects.select_related("author").filter(pk=fact.question_id).first()
    about = describe(question.about, viewer=question.author) if question and question.about else None
    teacher = User.objects.filter(pk=about.teacher_id).first() if about and about.teacher_id else None
    if question is None or about is None or teacher is None:
        return None
    return Notice(
        user=teacher, kind=Kind.QUESTION, subject_id=question.pk, key=f"question:{question.pk}", actor=question.author,
        letter="question", context={"title": question.title, "under": about.title, "action_url": absolute(question.get_absolute_url())},
        at=fact.happened_at,
    )  # fmt: skip


@tells(PostHidden, PostRestored)
def tell_the_author(fact: PostHidden | PostRestored, found: Found) -> Notice | None:
    post = found.posts.get(fact.post_id)
    if post is None:
        return None
    kind = Kind.HIDDEN if isinstance(fact, PostHidden) else Kind.RESTORED
    return Notice(
        user=post.author, kind=kind, subject_id=post.pk, key=f"{kind}:{fact.id}", letter=kind.value,
        context=_about(post) | {"reason": post.hidden_reason}, at=fact.happened_at,
    )  # fmt: skip


def _of_post(found: Found, post_id: int, fact: AnswerPosted | ReplyPosted, *, to: int, kind: Kind) -> Notice | None:
    post, reader = found.posts.get(post_id), found.users.get(to)
    if post is None or post.hidden_at is not None or reader is None or not found.may_see(reader, post):
        return None
    return Notice(
        user=reader, kind=kind, subject_id=post.pk, key=f"{kind}:{post.pk}", actor=post.author, letter=kind.value,
        context=_about(post), at=fact.happened_at,
    )  # fmt: skip


def _about(post: Post) -> dict[str, str]:
    return {
        "who": str(post.author), "asker": str(post.thread.author), "title": post.thread.title, "action_url": absolute(post.get_absolute_url()),
        "quote": text.excerpt(post.html, words=QUOTED_WORDS), "quote_language": post.language,
    }  # fmt: skip
