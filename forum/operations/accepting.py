"""Saying which answer solved a question."""

from django.db import transaction

from accounts.models import User
from core import events
from core.realtime import sending
from forum.events import AnswerAccepted
from forum.models import Post, Thread
from forum.shapes import post_card


class NotTheAsker(Exception):
    """Only who asked may accept an answer."""


@transaction.atomic
def accept_answer(*, answer: Post, by: User) -> Thread:
    """
    Mark ``answer`` as the one that solved its question; accepting it again changes nothing.

    :raises NotTheAsker: if ``by`` did not ask the question.
    """
    # Two tabs may accept two answers at once: the row lock makes the later one win cleanly.
    question = Thread.objects.select_for_update().get(pk=answer.thread_id)
    if question.author_id != by.pk:
        raise NotTheAsker
    if question.accepted_answer_id != answer.pk:
        question.accepted_answer = answer
        question.save(update_fields=["accepted_answer"])
        _tell(question, answer, by)
    return question


def _tell(question: Thread, answer: Post, by: User) -> None:
    fact = AnswerAccepted(
        question_id=question.pk, answer_id=answer.pk, answerer_id=answer.author_id, asker_id=question.author_id
    )
    events.publish(fact, by=by, subject=f"thread:{question.pk}")
    sending.send(
        stream=f"thread:{question.pk}", action="replace", target=f"post-{answer.pk}", template="components/post.html",
        context={"post": post_card(answer, thread=question)},
    )  # fmt: skip
