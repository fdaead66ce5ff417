"""What we think a member likes, where that comes from, and what they themselves said about it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, F, Func, OuterRef, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, Now

from accounts.enums import Purpose
from accounts.models import Follow, TopicFollow
from accounts.queries import consents_from, last_words
from core.web.prepared import Prepared
from forum.models import Group, GroupMember, JoinRequest, Post, Thread
from recsys import kinds, rules
from recsys.models import Dismissal, Interaction, Kinship, TopicWish
from surveys.queries import effects_for
from topics.models import Topic

History = list[tuple[str, float]]


class Kin(TypedDict):
    """Somebody who likes the same: the id, and the topic that is shared as a row of values."""

    id: int
    topic: dict[str, Any]


KIN_HOLDS = timedelta(hours=1)
"""How long it is known who likes the same before it is worked out anew."""
MOST_DISMISSED = 50
KNOWN_ANSWERS = 200
"""How many of a member's latest answers say what they know."""
_FOLLOWS, _PERSON, _ANSWERED, _SAID_YES, _SAID_NO, _KIN = "follows", "person", "answered", "yes:", "no:", "kin:"
_FORMER_KIN = "former kin:"
_CIRCLE, _JOINABLE, _LARGE = "circle:", "joinable", "large"
MATES = 100
"""So many of the others in each of a member's groups are looked for in what is ranked: those who came last."""
TALK = 10
"""So many of the newest threads in each of their groups are looked at for one that they have not read."""
JOINABLE = 20


@dataclass(frozen=True, kw_only=True)
class Stated:
    """An interest that the member stated, between 0 and 1, and how: by a wish, a survey answer or by following."""

    weight: float
    source: Literal["wish", "said", "followed"]


@dataclass(frozen=True, kw_only=True)
class Ties:
    """
    What a member consents to, wished and ``said`` in surveys, by topic, and to what they are tied: topics and people they follow,
    topics about which they answered, members who like the same (None while that is not known), their groups with both names
    (``circles``), whom they meet there (``mates``, and in which), what others said there last (``talk``, by ids, the newest first), and
    groups that they could be in, the large ones first, and whether they are large.

    A wish about a topic holds for those under it that have none of their own.
    """

    consents: dict[Purpose, bool]
    wishes: dict[int, str]
    said: dict[int, float]
    topics: frozenset[int]
    people: frozenset[int]
    answered: Counter[int]
    kin: list[Kin]
    kin_are_due: bool
    circles: dict[int, tuple[str, str]]
    mates: dict[int, int]
    talk: list[int]
    joinable: dict[int, bool]


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
    ties = ties_in(TIES.rows(viewer=viewer.pk))
    wishes, may_infer = ties.wishes, ties.consents[Purpose.PERSONALIZATION]
    said, followed = (ties.said, ties.topics) if may_infer else ({}, frozenset[int]())
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


def stated_by(ties: Ties) -> dict[int, Stated]:
    """What a member stated: wishes above answers above follows, without the topics that they refused."""
    wishes = ties.wishes
    found = {topic: Stated(weight=rules.FOLLOWED, source="followed") for topic in ties.topics}
    found |= {topic: Stated(weight=rules.SAID * share, source="said") for topic, share in ties.said.items()}
    found |= {topic: Stated(weight=1.0, source="wish") for topic, wish in wishes.items() if wish == TopicWish.Wish.MORE}
    return {topic: stated for topic, stated in found.items() if wishes.get(topic, "more") == TopicWish.Wish.MORE}


def dismissed(*, viewer: Any) -> list[tuple[kinds.Item, str]]:
    """The items that ``viewer`` does not want to be shown, the latest first, with what they said."""
    rows = list(Dismissal.objects.filter(user=viewer).order_by("-created_at")[:MOST_DISMISSED])
    items = kinds.load([row.item for row in rows], viewer=viewer)
    return [(items[row.item], row.get_reason_display()) for row in rows if row.item in items]


