"""What may be asked about surveys and their answers."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Prefetch, Q, QuerySet

from . import destinations
from .models import Answer, Choice, Effect, Question, Submission, Survey

ONBOARDING = "onboarding"
FEWEST = 5
"""Results of fewer answers than this are not shown: they could be told apart."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """How often one answer was given; ``share`` is in percent of those who answered the question."""

    label: str
    count: int
    share: int


@dataclass(frozen=True, kw_only=True)
class QuestionResult:
    """What was answered to one question; ``bars`` and ``texts`` are empty while fewer than ``FEWEST`` answered."""

    question: Question
    answered: int
    is_shown: bool
    bars: list[Bar]
    mean: float | None
    texts: list[str]

    @property
    def chart(self) -> list[list[Any]]:
        """The bars as rows of a chart: an answer and how often it was given."""
        return [[bar.label, bar.count] for bar in self.bars]


def onboarding() -> Survey | None:
    """The open version of the survey for newcomers."""
    return open_survey(slug=ONBOARDING)


def open_survey(*, slug: str, viewer: Any = None) -> Survey | None:
    """The open version of ``slug`` that asks ``viewer`` (whoever it asks, for None), with questions and choices in their places."""
    asked = Survey.objects.open().filter(slug=slug)
    return _with_questions(asked if viewer is None else asked.visible_to(viewer)).first()


def all_versions() -> QuerySet[Survey]:
    """Every version of every survey with the number of those who answered (``answered``), the newest of each first."""
    said = Count("submissions", filter=Q(submissions__is_skipped=False))
    return Survey.objects.annotate(answered=said).order_by("slug", "-version")


def is_answered(*, survey: Survey) -> bool:
    """Whether somebody has answered or skipped it, so that its questions stay as they are."""
    return survey.submissions.exists()


def led_to(*, survey: Survey, user: Any) -> list[destinations.Place]:
    """Where the answers of ``user`` lead: what each chosen answer names, in the order of the questions, each once."""
    chosen = Choice.objects.filter(answers__submission__survey=survey, answers__submission__user=user)
    listed = chosen.order_by("question__place", "question", "place").values_list("leads_to", flat=True)
    return destinations.those_of((reference for leads in listed for reference in leads), viewer=user)


def steps_for(user: Any) -> QuerySet[Choice]:
    """What ``user`` chose in their newest answers for newcomers and what leads somewhere, to be asked for together with other things."""
    newest = (
        Submission.objects.filter(user=user, survey__slug=ONBOARDING).order_by("-submitted_at", "-pk").values("pk")[:1]
    )
    return Choice.objects.filter(answers__submission__in=newest, leads_to__len__gt=0)


def with_questions(*, pk: int) -> Survey | None:
    """One version, with its questions and choices in their places."""
    return _with_questions(Survey.objects.filter(pk=pk)).prefetch_related("questions__choices__effects").first()


def is_waiting(*, survey: Survey, user: Any) -> bool:
    """Whether ``user`` has neither answered nor skipped any version of ``survey``."""
    return not Submission.objects.filter(survey__slug=survey.slug, user=user).exists()


def may_be_asked(user: Any) -> bool:
    """Whether the onboarding survey is open and ``user`` has neither answered nor skipped any version of it; one query."""
    said = Submission.objects.filter(survey__slug=ONBOARDING, user=user)
    return Survey.objects.open().filter(slug=ONBOARDING).exclude(Exists(said)).exists()


def given_answers(*, survey: Survey, user: Any) -> dict[int, Answer]:
    """What ``user`` answered to this version, by question; empty when they did not."""
    answers = Answer.objects.filter(submission__survey=survey, submission__user=user).prefetch_related("choices")
    return {answer.question_id: answer for answer in answers}


def topic_interests(user: Any) -> dict[int, int]:
    """
    The topics that a member's newest answers speak for, each with its weight: the sum of the effects of what they chose.

    Of each survey only the newest submission counts. One query.
    """
    weights: Counter[int] = Counter()
    for topic_id, weight in effects_for(user).values_list("topic_id", "weight"):
        weights[topic_id] += weight
    return dict(weights)


def effects_for(user: Any) -> QuerySet[Effect]:
    """The effects of what ``user`` chose in their newest answers to each survey, to be asked for together with other things."""
    newest = (
        Submission.objects.filter(user=user)
        .order_by("survey__slug", "-submitted_at", "-pk")
        .distinct("survey__slug")
        .values("pk")
    )
    return Effect.objects.filter(choice__answers__submission__in=newest)


def wanted_topics() -> QuerySet[Effect]:
    """The effects of what members chose in their newest answers to each survey; a row for each member, choice and topic."""
    newest = (
        Submission.objects.order_by("survey__slug", "user", "-submitted_at", "-pk")
        .distinct("survey__slug", "user")
        .values("pk")
    )
    return Effect.objects.filter(choice__answers__submission__in=newest)


def results(*, survey: Survey) -> list[QuestionResult]:
    """What was answered, question by question; a constant number of queries."""
    counts = _choice_counts(survey)
    answers: dict[int, list[Answer]] = {}
    for answer in Answer.objects.filter(submission__survey=survey).order_by("pk"):
        answers.setdefault(answer.question_id, []).append(answer)
    return [_result(question, answers.get(question.pk, []), counts) for question in survey.questions.all()]


def _with_questions(surveys: "QuerySet[Survey]") -> "QuerySet[Survey]":
    choices = Prefetch("choices", queryset=Choice.objects.order_by("place", "pk"))
    questions = Question.objects.order_by("place", "pk").prefetch_related(choices)
    return surveys.prefetch_related(Prefetch("questions", queryset=questions))


def _choice_counts(survey: Survey) -> dict[int, int]:
    counted = Choice.objects.filter(question__survey=survey).annotate(chosen=Count("answers"))
    return dict(counted.values_list("pk", "chosen"))


def _result(question: Question, answers: list[Answer], counts: dict[int, int]) -> QuestionResult:
    is_shown = len(answers) >= FEWEST
    scales = [answer.scale for answer in answers if answer.scale is not None] if is_shown else []
    return QuestionResult(
        question=question,
        answered=len(answers),
        is_shown=is_shown,
        bars=_bars(question, scales, counts, len(answers)) if is_shown else [],
        mean=sum(scales) / len(scales) if scales else None,
        texts=[answer.text for answer in answers if answer.text] if is_shown else [],
    )


def _bars(question: Question, scales: list[int], counts: dict[int, int], answered: int) -> list[Bar]:
    if question.kind == Question.Kind.SCALE:
        found = [(str(step), scales.count(step)) for step in range(1, 6)]
    else:
        found = [(choice.text, counts.get(choice.pk, 0)) for choice in question.choices.all()]
    return [Bar(label=label, count=count, share=round(100 * count / answered)) for label, count in found]
