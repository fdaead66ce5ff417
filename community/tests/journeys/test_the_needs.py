"""What members look for and do not find reaches the owner, with a next step that is one click away."""

import itertools

import pytest
from playwright.sync_api import expect

import accounts.operations
import forum.operations
import insights.operations
import surveys.operations
from accounts.enums import Purpose
from accounts.models import User
from surveys.models import Choice, Effect, Question, Survey
from topics.models import Topic

from .world import OPEN

pytestmark = pytest.mark.journey

_numbers = itertools.count(1)
WISHES = {"en": ("Knots", "knots"), "zh-hans": ("打结", "打结")}
NOWHERE = {"en": "zzqxv", "zh-hans": "魑魍"}
TITLE = {"en": "Which of the knots holds a boat?", "zh-hans": "哪种打结法拴得住船？"}
BODY = {"en": "Mine slips when it is wet.", "zh-hans": "我打的一沾水就松。"}


def newcomer(language):
    """A member who lets their searches be counted."""
    name = f"seeker{next(_numbers)}"
    user = User(
        username=name, name=name.title(), email=f"{name}@reader.test", language=language, languages_read=[language]
    )
    user.set_unusable_password()
    user = accounts.operations.join(user=user, is_verified=True)
    accounts.operations.record_consent(user=user, purpose=Purpose.ANALYTICS, is_given=True)
    return user


@pytest.fixture
def wanted(world):
    """A topic about which the school has nothing, and a survey that offers it."""
    topic, _ = Topic.objects.get_or_create(slug="knots", defaults={"name_zh": "打结", "name_en": "Knots"})
    yield topic
    # The other journeys know of no such topic.
    topic.delete()


@pytest.fixture
def survey(world, wanted):
    made = Survey.objects.create(
        slug=f"wishes-{next(_numbers)}",
        title_zh="还想学什么？",
        title_en="What else would you like to learn?",
        audience=OPEN,
    )
    question = Question.objects.create(
        survey=made, kind=Question.Kind.SINGLE, text_zh="选一样", text_en="Choose one thing", place=1
    )
    choice = Choice.objects.create(question=question, text_zh="把结打好", text_en="Knots that hold", place=1)
    Effect.objects.create(choice=choice, topic=wanted, weight=5)
    surveys.operations.open_version(survey=made)
    return made


@pytest.fixture
def owner_reads(world):
    """Lets the owner read a language for the length of a test."""
    owner = User.objects.filter(pk=world.people["eli"].pk)
    before = owner.get().language
    yield lambda language: owner.update(language=language)
    owner.update(language=before)


def four_others_want_it_too(survey, wanted, language):
    question = survey.questions.get()
    for _ in range(4):
        one = newcomer(language)
        insights.operations.note_search(viewer=one, text=WISHES[language][1], hits=0)
        surveys.operations.submit(survey=survey, by=one, answers={question.pk: question.choices.get().pk})
        forum.operations.ask(
            by=one, title=f"{one.name}: {TITLE[language]}", source=BODY[language], audience=OPEN,
            topic_ids=[wanted.pk], language=language,
        )  # fmt: skip


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 390)])
def test_what_nobody_teaches_reaches_the_owner_with_a_next_step(
    world, visitor, survey, wanted, owner_reads, language, width
):
    four_others_want_it_too(survey, wanted, language)
    member = visitor(language=language, width=width)
    member.becomes(newcomer(language))
    name, words = WISHES[language]

    # They look for it, find nothing, and ask.
    member.opens("/search/")
    box = member.page.locator("main input[type=search]")
    box.fill(words)
    box.press("Enter")
    member.page.wait_for_url("**/search/?q=*")
    box = member.page.locator("main input[type=search]")
    box.fill(NOWHERE[language])
    box.press("Enter")
    member.sees("Nothing was found")
    member.presses("Ask it in the community")
    assert member.field("Title").input_value() == NOWHERE[language]
    member.writes("Title", TITLE[language])
    member.writes("Text", BODY[language])
    member.chooses(name)
    member.presses("Ask it")
    expect(member.page.locator("h1")).to_have_text(TITLE[language])

    # They say in a survey what they would like to learn.
    member.opens(f"/surveys/{survey.slug}/")
    member.chooses(member.in_language(lambda: survey.questions.get().choices.get().text))
    member.presses("Send my answers")
    member.page.wait_for_load_state()

    owner_reads(language)
    owner = visitor(language=language, width=width)
    owner.becomes(world.people["eli"])
    owner.opens("/me/")
    owner.presses("Demand and supply", within=owner.page.locator("main"))
    # The chart has the same topics in a table of its own, without a next step.
    rows = owner.page.locator("tbody tr").filter(has=owner.page.get_by_role("link"))
    row = lambda: rows.filter(has=owner.page.locator("th", has_text=name)).first  # noqa: E731
    figures = lambda: row().locator("td.num").all_inner_texts()  # noqa: E731
    # People, this week, searched, asked, said so, open questions, lessons, courses.
    owner.looks_again_until(lambda: row().count() and figures() == ["5", "5", "5", "5", "5", "5", "0", "0"], seconds=30)

    row().get_by_role("link", name=owner.say("Ask on a board who would teach it")).click()
    owner.page.wait_for_url("**/start/**")
    assert owner.field("Title").input_value() == owner.say("Who would teach %(topic)s?", topic=name)
