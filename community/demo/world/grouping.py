"""The groups: who opened them, who came, who waits, and what is said on their boards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation

from accounts.models import User
from forum.events import GroupJoined, GroupOpened, JoiningRequested, ThreadViewed
from forum.models import Board, Group, GroupMember, JoinRequest
from forum.models.groups import Role
from payments.models import Product
from topics.models import Topic

from . import attending, content, talking
from .diary import Diary
from .money import Sale
from .people import NEWCOMER, OWNER, People
from .plan import DAYS, Plan
from .talking import Draft, Line
from .tastes import Taste, choose

JOINS = 0.3
"""How many of those who come by themselves are in a group."""
SOLD = 30
"""How many days ago the first seat was sold."""
Rows = Sequence[tuple[GroupMember, datetime]]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A group as it was written down, the row that it is, and the seats that were bought in it."""

    described: Mapping[str, Any]
    group: Group
    seats: Sequence[Sale]

    @property
    def bought_at(self) -> Mapping[int, datetime]:
        """When each seat was paid for, by who sits there."""
        return {one.buyer.pk: one.paid_at for one in self.seats}


def open_groups(plan: Plan, people: People, topics: Mapping[str, Topic], diary: Diary) -> list[Opened]:
    """Open the groups, and sell seats where they are for sale."""
    opened = []
    for place, one in enumerate(content.groups()):
        group = _open(plan, one, place, topics, diary)
        opened.append(Opened(described=one, group=group, seats=_sell(plan, people, group, one)))
    return opened


def gather(
    plan: Plan, people: People, opened: Sequence[Opened], likes: Mapping[int, Taste], topics: Mapping[str, Topic], diary: Diary
) -> None:  # fmt: skip
    """Let people into the groups, and say in them what was written for them."""
    drawn = _drawn(plan, people, likes, [one.described for one in opened if one.described["is_crowded"]])
    for one in opened:
        there = _let_in(plan, people, one, drawn, diary)
        _ask(plan, people, one.group, one.described, diary)
        _talk(plan, people, one.group, one.described, there, topics, diary)


def _drawn(
    plan: Plan, people: People, likes: Mapping[int, Taste], open_ones: Sequence[Mapping[str, Any]]
) -> dict[str, list[User]]:
    """Who comes by themselves, by slug: as people choose a course, by taste or against it."""
    found: dict[str, list[User]] = {one["slug"]: [] for one in open_ones}
    for member in people.members:
        dice = plan.dice(f"group:{member.username}")
        if member.username != NEWCOMER and dice.random() < JOINS:
            found[choose(dice, likes[member.pk], open_ones, lambda one: one["topics"])["slug"]].append(member)
    return found


def _open(plan: Plan, one: Mapping[str, Any], place: int, topics: Mapping[str, Topic], diary: Diary) -> Group:
    at = plan.ago(days=DAYS - 5 + place)
    words = {f"{field}_{language}": one[field][language] for field in ("name", "about") for language in ("zh", "en")}
    group = Group.objects.create(slug=one["slug"], entry=one["entry"], order=place, created_at=at, **words)
    group.refresh_from_db()
    group.topics.set([topics[slug] for slug in one["topics"]])
    names = {"name_zh": group.name_zh, "name_en": group.name_en}
    Board.objects.create(slug=f"group-{group.pk}", audience=[group.key], group=group, **names)
    diary.note(GroupOpened(group_id=group.pk), at=at, by=None, subject=group.key)
    return group


def _sell(plan: Plan, people: People, group: Group, one: Mapping[str, Any]) -> list[Sale]:
    if "price" not in one:
        return []
    product = Product.objects.create(
        kind="seat", subject=group.seat_key, title=f"{group.name_zh} · {group.name_en}", creator=people.by_name[OWNER],
        price_minor=one["price"], currency="CNY", share_percent=0, refund_max_progress=100, created_at=group.created_at,
    )  # fmt: skip
    return [_seat(plan, people.by_name[name], product, group) for name in one["buyers"]]


def _seat(plan: Plan, buyer: User, product: Product, group: Group) -> Sale:
    dice = plan.dice(f"seat:{product.pk}:{buyer.username}")
    paid_at = plan.moment(dice, max(group.created_at, buyer.joined_at, plan.ago(days=SOLD)), plan.ago(days=9))
    wait = timedelta(seconds=dice.randrange(25, 240))
    with translation.override(buyer.language):
        called = group.name
    return Sale(buyer=buyer, product=product, placed_at=paid_at - wait, paid_at=paid_at, dice=dice, called=called)