def ties_in(rows: Iterable[tuple[int, str]]) -> Ties:
    """What the rows of ``TIES`` say of a member; one query for those who wished."""
    found: dict[str, list[int]] = {}
    for pk, what in rows:
        found.setdefault(what, []).append(pk)
    groups = _groups_in(found)
    words = {purpose.value: f"{_SAID_YES}{purpose}" in found for purpose in Purpose if _is_said(purpose, found)}
    return Ties(
        consents=consents_from(words),
        wishes=_with_those_under_them({pk: wish for wish in TopicWish.Wish.values for pk in found.get(wish, ())}),
        said=_shares({int(what): pks for what, pks in found.items() if what.isdecimal()}),
        topics=frozenset(found.get(_FOLLOWS, ())), people=frozenset(found.get(_PERSON, ())),
        answered=Counter(found.get(_ANSWERED, ())),
        kin=next((json.loads(what.partition(":")[2]) for what in found if what.startswith((_KIN, _FORMER_KIN))), []),
        kin_are_due=not any(what.startswith(_KIN) for what in found),
        circles={pk: (zh, en) for pk, zh, en, _mates, _talk in groups},
        mates=_mates_in(groups),
        talk=sorted((one for *_about, talk in groups for one in talk), reverse=True),
        joinable={pk: what == _LARGE for what in (_LARGE, _JOINABLE) for pk in found.get(what, ())},
    )  # fmt: skip


def _all_ties(viewer: int) -> QuerySet[Any, Any]:
    wished = _tied(TopicWish.objects.filter(user=viewer), "topic_id", F("wish"))
    follows = _tied(TopicFollow.objects.filter(user=viewer), "topic_id", Value(_FOLLOWS))
    people = _tied(Follow.objects.filter(follower=viewer), "followed_id", Value(_PERSON))
    said = _tied(effects_for(viewer), "topic_id", F("weight"))
    groups = _circles(viewer), _joinable(viewer)
    return wished.union(follows, people, said, _answered(viewer), _consented(viewer), _kept(viewer), *groups, all=True)


TIES = Prepared(_all_ties, viewer="id")
"""What a member consents to, wished and is tied to, as a number and a text, for ``ties_in``."""


def _shares(effects: Mapping[int, Sequence[int]]) -> dict[int, float]:
    """For each topic its share of the topic that was spoken for most; ``effects`` are topics by the weight of an answer."""
    totals: Counter[int] = Counter()
    for weight, topics in effects.items():
        for topic in topics:
            totals[topic] += weight
    most = max(totals.values(), default=0)
    return {topic: total / most for topic, total in totals.items() if total > 0}


def _answered(viewer: int) -> QuerySet[Any, Any]:
    """The topics of the questions that they answered last, a row for each answer."""
    mine = Post.objects.filter(author=viewer, is_first=False, hidden_at__isnull=True, thread__kind=Thread.Kind.QUESTION)
    latest = Post.objects.filter(pk__in=mine.order_by("-pk").values("pk")[:KNOWN_ANSWERS], thread__topics__isnull=False)
    return _tied(latest, "thread__topics", Value(_ANSWERED))


def _consented(viewer: int) -> QuerySet[Any, Any]:
    said = Case(When(is_given=True, then=Value(_SAID_YES)), default=Value(_SAID_NO))
    return _tied(last_words(viewer), "user_id", Concat(said, "purpose", output_field=TextField()))


def _kept(viewer: int) -> QuerySet[Any, Any]:
    age = Case(When(worked_out_at__gt=Now() - KIN_HOLDS, then=Value(_KIN)), default=Value(_FORMER_KIN))
    found = Kinship.objects.filter(user=viewer)
    return _tied(found, "user_id", Concat(age, Cast("kept", TextField()), output_field=TextField()))


