"""What members looked for in the last weeks: mostly what they like, and now and then what the school does not have."""

import random
from collections.abc import Mapping
from datetime import timedelta

from accounts import consent_texts
from accounts.enums import Purpose
from accounts.models import Consent, User
from core.events import Code
from insights import rules
from insights.events import Searched
from insights.models import Phrase
from topics.models import Topic

from .copying import copy
from .diary import Diary
from .people import NEWCOMER, People
from .plan import Plan
from .tastes import Taste

ALLOW = 0.7
"""How many let their searches be counted."""
WEEKS = 4
MISSING = {"zh-hans": ("番茄钟", "小红书标题", "财报怎么看"), "en": ("pivot tables", "podcast editing", "negotiation")}
"""What people look for that nobody teaches here."""
FINDS_NOTHING = 0.15


def search(plan: Plan, people: People, tastes: Mapping[int, Taste], topics: Mapping[str, Topic], diary: Diary) -> None:
    """Note searches and whose of them may be counted; the words of what many typed are kept, as the site would."""
    allow = [one for one in people.members if plan.dice(f"counts:{one.username}").random() < ALLOW]
    _allow(allow)
    counted, typed = {one.pk for one in allow}, dict[str, set[int]]()
    for member in people.members:
        if member.username != NEWCOMER:
            _search(plan, member, tastes[member.pk], topics, diary, typed if member.pk in counted else None)
    many = sorted(text for text, who in typed.items() if len(who) >= rules.FEWEST)
    Phrase.objects.bulk_create(Phrase(seal=rules.seal(text), text=text) for text in many)


def _allow(members: list[User]) -> None:
    version = consent_texts.version_of(Purpose.ANALYTICS)
    copy([
        Consent(user=one, purpose=Purpose.ANALYTICS, is_given=True, text_version=version, recorded_at=one.joined_at)
        for one in members
    ])  # fmt: skip


def _search(
    plan: Plan, member: User, taste: Taste, topics: Mapping[str, Topic], diary: Diary, typed: dict[str, set[int]] | None
) -> None:
    dice = plan.dice(f"searches:{member.username}")
    since = max(member.joined_at, plan.now - timedelta(weeks=WEEKS))
    for _ in range(round(7 * taste.liveliness)):
        text, found = _words(dice, member, taste, topics)
        if typed is not None:
            typed.setdefault(text, set()).add(member.pk)
        fact = Searched(
            phrase=Code(rules.seal(text) if typed is not None else ""), topic_ids=[found.pk] if found else [],
            hits=dice.randint(1, 30) if found else 0,
        )  # fmt: skip
        at = plan.moment(dice, since, plan.now).replace(microsecond=0)
        diary.note(fact, at=at, by=member.pk if typed is not None else None, subject="")


def _words(dice: random.Random, member: User, taste: Taste, topics: Mapping[str, Topic]) -> tuple[str, Topic | None]:
    """What is typed, and the topic that it names, if the school has it."""
    if dice.random() < FINDS_NOTHING:
        return rules.tidy(dice.choice(MISSING[member.language])), None
    [slug] = dice.choices(list(taste.topics), list(taste.topics.values()))
    topic = topics[slug]
    return rules.tidy(topic.name_zh if member.language == "zh-hans" else topic.name_en), topic
