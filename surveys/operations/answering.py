"""Answering."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import events
from core.audience import keys_of
from surveys import queries
from surveys.events import SurveyAnswered
from surveys.models import Answer, Effect, Question, Submission, Survey

Given = Mapping[int, Any]
"""By question id: a choice id, a list of them, a step of the scale, or words; what is missing was left out."""


class Closed(Exception):
    """The survey takes no answers (any more)."""


class Incomplete(Exception):
    """A question that must be answered was not."""


class NotAChoice(Exception):
    """An answer that the question does not offer."""


@transaction.atomic
def submit(*, survey: Survey, by: Any, answers: Given) -> Submission:
    """
    Save what ``by`` answered; answering again replaces what was said before.

    :raises Closed: if the survey takes no answers, or asks others than ``by``.
    :raises Incomplete: if a required question is not answered.
    :raises NotAChoice: if an answer is none that its question offers.
    """
    submission = _open_submission(survey, by, is_skipped=False)
    submission.answers.all().delete()
    for question in survey.questions.prefetch_related("choices"):
        _save(submission, question, answers.get(question.pk))
    topic_ids = sorted(_topics_of(submission))
    fact = SurveyAnswered(survey_id=survey.pk, user_id=by.pk, topic_ids=topic_ids)
    events.publish(fact, by=by, subject=f"survey:{survey.pk}")
    return submission


@transaction.atomic
def skip(*, survey: Survey, by: Any) -> None:
    """
    Note that ``by`` does not want to answer now; answers given before stay.

    :raises Closed: if the survey takes no answers.
    """
    if queries.is_waiting(survey=survey, user=by):
        _open_submission(survey, by, is_skipped=True)


def _open_submission(survey: Survey, by: Any, *, is_skipped: bool) -> Submission:
    # The lock keeps the version open until the answers are in, and makes a double click take turns.
    locked = Survey.objects.select_for_update().get(pk=survey.pk)
    if not locked.is_open or not keys_of(by) & set(locked.audience):
        raise Closed
    said = {"is_skipped": is_skipped, "submitted_at": timezone.now()}
    submission, _ = Submission.objects.update_or_create(survey=locked, user=by, defaults=said)
    return submission


def _save(submission: Submission, question: Question, given: Any) -> None:
    if given in (None, "", []):
        if question.is_required:
            raise Incomplete(question.pk)
        return
    fields, choices = _read(question, given)
    answer = Answer.objects.create(submission=submission, question=question, **fields)
    answer.choices.set(choices)


def _read(question: Question, given: Any) -> tuple[dict[str, Any], list[int]]:
    if question.kind == Question.Kind.TEXT:
        return {"text": str(given)[:2_000]}, []
    if question.kind == Question.Kind.SCALE:
        if int(given) not in range(1, 6):
            raise NotAChoice(question.pk)
        return {"scale": int(given)}, []
    chosen = {int(one) for one in (given if isinstance(given, list | tuple) else [given])}
    offered = {choice.pk for choice in question.choices.all()}
    if not chosen <= offered or (question.kind == Question.Kind.SINGLE and len(chosen) > 1):
        raise NotAChoice(question.pk)
    return {}, sorted(chosen)


def _topics_of(submission: Submission) -> set[int]:
    return set(Effect.objects.filter(choice__answers__submission=submission).values_list("topic_id", flat=True))