def _circles(viewer: int) -> QuerySet[Any, Any]:
    """
    The groups that they are in, each as a JSON text: its id, its names, the others in it and what these said, of both the latest.

    Each group is looked into by itself: of the members of all of them together the last ones would be found by going through everybody.
    """
    others = GroupMember.objects.present().filter(group=OuterRef("group")).exclude(user=viewer).order_by("-pk")
    said = Thread.objects.filter(board=OuterRef("group__board")).exclude(author=viewer).order_by("-pk")
    parts = (
        "group",
        "group__name_zh",
        "group__name_en",
        ArraySubquery(others.values("user")[:MATES]),
        ArraySubquery(said.values("pk")[:TALK]),
    )
    told = Func(
        *parts, function="json_build_array", template="(%(function)s(%(expressions)s))::text", output_field=TextField()
    )
    own = GroupMember.objects.present().filter(user=viewer)
    return _tied(own, "group_id", Concat(Value(_CIRCLE), told, output_field=TextField()))


def _groups_in(told: Iterable[str]) -> list[list[Any]]:
    return [json.loads(what.removeprefix(_CIRCLE)) for what in told if what.startswith(_CIRCLE)]


def _mates_in(groups: Iterable[list[Any]]) -> dict[int, int]:
    """Whom they meet in which of ``groups``; of several that two share, always the same."""
    found: dict[int, int] = {}
    for pk, _zh, _en, mates, _talk in sorted(groups, reverse=True):
        found |= dict.fromkeys(mates, pk)
    return found


def _joinable(viewer: int) -> QuerySet[Any, Any]:
    """Groups in which they are not, did not ask to be, and could be; whether they may know of one is asked when it is loaded."""
    inside = GroupMember.objects.present().filter(group=OuterRef("pk"), user=viewer)
    beside = Group.objects.with_a_way_in().exclude(Exists(inside))
    free = beside.exclude(Exists(JoinRequest.objects.filter(group=OuterRef("pk"), user=viewer)))
    size = Case(When(member_count__gte=rules.FEWEST, then=Value(_LARGE)), default=Value(_JOINABLE))
    return _tied(Group.objects.filter(pk__in=free.in_order().values("pk")[:JOINABLE]), "pk", size)


def _is_said(purpose: Purpose, found: Mapping[str, Any]) -> bool:
    return f"{_SAID_YES}{purpose}" in found or f"{_SAID_NO}{purpose}" in found


def _tied(rows: QuerySet[Any], to: str, what: Any) -> QuerySet[Any, Any]:
    tied = rows.annotate(tied_to=F(to), tied_by=Cast(what, TextField()))
    return tied.values_list("tied_to", "tied_by")


def _with_those_under_them(own: dict[int, str]) -> dict[int, str]:
    if not own:
        return {}
    below = Topic.objects.filter(parent__in=own).values_list("pk", "parent_id")
    return {**{pk: own[parent] for pk, parent in below}, **own}


def history_of(viewer: Any) -> History:
    """The latest items of ``viewer`` with their weights, newest first."""
    return list(latest_of(viewer).values_list("item", "weight"))


def latest_of(viewer: Any) -> QuerySet[Interaction]:
    """What ``viewer`` had to do with last, the newest first."""
    return Interaction.objects.filter(user=viewer).order_by("-happened_at", "item")[: rules.LONGEST_HISTORY]


def without_refused(history: History, wishes: Mapping[int, str]) -> History:
    """``history`` without what is only about topics that the member refused as interests."""
    refused = {topic for topic, wish in wishes.items() if wish == TopicWish.Wish.NOT_MINE}
    if not refused:
        return history
    topics = kinds.topics_of(item for item, _ in history)
    return [(item, weight) for item, weight in history if not topics.get(item) or topics[item] - refused]


def _done(history: History) -> dict[int, float]:
    topics = kinds.topics_of(item for item, _ in history)
    weights: Counter[int] = Counter()
    for age, (item, weight) in enumerate(history):
        for topic in topics.get(item, ()):
            weights[topic] += weight * rules.FADES**age  # type: ignore[assignment]
    most = max(weights.values(), default=1)
    return {topic: weight / most for topic, weight in weights.items()}
