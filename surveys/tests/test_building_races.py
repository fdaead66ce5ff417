"""Somebody answers while the owner changes the question: one of the two comes too late, and nothing is torn."""

import threading
from contextlib import suppress

import pytest
from django.db import connections

from accounts.models import User
from conftest import played
from surveys import operations
from surveys.models import Choice, Question, Submission, Survey
from surveys.operations import building

pytestmark = [pytest.mark.race, pytest.mark.commits]
ROUNDS = played(6, full=60)


def race(*acts):
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            with suppress(operations.HasAnswers, operations.NotAChoice):
                act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def torn_rounds(rounds):
    """Of so many rounds those in which a version with answers has a question that was replaced under them."""
    return sum(
        is_torn(n, User.objects.create_user(f"racer{n}@example.test", username=f"racer{n}", name=f"Racer {n}"))
        for n in range(rounds)
    )


def is_torn(n, who):
    survey = Survey.objects.create(slug=f"s{n}", title_en="S", title_zh="S")
    question = Question.objects.create(survey=survey, kind="single", text_en="?", text_zh="?")
    choice = Choice.objects.create(question=question, text_en="Yes", text_zh="是")
    operations.open_version(survey=survey)
    offers = [operations.Offer(text_zh="否", text_en="No")]
    race(
        lambda: operations.submit(survey=survey, by=who, answers={question.pk: choice.pk}),
        lambda: operations.save_question(survey=survey, by=who, fields={"place": 1}, offers=offers, question=question),
    )
    has_answers = Submission.objects.filter(survey=survey).exists()
    return has_answers and not Choice.objects.filter(pk=choice.pk).exists()


def test_a_question_that_is_answered_is_not_replaced(own_database):
    assert torn_rounds(ROUNDS) == 0


def test_control_without_the_lock_it_is(own_database, monkeypatch):
    """The owner has looked, somebody answers, and only then does the owner change the question."""
    owner_has_looked, somebody_has_answered = threading.Event(), threading.Event()
    submit = operations.submit

    def look(survey):
        if Survey.objects.get(pk=survey.pk).submissions.exists():
            raise operations.HasAnswers
        owner_has_looked.set()
        assert somebody_has_answered.wait(timeout=60)

    def answer(**given):
        assert owner_has_looked.wait(timeout=60)
        submit(**given)
        somebody_has_answered.set()

    monkeypatch.setattr(building, "_not_answered", look)
    monkeypatch.setattr(operations, "submit", answer)
    assert torn_rounds(1) == 1
