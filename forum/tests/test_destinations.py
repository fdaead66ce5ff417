"""An answer of a survey leads to a group, for those who may know of it."""

import pytest

from forum import operations
from surveys import destinations
from surveys.models import Choice, Question, Survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def choice(group, hidden):
    """An answer that leads to a hidden group, an open one and one that is gone."""
    survey = Survey.objects.create(slug="onboarding", title_zh="你想学什么", title_en="What would you like?")
    question = Question.objects.create(survey=survey, kind="single", text_zh="什么", text_en="What?")
    leads_to = [hidden.key, group.key, "group:0"]
    return Choice.objects.create(question=question, text_zh="豆子", text_en="Beans", leads_to=leads_to)


@pytest.fixture
def opened(choice):
    from django.utils import timezone

    Survey.objects.update(opened_at=timezone.now())


def after_answering(page, choice):
    """The page to which a newcomer comes by their answer."""
    answer = page.post("/welcome/", {f"q{choice.question_id}": [choice.pk]}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/surveys/")
    return answer.content.decode()


def test_a_newcomer_is_led_to_the_group_and_not_to_one_that_is_not_there_for_them(
    page_of, cleo, choice, opened, group, hidden
):
    shown = after_answering(page_of(cleo), choice)
    assert f'href="{group.get_absolute_url()}"' in shown
    assert hidden.get_absolute_url() not in shown


def test_who_was_invited_is_led_there_too(page_of, ada, cleo, choice, opened, hidden):
    operations.invite(group=hidden, user=cleo, by=ada)
    assert f'href="{hidden.get_absolute_url()}"' in after_answering(page_of(cleo), choice)


def test_whoever_builds_a_survey_chooses_among_the_groups(eli, ada, group, hidden):
    places = {(one.reference, one.kind) for one in destinations.everywhere(eli)}
    assert {(group.key, "Group"), (hidden.key, "Group")} <= places
    assert group.key in {one.reference for one in destinations.everywhere(ada)}
    grouped = dict(choices for choices in destinations.crowds() if isinstance(choices[1], list))
    assert grouped["Members of a group"] == [(group.key, "The bean group"), (hidden.key, "The bean group")]