def _let_in(
    plan: Plan, people: People, opened: Opened, drawn: Mapping[str, list[User]], diary: Diary
) -> list[GroupMember]:
    group, one, bought_at = opened.group, opened.described, opened.bought_at
    dice = plan.dice(f"members:{group.slug}")
    writers = [author for thread in one["threads"] for author, _body in thread["posts"]]
    named = [one["owner"], *one["moderators"], *one["members"], *one.get("buyers", ()), *writers]
    asking = {name for name, _note in one["asks"]}
    everybody = [*(people.by_name[name] for name in named), *drawn.get(group.slug, [])]
    roles = {one["owner"]: Role.OWNER} | dict.fromkeys(one["moderators"], Role.MODERATOR)
    rows = [
        GroupMember(
            group=group, user=user, role=roles.get(user.username, Role.MEMBER), is_bought=user.pk in bought_at,
            joined_at=group.created_at if user.username == one["owner"] else plan.moment(dice, max(group.created_at, user.joined_at), plan.ago(days=1)),
        )
        for user in dict.fromkeys(everybody)
        if user.username not in asking
    ]  # fmt: skip
    for row in rows:
        row.joined_at = bought_at.get(row.user.pk) or max(row.joined_at, row.user.joined_at)
        fact = GroupJoined(group_id=group.pk, user_id=row.user.pk)
        diary.note(fact, at=row.joined_at, by=row.user.pk, subject=group.key)
    return GroupMember.objects.bulk_create(rows)


def _ask(plan: Plan, people: People, group: Group, one: Mapping[str, Any], diary: Diary) -> None:
    for n, (name, note) in enumerate(one["asks"]):
        user, at = people.by_name[name], plan.ago(days=n, minutes=90)
        asked = JoinRequest.objects.create(group=group, user=user, note=note, asked_at=at)
        fact = JoiningRequested(request_id=asked.pk, group_id=group.pk, user_id=user.pk)
        diary.note(fact, at=at, by=user.pk, subject=group.key)


def _talk(
    plan: Plan, people: People, group: Group, one: Mapping[str, Any], there: Sequence[GroupMember],
    topics: Mapping[str, Topic], diary: Diary,
) -> None:  # fmt: skip
    since = {row.user_id: row.joined_at for row in there}
    drafts = [_draft(plan, people, group, thread, n, since) for n, thread in enumerate(one["threads"])]
    talking.write(plan, drafts, topics, diary)
    for draft in drafts:
        _view(plan, draft, there, diary)
    attending.count_views(drafts)


def _draft(
    plan: Plan, people: People, group: Group, thread: Mapping[str, Any], place: int, since: Mapping[int, datetime]
) -> Draft:
    dice = plan.dice(f"said:{group.slug}:{place}")
    authors = [people.by_name[name] for name, _body in thread["posts"]]
    first = max(since[author.pk] for author in authors)
    moments = talking.times(plan, dice, count=len(authors), first=first, last=plan.ago(days=1 + 4 * place, minutes=7))
    lines = [
        Line(author, max(at, first), body)
        for author, at, (_name, body) in zip(authors, moments, thread["posts"], strict=True)
    ]
    return Draft(
        is_question=False, title=thread["title"], language=content.LANGUAGES[thread["language"]], topics=[thread["topic"]],
        lines=lines, board=f"group-{group.pk}", readers=[group.key],
    )  # fmt: skip


def _view(plan: Plan, draft: Draft, there: Sequence[GroupMember], diary: Diary) -> None:
    """Every second member has opened it."""
    dice = plan.dice(f"views:{draft.thread.slug}")
    for row in there:
        begin = max(row.joined_at, draft.lines[0].at)
        if begin < plan.now and dice.random() < 0.5:  # noqa: PLR2004 - every second
            at = plan.moment(dice, begin, plan.now)
            fact = ThreadViewed(thread_id=draft.thread.pk, user_id=row.user_id)
            diary.note(fact, at=at, by=row.user_id, subject=f"thread:{draft.thread.pk}")
            draft.thread.view_count += 1
