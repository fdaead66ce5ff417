"""Building surveys: what is asked, of whom, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from core.audit import record
from surveys.models import Choice, Effect, Question, Survey

WEIGHT = 3
"""How much an answer says about a topic, unless the desk says otherwise."""


class HasAnswers(Exception):
    """Questions that somebody answered are not changed; a new version may say it differently."""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One answer that may be chosen, the topics that it speaks for, and what it leads to."""

    text_zh: str
    text_en: str
    topic_ids: tuple[int, ...] = ()
    leads_to: tuple[str, ...] = ()


@transaction.atomic
def create_survey(*, by: Any, slug: str, fields: Mapping[str, Any]) -> Survey:
    """Begin a survey, without questions and not open yet."""
    survey = Survey.objects.create(slug=slug, **fields)
    record(by=by, act="surveys.create", subject=f"survey:{survey.pk}", after={"slug": slug})
    return survey


@transaction.atomic
def change_survey(*, survey: Survey, by: Any, fields: Mapping[str, Any]) -> None:
    """
    Change what ``survey`` is called, whom it asks and when; once it has answers, only when it closes.

    :raises HasAnswers: if anything else would change.
    """
    locked = Survey.objects.select_for_update().get(pk=survey.pk)
    changed = {name: value for name, value in fields.items() if getattr(locked, name) != value}
    if changed.keys() - {"closes_at"} and locked.submissions.exists():
        raise HasAnswers
    if changed:
        Survey.objects.filter(pk=survey.pk).update(**changed)
        record(by=by, act="surveys.change", subject=f"survey:{survey.pk}", after={"fields": sorted(changed)})


@transaction.atomic
def save_question(
    *,
    survey: Survey,
    by: Any,
    fields: Mapping[str, Any],
    offers: Iterable[Offer] = (),
    question: Question | None = None,
) -> Question:
    """
    Add a question to ``survey``, or replace what ``question`` asks and offers.

    :raises HasAnswers: if somebody has answered.
    """
    _not_answered(survey)
    if question is None:
        last = survey.questions.order_by("-place").values_list("place", flat=True).first() or 0
        question = Question.objects.create(survey=survey, **{"place": last + 1, **fields})
    else:
        Question.objects.filter(pk=question.pk).update(**fields)
        question.choices.all().delete()
    for place, offer in enumerate(offers, 1):
        _offer(question, place, offer)
    record(by=by, act="surveys.save_question", subject=f"survey:{survey.pk}", after={"question": question.pk})
    return question


@transaction.atomic
def remove_question(*, question: Question, by: Any) -> None:
    """
    Take a question out.

    :raises HasAnswers: if somebody has answered.
    """
    _not_answered(question.survey)
    record(
        by=by, act="surveys.remove_question", subject=f"survey:{question.survey_id}", before={"question": question.pk}
    )
    question.delete()


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
        **{name: getattr(survey, name) for name in ("title_zh", "title_en", "lead_zh", "lead_en", "audience")},
    )
    for question in survey.questions.order_by("place", "pk"):
        _copy_question(question, copy)
    return copy


def _not_answered(survey: Survey) -> None:
    # Whoever answers holds the same lock, so no answer comes to a question that is being changed.
    if Survey.objects.select_for_update().get(pk=survey.pk).submissions.exists():
        raise HasAnswers


def _offer(question: Question, place: int, offer: Offer) -> None:
    choice = Choice.objects.create(
        question=question, place=place, text_zh=offer.text_zh, text_en=offer.text_en, leads_to=list(offer.leads_to)
    )
    Effect.objects.bulk_create(Effect(choice=choice, topic_id=topic, weight=WEIGHT) for topic in offer.topic_ids)


def _copy_question(question: Question, survey: Survey) -> None:
    choices = list(question.choices.order_by("place", "pk").prefetch_related("effects"))
    question.pk, question.survey = None, survey
    question._state.adding = True  # noqa: SLF001 - Django's documented way to copy a row
    question.save()
    for choice in choices:
        _copy_choice(choice, question)


def _copy_choice(choice: Choice, question: Question) -> None:
    effects = [(effect.topic_id, effect.weight) for effect in choice.effects.all()]
    copy = Choice.objects.create(
        question=question, text_zh=choice.text_zh, text_en=choice.text_en, place=choice.place, leads_to=choice.leads_to
    )
    Effect.objects.bulk_create(Effect(choice=copy, topic_id=topic, weight=weight) for topic, weight in effects)
