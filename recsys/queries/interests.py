"""What we think a member likes, where that comes from, and what they themselves said about it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from accounts.models import TopicFollow
from accounts.queries import is_personalized
from recsys import kinds, rules
from recsys.models import Dismissal, Interaction, TopicWish
from surveys.queries import topic_interests
from topics.models import Topic

History = list[tuple[str, float]]
MOST_DISMISSED = 50


@dataclass(frozen=True, kw_only=True)
class Stated:
    """An interest that the member stated, between 0 and 1, and how: by a wish, a survey answer or by following."""

    weight: float
    source: Literal["wish", "said", "followed"]


@dataclass(frozen=True, kw_only=True)
class Interest:
    """
    A topic that a member seems to like. ``said``, ``followed`` and ``done`` are what survey, follow and acts speak for it.

    All weights lie between 0 and 1.
    """

    topic: Topic
    said: float
    followed: float
    done: float
    wish: str

    @property
    def weight(self) -> float:
        """How strong it is all in all: what speaks for it, as independent evidence (1 − Π(1 − x))."""
        if self.wish == TopicWish.Wish.MORE:
            return 1.0
        return 1 - (1 - self.said) * (1 - self.followed) * (1 - self.done)

    @property
    def percent(self) -> int:
        """The weight as a whole number of hundredths."""
        return round(100 * self.weight)


def interests_of(*, viewer: Any) -> list[Interest]:
    """
    What we think ``viewer`` likes, the strongest first, what they refused at the end; a constant number of queries.

    With personalization off nothing is inferred, and only what they themselves wished for is left.
    """
    wishes = wishes_of(viewer)
    may_infer = is_personalized(viewer)
    said, followed = (_said(viewer), _followed(viewer)) if may_infer else ({}, set())
    done = _done(history_of(viewer)) if may_infer else {}
    topics = Topic.objects.in_bulk({*said, *followed, *done, *wishes})
    found = [
        Interest(
            topic=topic,
            said=rules.SAID * said.get(pk, 0.0),
            followed=rules.FOLLOWED * (pk in followed),
            done=rules.DONE * done.get(pk, 0.0),
            wish=wishes.get(pk, ""),
        )
        for pk, topic in topics.items()
    ]
    kept = [one for one in found if one.wish or one.weight >= rules.LEAST_INTEREST]
    return sorted(kept, key=lambda one: (one.wish == TopicWish.Wish.NOT_MINE, -one.weight, one.topic.slug))


def stated_by(viewer: Any, wishes: Mapping[int, str]) -> dict[int, Stated]:
    """What ``viewer`` stated: wishes above answers above follows, without the topics that they refused."""
    found = {topic: Stated(weight=rules.FOLLOWED, source="followed") for topic in _followed(viewer)}
    found |= {topic: Stated(weight=rules.SAID * share, source="said") for topic, share in _said(viewer).items()}
    found |= {topic: Stated(weight=1.0, source="wish") for topic, wish in wishes.items() if wish == TopicWish.Wish.MORE}
    return {topic: stated for topic, stated in found.items() if wishes.get(topic, "more") == TopicWish.Wish.MORE}


def dismissed(*, viewer: Any) -> list[tuple[kinds.Item, str]]:
    """The items that ``viewer`` does not want to be shown, the latest first, with what they said."""
    rows = list(Dismissal.objects.filter(user=viewer).order_by("-created_at")[:MOST_DISMISSED])
    items = kinds.load([row.item for row in rows], viewer=viewer)
    return [(items[row.item], row.get_reason_display()) for row in rows if row.item in items]


def wishes_of(viewer: Any) -> dict[int, str]:
    """What ``viewer`` wished, by topic; a wish about a topic holds for those under it that have none of their own."""
    own = dict(TopicWish.objects.filter(user=viewer).values_list("topic", "wish"))
    if not own:
        return {}
    below = Topic.objects.filter(parent__in=own).values_list("pk", "parent_id")
    return {**{pk: own[parent] for pk, parent in below}, **own}


def history_of(viewer: Any) -> History:
    """The latest items of ``viewer`` with their weights, newest first."""
    latest = Interaction.objects.filter(user=viewer).order_by("-happened_at", "item")
    return list(latest.values_list("item", "weight")[: rules.LONGEST_HISTORY])


def without_refused(history: History, wishes: Mapping[int, str]) -> History:
    """``history`` without what is only about topics that the member refused as interests."""
    refused = {topic for topic, wish in wishes.items() if wish == TopicWish.Wish.NOT_MINE}
    if not refused:
        return history
    topics = kinds.topics_of(item for item, _ in history)
    return [(item, weight) for item, weight in history if not topics.get(item) or topics[item] - refused]


def _said(viewer: Any) -> dict[int, float]:
    answers = {topic: weight for topic, weight in topic_interests(viewer).items() if weight > 0}
    most = max(answers.values(), default=1)
    return {topic: weight / most for topic, weight in answers.items()}


def _followed(viewer: Any) -> set[int]:
    return set(TopicFollow.objects.filter(user=viewer).values_list("topic", flat=True))


def _done(history: History) -> dict[int, float]:
    topics = kinds.topics_of(item for item, _ in history)
    weights: Counter[int] = Counter()
    for age, (item, weight) in enumerate(history):
        for topic in topics.get(item, ()):
            weights[topic] += weight * rules.FADES**age  # type: ignore[assignment]
    most = max(weights.values(), default=1)
    return {topic: weight / most for topic, weight in weights.items()}
