"""A survey that the school put to its members in the last weeks, and what they answered: it says nothing of any topic."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from surveys.events import SurveyAnswered
from surveys.models import Answer, Choice, Question, Submission, Survey

from .diary import Diary
from .people import NEWCOMER, People
from .plan import Plan

ANSWERS = 0.35
"""How many take the minute that it needs."""
WRITES = 0.3
"""How many of them write something as well."""
OPENED_DAYS_AGO = 20
REASONS = (
    ("工作上用得着", "I need it at work", 9),
    ("想做成一件自己的事", "There is something of my own that I want to finish", 7),
    ("换个方向看看", "I am looking in a new direction", 4),
    ("跟着朋友来的", "A friend brought me", 2),
)
TIMES = (
    ("早上上班前", "In the morning, before work", 4),
    ("午休", "At lunch", 3),
    ("晚上", "In the evening", 10),
    ("周末", "On weekends", 8),
)
PACE = (1, 3, 9, 13, 6)
"""How likely each step of the scale is."""
WORDS = {
    "zh-hans": (
        "练习题下面能看到别人的做法就好了，做完再看。",
        "课时长短不一，能不能在目录里先标出来？",
        "提问当天就有人答，比我想的快多了。",
        "手机上看表格还是有点挤。",
        "希望多几节讲“做错了怎么办”的课。",
        "学习日记版块很安静，也很好，别加太多热闹。",
        "能不能每个月有一次大家一起改同一份稿子？",
        "字幕有几处错别字，我在课下面留言了，第二天就改好了。",
    ),
    "en": (
        "Show how long a lesson is before I open it. On the train that decides it.",
        "The first answer to my question came the same evening. Keep that.",
        "More lessons about what to do when it has gone wrong already.",
        "I would like one shared exercise a month that everybody does at once.",
        "Tables are a little tight on my phone.",
        "I stopped after lesson three and the site never nagged me. That is why I came back.",
        "Let me print a lesson without the pictures.",
        "The teacher read my spreadsheet and found the row. I did not expect that for the price.",
    ),
}


def answer(plan: Plan, people: People, diary: Diary) -> None:
    """Put the survey up and let about a third of the members answer it."""
    survey = _survey(plan)
    questions = list(survey.questions.order_by("place"))
    dice = {one.pk: plan.dice(f"survey:{one.username}") for one in people.members}
    given = [one for one in people.members if one.username != NEWCOMER and dice[one.pk].random() < ANSWERS]
    times = {one.pk: plan.moment(dice[one.pk], max(one.joined_at, survey.opened_at), plan.now) for one in given}
    _submit(survey, questions, given, dice, times)
    for one in given:
        fact = SurveyAnswered(survey_id=survey.pk, user_id=one.pk, topic_ids=[])
        diary.note(fact, at=times[one.pk], by=one.pk, subject=f"survey:{survey.pk}")


def _survey(plan: Plan) -> Survey:
    survey = Survey.objects.create(
        slug="how-is-it-going", title_zh="学得怎么样？", title_en="How is it going?",
        lead_zh="四个问题，一分钟。我们只看加在一起的数。", lead_en="Four questions, one minute. We look at sums, not at people.",
        opened_at=plan.ago(days=OPENED_DAYS_AGO),
    )  # fmt: skip
    kinds = Question.Kind
    asked = (
        (kinds.SINGLE, "你为什么来？", "What brought you here?", REASONS, {}),
        (kinds.MULTIPLE, "你一般什么时候学？", "When do you study?", TIMES, {}),
        (kinds.SCALE, "课程的节奏合适吗？", "Does the pace of the courses suit you?", (), {
            "low_zh": "完全不合适", "low_en": "not at all", "high_zh": "正合适", "high_en": "exactly",
        }),
        (kinds.TEXT, "还有什么想说的？", "Anything else that you would like to say?", (), {}),
    )  # fmt: skip
    for place, (kind, zh, en, offers, ends) in enumerate(asked, 1):
        question = Question.objects.create(survey=survey, kind=kind, text_zh=zh, text_en=en, place=place, **ends)
        Choice.objects.bulk_create(
            Choice(question=question, text_zh=zh, text_en=en, place=n) for n, (zh, en, _) in enumerate(offers, 1)
        )
    return survey


def _submit(
    survey: Survey,
    questions: list[Question],
    given: list[User],
    dice: Mapping[int, random.Random],
    times: Mapping[int, datetime],
) -> None:
    submissions = Submission.objects.bulk_create(
        Submission(survey=survey, user=one, submitted_at=times[one.pk]) for one in given
    )
    why, when, pace, more = questions
    offers = {one.pk: list(one.choices.order_by("place")) for one in (why, when)}
    words = {language: iter(said) for language, said in WORDS.items()}
    chosen: list[tuple[Answer, list[Choice]]] = []
    for one, submission in zip(given, submissions, strict=True):
        lot = dice[one.pk]
        answers = [Answer(submission=submission, question=question) for question in (why, when, pace)]
        answers[2].scale = lot.choices(range(1, 6), PACE)[0]
        chosen += [(answers[0], lot.choices(offers[why.pk], [weight for *_, weight in REASONS]))]
        chosen += [(answers[1], _some(lot, offers[when.pk])), (answers[2], [])]
        if lot.random() < WRITES and (said := next(words[one.language], "")):
            chosen.append((Answer(submission=submission, question=more, text=said), []))
    Answer.objects.bulk_create(one for one, _ in chosen)
    Answer.choices.through.objects.bulk_create(_links(chosen))


def _some(lot: random.Random, offers: list[Choice]) -> list[Choice]:
    found = lot.choices(offers, [weight for *_, weight in TIMES], k=lot.choice((1, 1, 2, 3)))
    return list(dict.fromkeys(found))


def _links(chosen: list[tuple[Answer, list[Choice]]]) -> Iterator[Any]:
    for answer, choices in chosen:
        yield from (Answer.choices.through(answer=answer, choice=choice) for choice in choices)
