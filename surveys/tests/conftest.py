"""A small onboarding survey, and members who answer it."""

import pytest

from accounts import operations as accounts
from accounts.models import User
from surveys import operations
from surveys.models import Choice, Effect, Question, Survey
from topics.models import Topic

KINDS = Question.Kind


def ask(survey, kind, text, *choices, place=1, is_required=False):
    question = Question.objects.create(
        survey=survey, kind=kind, text_en=text, text_zh=f"{text}（中）", place=place, is_required=is_required
    )
    for place_, (name, effects) in enumerate(choices):
        choice = Choice.objects.create(question=question, text_en=name, text_zh=f"{name}（中）", place=place_)
        for topic, weight in effects.items():
            Effect.objects.create(choice=choice, topic=topic, weight=weight)
    return question


@pytest.fixture
def data(db):
    return Topic.objects.create(slug="data", name_en="Data", name_zh="数据")


@pytest.fixture
def writing(db):
    return Topic.objects.create(slug="writing", name_en="Writing", name_zh="写作")


@pytest.fixture
def survey(data, writing):
    survey = Survey.objects.create(slug="onboarding", title_en="What do you want to learn?", title_zh="你想学什么？")
    survey.what = ask(
        survey,
        KINDS.MULTIPLE,
        "What are you curious about?",
        ("Ledgers", {data: 5}),
        ("Reports", {data: 2, writing: 4}),
        ("Nothing", {}),
    )
    survey.why = ask(survey, KINDS.SINGLE, "Why?", ("Work", {}), ("Fun", {writing: 1}), place=2)
    survey.code = ask(survey, KINDS.SCALE, "How much code have you written?", place=3)
    survey.more = ask(survey, KINDS.TEXT, "Anything else?", place=4)
    operations.open_version(survey=survey)
    return survey


@pytest.fixture
def member(db):
    def make(name):
        return accounts.join(
            user=User(name=name, email=f"{name.lower()}@example.test", language="en"), is_verified=True
        )

    return make


@pytest.fixture
def ben(member):
    return member("Ben")


@pytest.fixture
def ben_in(client, ben):
    client.force_login(ben)
    return client


@pytest.fixture
def choice():
    return lambda text: Choice.objects.filter(text_en=text).latest("pk").pk
