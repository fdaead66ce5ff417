"""Asking and answering."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import events

from . import queries
from .events import SurveyAnswered
from .models import Answer, Choice, Effect, Question, Submission, Survey

Given = Mapping[int, Any]
"""By question id: a choice id, a list of them, a step of the scale, or words; what is missing was left out."""


class Closed(Exception):
    """The survey takes no answers (any more)."""


class Incomplete(Exception):
    """A question that must be answered was not."""


class NotAChoice(Exception):
    """An answer that the question does not offer."""


class HasAnswers(Exception):
    """Questions that somebody answered are not changed; a new version may say it differently."""


@transaction.atomic
def submit(*, survey: Survey, by: Any, answers: Given) -> Submission:
    """
    Save what ``by`` answered; answering again replaces what was said before.

    :raises Closed: if the survey takes no answers.
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


@transaction.atomic
def open_version(*, survey: Survey) -> None:
    """Let ``survey`` take answers, and close the version of it that did so before."""
    now = timezone.now()
    others = Survey.objects.filter(slug=survey.slug, opened_at__isnull=False, closed_at__isnull=True)
    others.exclude(pk=survey.pk).update(closed_at=now)
    Survey.objects.filter(pk=survey.pk).update(opened_at=now, closed_at=None)
    survey.refresh_from_db(fields=["opened_at", "closed_at"])


@transaction.atomic
def close(*, survey: Survey) -> None:
    """Take no more answers."""
    Survey.objects.filter(pk=survey.pk, opened_at__isnull=False, closed_at__isnull=True).update(
        closed_at=timezone.now()
    )
    survey.refresh_from_db(fields=["closed_at"])


@transaction.atomic
def new_version(*, survey: Survey) -> Survey:
    """Copy ``survey`` with its questions, choices and effects into the next version, which is not open yet."""
    newest = Survey.objects.select_for_update().filter(slug=survey.slug).order_by("-version").first()
    copy = Survey.objects.create(
        slug=survey.slug,
        version=(newest or survey).version + 1,
        **{name: getattr(survey, name) for name in ("title_zh", "title_en", "lead_zh", "lead_en")},
    )
    for question in survey.questions.order_by("place", "pk"):
        _copy_question(question, copy)
    return copy


def _open_submission(survey: Survey, by: Any, *, is_skipped: bool) -> Submission:
    # The lock keeps the version open until the answers are in, and makes a double click take turns.
    locked = Survey.objects.select_for_update().get(pk=survey.pk)
    if not locked.is_open:
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


def _copy_question(question: Question, survey: Survey) -> None:
    choices = list(question.choices.order_by("place", "pk").prefetch_related("effects"))
    question.pk, question.survey = None, survey
    question._state.adding = True  # noqa: SLF001 - Django's documented way to copy a row
    question.save()
    for choice in choices:
        _copy_choice(choice, question)


def _copy_choice(choice: Choice, question: Question) -> None:
    effects = [(effect.topic_id, effect.weight) for effect in choice.effects.all()]
    copy = Choice.objects.create(question=question, text_zh=choice.text_zh, text_en=choice.text_en, place=choice.place)
    Effect.objects.bulk_create(Effect(choice=copy, topic_id=topic, weight=weight) for topic, weight in effects)
