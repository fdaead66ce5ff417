"""What people see of groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from accounts.author_cards import with_authors
from core.audience.keys import hidden_authors, keys_of
from forum.models import Board, Group, GroupMember, Invitation, JoinRequest, Thread
from forum.models.groups import KEEPERS, GroupQuerySet, Role

GROUPS_PER_PAGE = 30
MEMBERS_PER_PAGE = 20
THREADS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class GroupPage:
    """A group as one viewer sees it; what is for its members alone is empty for others."""

    group: Any
    board: Board
    may_keep: bool
    may_appoint: bool
    holds_seat: bool
    may_buy: bool
    threads: list[Thread]
    members: Page[GroupMember] | None
    requests: list[JoinRequest]
    invitations: list[Invitation]


def groups_for(viewer: Any) -> GroupQuerySet:
    """The groups that ``viewer`` may know of, each with what they are to it."""
    found: GroupQuerySet = Group.objects.visible_to(viewer).with_standing(viewer)
    return found


def group_list(*, viewer: Any, page: int | str = 1) -> Page[Any]:
    """The groups that ``viewer`` may know of, 30 a page: their own, then those into which they were asked, then the rest."""
    nearness = Case(
        When(role__gt="", then=Value(0)),
        When(is_invited=True, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    groups = groups_for(viewer).prefetch_related("topics")
    paginator = Paginator(groups.order_by(nearness, "order", "pk"), GROUPS_PER_PAGE)
    return paginator.get_page(page)


def joined_by(user: Any) -> QuerySet[Any]:
    """The groups that ``user`` is in, in the owner's order."""
    found: QuerySet[Any] = Group.objects.joined_by(user.pk).in_order()
    return found


def group_page(*, group: Any, viewer: Any, page: int | str = 1) -> GroupPage:
    """
    The page of ``group``, one of ``groups_for``.

    Its newest threads, who is in it and who waits are shown to members; who waits to be let in, to those who may let them in.
    """
    is_staff = viewer.has_perm("forum.change_group")
    may_keep, is_inside = is_staff or group.role in KEEPERS, bool(group.role)
    holds_seat = group.seat_key in keys_of(viewer)
    is_settled = is_inside or holds_seat or group.is_invited or group.refused_at
    return GroupPage(
        group=group, board=group.board, may_keep=may_keep, may_appoint=is_staff or group.role == Role.OWNER,
        holds_seat=holds_seat, may_buy=group.needs_seat and not is_settled,
        threads=_newest(group, viewer) if is_inside else [],
        members=_members(group, viewer, page) if is_inside or is_staff else None,
        requests=_waiting(group, viewer) if may_keep else [],
        invitations=list(with_authors(group.invitations.order_by("pk"), field="user")) if may_keep else [],
    )  # fmt: skip


def standing_for_seat(*, user: Any, seat_key: str) -> str:
    """Whether ``user`` is ``in`` the group without a seat, or ``out`` of it until they are invited; empty for whom a seat would bring in."""
    theirs = {"group__seat_key": seat_key, "user_id": user.pk}
    if GroupMember.objects.filter(**theirs, is_bought=False).exists():
        return "in"
    return "out" if JoinRequest.objects.filter(**theirs, refused_at__isnull=False).exists() else ""


def whom_to_ask(*, group_ids: Iterable[int]) -> dict[int, list[Any]]:
    """Those who answer requests to join each of these groups."""
    keepers = GroupMember.objects.filter(group__in=list(group_ids), role__in=KEEPERS, user__is_active=True)
    found: dict[int, list[Any]] = {}
    for one in keepers.select_related("user").order_by("pk"):
        found.setdefault(one.group_id, []).append(one.user)
    return found


def _newest(group: Any, viewer: Any) -> list[Thread]:
    threads = with_authors(Thread.objects.open_to(viewer).filter(board__group=group))
    return list(threads.with_topic().liveliest_first()[:THREADS_SHOWN])


def _members(group: Any, viewer: Any, page: int | str) -> Page[GroupMember]:
    """Who is in it, the owners first, as far as ``viewer`` may see them: what a page of them costs does not grow with their number."""
    unseen = Q(user__is_active=False) | Q(user__in=sorted(hidden_authors(viewer)))
    shown = with_authors(group.memberships.present().exclude(unseen), field="user")
    # Backwards in the alphabet come owner, moderator, member, and so does the index.
    paginator = Paginator(shown.order_by("-role", "joined_at", "pk"), MEMBERS_PER_PAGE)
    paginator.count = group.member_count - group.memberships.filter(unseen).count()
    return paginator.get_page(page)


def _waiting(group: Any, viewer: Any) -> list[JoinRequest]:
    waiting = group.requests.filter(refused_at__isnull=True, user__is_active=True)
    return list(with_authors(waiting.exclude(user__in=sorted(hidden_authors(viewer))), field="user").order_by("pk"))
