"""Opening groups, and being in them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from core.audit import record
from core.events import Code
from core.realtime import sending
from forum.events import GroupJoined, GroupLeft, GroupOpened, GroupRoleChanged
from forum.models import Board, Group, GroupMember, Invitation, JoinRequest
from forum.models.groups import KEEPERS, Role
from payments.queries import holds

from .selling import offer_seats

CHANGEABLE = ("slug", "name_zh", "name_en", "about_zh", "about_en", "entry", "order")


class NotOpen(Exception):
    """It is not joined in this way."""


class NotWelcome(Exception):
    """Their request was refused, or they were taken out: only an invitation lets them in."""


class NotAKeeper(Exception):
    """Only an owner or a moderator of the group may do this, and what concerns these only an owner."""


class LastOwner(Exception):
    """A group keeps an owner: somebody else has to be one first."""


@transaction.atomic
def open_group(*, group: Group, by: User, price: int | None = None, currency: str = "") -> Group:
    """Save ``group``, which is new, with a board that its members alone read; ``by`` is its first owner, a seat costs ``price``."""
    group.save()
    group.refresh_from_db()
    Board.objects.create(
        slug=f"group-{group.pk}", name_zh=group.name_zh, name_en=group.name_en, audience=[group.key], group=group
    )
    offer_seats(group=group, price=price, currency=currency, by=by)
    events.publish(GroupOpened(group_id=group.pk), by=by, subject=group.key)
    admit(group, by, role=Role.OWNER)
    return group


@transaction.atomic
def change_group(*, group: Group, by: User, price: int | None = None, currency: str = "") -> Group:
    """Save ``group``; its board is called as it is, and a seat costs ``price``."""
    # Whoever buys one locks what is sold first, then the group.
    offer_seats(group=group, price=price, currency=currency, by=by)
    # Somebody may have joined since it was read: how many are in it is none of what is changed here.
    group.save(update_fields=CHANGEABLE)
    Board.objects.filter(group=group).update(name_zh=group.name_zh, name_en=group.name_en)
    return group


@transaction.atomic
def join(*, group: Group, by: User) -> GroupMember:
    """
    Let ``by`` into an open group, or into one in which they hold a seat; who is in it already stays what they are.

    :raises NotOpen: if it is not joined in this way.
    :raises NotWelcome: if they were taken out of it.
    """
    group = locked(group)
    mine = membership(group, by)
    if mine is not None:
        return mine
    if group.entry != Group.Entry.OPEN and not holds(user=by, key=group.seat_key):
        raise NotOpen
    refuse_the_unwelcome(group, by)
    return admit(group, by, is_bought=comes_by_seat(group, by))


@transaction.atomic
def leave(*, group: Group, by: User) -> None:
    """
    Let ``by`` go; who is not in it changes nothing. A seat that was bought stays theirs, and they may come back.

    :raises LastOwner: if nobody else owns the group.
    """
    group = locked(group)
    mine = membership(group, by)
    if mine is not None:
        _refuse_the_last_owner(mine)
        let_go(mine, by=by)


@transaction.atomic
def remove_member(*, group: Group, user: User, by: User) -> None:
    """
    Take ``user`` out of ``group``, into which only an invitation brings them back; who is not in it changes nothing.

    :raises NotAKeeper: if ``by`` keeps neither the group nor the rules of the school, or is no owner and ``user`` keeps it too.
    :raises LastOwner: if nobody else owns the group.
    """
    group = locked(group)
    theirs = membership(group, user)
    is_staff = _as_staff(group, by, needs=(Role.OWNER,) if theirs and theirs.role in KEEPERS else KEEPERS)
    if theirs is None:
        return
    _refuse_the_last_owner(theirs)
    let_go(theirs, by=by)
    JoinRequest.objects.create(group=group, user=user, refused_at=timezone.now())
    if is_staff:
        record(by=by, act="forum.remove_member", subject=group.key, before={"member": user.pk, "role": theirs.role})


@transaction.atomic
def set_role(*, group: Group, user: User, role: str, by: User) -> None:
    """
    Let ``user`` be ``role`` in ``group``; being it already changes nothing. Who keeps it sits there for good, bought or not.

    :raises NotAKeeper: if ``by`` owns neither the group nor keeps the rules of the school.
    :raises LastOwner: if nobody else owns the group.
    """
    group = locked(group)
    is_staff = _as_staff(group, by, needs=(Role.OWNER,))
    theirs = membership(group, user)
    if theirs is None or theirs.role == role:
        return
    _refuse_the_last_owner(theirs)
    before, theirs.role, theirs.is_bought = theirs.role, role, theirs.is_bought and role not in KEEPERS
    theirs.save(update_fields=["role", "is_bought"])
    events.publish(GroupRoleChanged(group_id=group.pk, user_id=user.pk, role=Code(role)), by=by, subject=group.key)
    if is_staff:
        record(
            by=by,
            act="forum.set_role",
            subject=group.key,
            before={"member": user.pk, "role": before},
            after={"role": role},
        )


def locked(group: Group) -> Group:
    """``group``, to which nobody else does anything until the transaction ends."""
    return Group.objects.select_for_update(no_key=True).get(pk=group.pk)  # type: ignore[no-any-return]


def membership(group: Group, user: User) -> GroupMember | None:
    """What ``user`` is in ``group``; None for who is not in it."""
    return GroupMember.objects.present().filter(group=group, user=user).first()


def admit(group: Group, user: User, *, role: Role = Role.MEMBER, is_bought: bool = False) -> GroupMember:
    """Let ``user`` into ``group``, which is locked; whatever they waited for is over."""
    theirs = GroupMember.objects.filter(group=group, user=user)
    for lost in theirs.exclude(pk__in=theirs.present()):
        # The seat that they had is not held any more, and nobody has cleared it away.
        let_go(lost, by=None)
    mine, is_new = theirs.get_or_create(group=group, user=user, defaults={"role": role, "is_bought": is_bought})
    if is_new:
        events.publish(GroupJoined(group_id=group.pk, user_id=user.pk), by=user, subject=group.key)
    JoinRequest.objects.filter(group=group, user=user).delete()
    Invitation.objects.filter(group=group, user=user).delete()
    return mine


def comes_by_seat(group: Group, user: User) -> bool:
    """Whether nothing but a seat lets ``user`` into ``group``."""
    return group.entry != Group.Entry.OPEN and not Invitation.objects.filter(group=group, user=user).exists()


def is_unwelcome(group: Group, user: User) -> bool:
    """Whether the request of ``user`` was refused, or they were taken out."""
    return JoinRequest.objects.filter(group=group, user=user, refused_at__isnull=False).exists()


def refuse_the_unwelcome(group: Group, user: User) -> None:
    """Let nobody in whose request was refused."""
    if is_unwelcome(group, user):
        raise NotWelcome


def require_keeper(group: Group, by: User) -> None:
    """Let only those answer and invite who keep the group, or the rules of the school."""
    _as_staff(group, by, needs=KEEPERS)


def _as_staff(group: Group, by: User, *, needs: tuple[Role, ...]) -> bool:
    """Whether ``by`` may do it because they keep the rules of the school, and not by what they are in the group."""
    if GroupMember.objects.filter(group=group, user=by, role__in=needs).exists():
        return False
    if not by.has_perm("forum.change_group"):
        raise NotAKeeper
    return True


def _refuse_the_last_owner(theirs: GroupMember) -> None:
    others = GroupMember.objects.filter(group=theirs.group_id, role=Role.OWNER).exclude(pk=theirs.pk)
    if theirs.role == Role.OWNER and not others.exists():
        raise LastOwner


def let_go(theirs: GroupMember, *, by: Any) -> None:
    """Let somebody out of a group, which is locked."""
    group, user_id = theirs.group, theirs.user_id
    theirs.delete()
    events.publish(GroupLeft(group_id=group.pk, user_id=user_id), by=by, subject=group.key)
    # Whoever has one of its threads open would go on hearing.
    sending.recheck(user_id=user_id)
