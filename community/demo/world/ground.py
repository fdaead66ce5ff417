"""The ground that a world stands on: topics, the school itself, its boards and the survey for newcomers."""

from datetime import timedelta
from typing import Any

from community.models import LegalText, School
from community.opening.operations import load_legal_drafts
from forum.models import Board
from surveys.models import Choice, Effect, Question, Survey
from surveys.queries import ONBOARDING
from topics.models import Topic

from . import content
from .plan import DAYS, Plan

PROMISE = {
    "zh": "一个月后，你会有一件自己做完的事。",
    "en": "In a month you will have finished one thing of your own.",
}
FOR_WHOM = {
    "zh": "给自己管账的店主、写给别人看的人、第一次写程序的人：从一件真事学起，卡住了就在课下面问，教课的人看得到。",
    "en": (
        "For shopkeepers who do their own books, people whose writing others must act on, and first-time programmers: each "
        "course begins with something that happened, and its teacher reads what you ask under the lesson."
    ),
}
FOOTER = {
    "zh": "这是演示：人和课都是编的，付款不会真的扣钱。",
    "en": "A demonstration: its people and courses are invented, and its payments move no money.",
}
BOARDS = (
    ("hello", "初次见面", "Hello"),
    ("workshop", "互相看看", "Critique"),
    ("journal", "学习日记", "Study journals"),
    ("square", "随便聊聊", "The square"),
)


def lay(plan: Plan) -> dict[str, Topic]:
    """Make topics, boards, survey and school; return the topics by slug."""
    topics = _topics()
    Board.objects.bulk_create(
        Board(slug=slug, name_zh=zh, name_en=en, order=n, audience=["public", "members"])
        for n, (slug, zh, en) in enumerate(BOARDS)
    )
    _survey(plan, topics)
    _school(plan)
    load_legal_drafts()
    LegalText.objects.update(published_at=plan.ago(days=DAYS + 60))
    return topics


def _topics() -> dict[str, Topic]:
    tree = content.school()["topics"]
    parents = Topic.objects.bulk_create(_topic(one) for one in tree)
    leaves = Topic.objects.bulk_create(
        _topic(one, parent) for parent, branch in zip(parents, tree, strict=True) for one in branch["children"]
    )
    return {topic.slug: topic for topic in [*parents, *leaves]}


def _topic(described: dict[str, Any], parent: Topic | None = None) -> Topic:
    return Topic(
        slug=described["slug"],
        name_zh=described["zh"],
        name_en=described["en"],
        synonyms=described.get("synonyms", []),
        parent=parent,
    )


def _school(plan: Plan) -> None:
    described = content.school()["school"]
    words = {
        "name": described["name"],
        "tagline": described["tagline"],
        "promise": PROMISE,
        "for_whom": FOR_WHOM,
        "footer": FOOTER,
    }
    fields = {f"{field}_{language}": said[language] for field, said in words.items() for language in ("zh", "en")}
    School.objects.create(**fields, opened_at=plan.now - timedelta(days=DAYS + 120))


def _survey(plan: Plan, topics: dict[str, Topic]) -> None:
    survey = Survey.objects.create(
        slug=ONBOARDING, title_zh="你想学会什么？", title_en="What would you like to learn?",
        lead_zh="选几样就好，随时能改。首页会先放你选的；没选的也看得到。",
        lead_en="A few are enough, and you can change them whenever you like. The home page begins with what you choose.",
        opened_at=plan.ago(days=DAYS + 120),
    )  # fmt: skip
    question = Question.objects.create(
        survey=survey,
        kind=Question.Kind.MULTIPLE,
        text_zh="哪些事你想做得更好？",
        text_en="What would you like to do better?",
        place=1,
    )
    leaves = [topic for topic in topics.values() if topic.parent_id]
    choices = Choice.objects.bulk_create(
        Choice(question=question, text_zh=topic.name_zh, text_en=topic.name_en, place=n)
        for n, topic in enumerate(leaves, 1)
    )
    Effect.objects.bulk_create(
        Effect(choice=choice, topic=topic, weight=5) for choice, topic in zip(choices, leaves, strict=True)
    )
