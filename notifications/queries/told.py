"""What members were told."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count

from core.web.prepared import Prepared
from forum.models import Group, Post, Thread
from gamification.models import Badge, Level
from notifications.models import Kind, Notification, Preference
from payments.models import Order, Subscription
from payments.queries import payouts_of, tiers_behind

PER_PAGE = 30
WITHOUT_MAIL = {Kind.BADGE, Kind.LEVEL, Kind.JOINING, Kind.LET_IN}
"""What stands under the bell alone."""
ABOUT_POSTS = (Kind.ANSWER, Kind.REPLY, Kind.ACCEPTED, Kind.HIDDEN, Kind.RESTORED)


def unread_count(*, user: Any) -> int:
    """How many notifications wait for ``user``."""
    return sum(count for (count,) in _UNREAD.rows(user=user.pk))


# Every page of a member asks.
_UNREAD = Prepared(
    lambda user: Notification.objects.filter(user=user, read_at__isnull=True).values_list("user").order_by().annotate(waiting=Count("pk")).values_list("waiting"),
    user="id",
)  # fmt: skip


def unread_counts(*, user_ids: Iterable[int]) -> dict[int, int]:
    """How many notifications wait for each of these members."""
    counts = dict.fromkeys(user_ids, 0)
    unread = Notification.objects.filter(user__in=list(counts), read_at__isnull=True)
    return counts | dict(unread.values_list("user_id").annotate(Count("pk")).order_by())


def page_of(*, user: Any, page: int | str = 1) -> Page[Notification]:
    """The notifications of ``user``, the youngest first, each with its ``subject`` attached, or None where it is gone."""
    told = Notification.objects.filter(user=user).select_related("actor").order_by("-created_at", "-pk")
    found = Paginator(told, PER_PAGE).get_page(page)
    attach_subjects(list(found), viewer=user)
    return found


def waiting_for(*, user: Any, limit: int) -> list[Notification]:
    """The youngest that ``user`` has not read and might act on, each with its ``subject``; badges and levels ask for nothing."""
    unread = Notification.objects.filter(user=user, read_at__isnull=True).exclude(kind__in=[Kind.BADGE, Kind.LEVEL])
    found = list(unread.select_related("actor").order_by("-created_at", "-pk")[:limit])
    attach_subjects(found, viewer=user)
    return found


def attach_subjects(rows: Sequence[Notification], *, viewer: Any) -> None:
    """Give each row its ``subject``: the post, thread, group, badge, level, tier, payout or order; what the viewer may not see is None. Nine queries at most."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(_table(row.kind), set()).add(row.subject_id)
    found = {table: _load(table, ids, viewer) for table, ids in wanted.items()}
    for row in rows:
        row.subject = found[_table(row.kind)].get(row.subject_id)  # type: ignore[attr-defined]


def mail_preferences(*, user: Any) -> list[tuple[Kind, bool]]:
    """Each kind of which there are mails, with whether ``user`` gets them."""
    off = set(Preference.objects.filter(user=user).values_list("kind", flat=True))
    return [(kind, kind not in off) for kind in Kind if kind not in WITHOUT_MAIL]


def _table(kind: str) -> str:
    if kind in ABOUT_POSTS:
        return "post"
    tables = {
        Kind.QUESTION: "thread",
        Kind.BADGE: "badge",
        Kind.LEVEL: "level",
        Kind.RENEWAL: "tier",
        Kind.OWED: "subscription",
        Kind.PAYOUT: "payout",
        Kind.JOINING: "group",
        Kind.LET_IN: "group",
        Kind.INVITED: "group",
    }
    return tables.get(Kind(kind), "order")


def _load(table: str, ids: set[int], viewer: Any) -> dict[int, Any]:
    if table == "post":
        posts = Post.objects.visible_to(viewer).select_related("thread")
        return {post.pk: post for post in posts.filter(pk__in=ids)}
    if table == "thread":
        return {thread.pk: thread for thread in Thread.objects.open_to(viewer).filter(pk__in=ids)}
    if table == "group":
        return {group.pk: group for group in Group.objects.visible_to(viewer).filter(pk__in=ids)}
    if table == "badge":
        return dict(Badge.objects.in_bulk(list(ids)))
    if table == "level":
        return {level.number: level for level in Level.objects.filter(number__in=ids)}
    if table == "tier":
        return tiers_behind(entitlement_ids=list(ids), user=viewer)
    if table == "subscription":
        mine = Subscription.objects.visible_to(viewer).select_related("product__tier")
        return {one.pk: one for one in mine.filter(pk__in=ids)}
    if table == "payout":
        return dict(payouts_of(creator=viewer).in_bulk(list(ids)))
    return {order.pk: order for order in Order.objects.filter(pk__in=ids, buyer=viewer).prefetch_related("lines")}
