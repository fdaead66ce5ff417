"""What members said that they would like to learn when they came: as true as such words are, and never all that they like."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta

from surveys.events import SurveyAnswered
from surveys.models import Answer, Choice, Effect, Question, Submission
from surveys.queries import ONBOARDING

from .diary import Diary
from .people import People
from .plan import Plan
from .tastes import Taste, choose

SAYS = 0.4
"""How many answer the survey for newcomers; the others close it and look around."""
MANY = (1, 1, 1, 2, 2, 3)
"""How many things one chooses."""


def say(plan: Plan, people: People, likes: Mapping[int, Taste], diary: Diary) -> None:
    """Let two members in five answer the survey for newcomers on the day on which they came."""
    question = Question.objects.select_related("survey").get(survey__slug=ONBOARDING)
    offered = {one.topic.slug: one for one in _effects(question)}
    dice = {one.pk: plan.dice(f"arriving:{one.username}") for one in people.members}
    given = [one for one in people.members if dice[one.pk].random() < SAYS]
    said = {one.pk: _chosen(dice[one.pk], likes[one.pk], sorted(offered)) for one in given}
    at = {one.pk: min(plan.now, one.joined_at + timedelta(minutes=dice[one.pk].randrange(5, 30))) for one in given}
    submissions = Submission.objects.bulk_create(
        Submission(survey=question.survey, user=one, submitted_at=at[one.pk]) for one in given
    )
    _answer(question, submissions, {pk: [offered[slug].choice for slug in slugs] for pk, slugs in said.items()})
    for one in given:
        topics = sorted(offered[slug].topic_id for slug in said[one.pk])
        fact = SurveyAnswered(survey_id=question.survey_id, user_id=one.pk, topic_ids=topics)
        diary.note(fact, at=at[one.pk], by=one.pk, subject=f"survey:{question.survey_id}")


def _effects(question: Question) -> Sequence[Effect]:
    return list(Effect.objects.filter(choice__question=question).select_related("choice", "topic"))


def _chosen(dice: random.Random, taste: Taste, topics: Sequence[str]) -> list[str]:
    """As somebody chooses a course: by taste, or three times in ten for another reason."""
    return list(dict.fromkeys(choose(dice, taste, topics, lambda topic: [topic]) for _ in range(dice.choice(MANY))))


def _answer(question: Question, submissions: Sequence[Submission], chosen: Mapping[int, Sequence[Choice]]) -> None:
    answers = Answer.objects.bulk_create(Answer(submission=one, question=question) for one in submissions)
    link = Answer.choices.through
    link.objects.bulk_create(
        link(answer=answer, choice=choice) for answer in answers for choice in chosen[answer.submission.user_id]
    )
