"""Asking to be let into a group, and asking somebody into it."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core import events
from forum.events import JoiningAnswered, JoiningRequested, MemberInvited
from forum.models import Group, GroupMember, Invitation, JoinRequest

from .grouping import NotOpen, admit, locked, membership, refuse_the_unwelcome, require_keeper


class NotInvited(Exception):
    """Nobody has asked them into the group."""


@transaction.atomic
def ask_to_join(*, group: Group, by: User, note: str = "") -> JoinRequest | None:
    """
    Ask those who keep ``group`` to let ``by`` in; asking again changes nothing, nor does it for a member, who gets None.

    :raises NotOpen: if it is not joined in this way.
    :raises NotWelcome: if they were refused before.
    """
    group = locked(group)
    if membership(group, by) is not None:
        return None
    if group.entry != Group.Entry.REQUEST:
        raise NotOpen
    refuse_the_unwelcome(group, by)
    request, is_new = JoinRequest.objects.get_or_create(group=group, user=by, defaults={"note": note})
    if is_new:
        fact = JoiningRequested(request_id=request.pk, group_id=group.pk, user_id=by.pk)
        events.publish(fact, by=by, subject=group.key)
    return request


@transaction.atomic
def withdraw_request(*, group: Group, by: User) -> None:
    """Take back what ``by`` asked for and nobody has answered."""
    group = locked(group)
    JoinRequest.objects.filter(group=group, user=by, refused_at__isnull=True).delete()


@transaction.atomic
def answer_request(*, request: JoinRequest, by: User, is_accepted: bool) -> None:
    """
    Let in who asked, or refuse them; the first answer holds, and a request that is gone changes nothing.

    :raises NotAKeeper: if ``by`` keeps neither the group nor the rules of the school.
    """
    # Two who keep it may answer at once: the later one finds the request answered.
    group = locked(request.group)
    require_keeper(group, by)
    waiting = JoinRequest.objects.filter(pk=request.pk, refused_at__isnull=True).select_related("user").first()
    if waiting is None:
        return
    if is_accepted:
        admit(group, waiting.user)
    else:
        JoinRequest.objects.filter(pk=waiting.pk).update(refused_at=timezone.now(), note="")
    fact = JoiningAnswered(request_id=request.pk, group_id=group.pk, user_id=waiting.user_id, is_accepted=is_accepted)
    events.publish(fact, by=by, subject=group.key)


@transaction.atomic
def invite(*, group: Group, user: User, by: User) -> None:
    """
    Ask ``user`` into ``group``; one who waits to be let in is let in. Doing it again, or for a member, changes nothing.

    :raises NotAKeeper: if ``by`` keeps neither the group nor the rules of the school.
    """
    group = locked(group)
    require_keeper(group, by)
    asked = JoinRequest.objects.filter(group=group, user=user, refused_at__isnull=True).select_related("group").first()
    if asked is not None:
        answer_request(request=asked, by=by, is_accepted=True)
    elif membership(group, user) is None:
        JoinRequest.objects.filter(group=group, user=user).delete()
        _invite(group, user, by)


@transaction.atomic
def accept_invitation(*, group: Group, by: User) -> GroupMember:
    """
    Let ``by`` in where they were asked; who is in it already stays what they are.

    :raises NotInvited: if they were not asked, or not any more.
    """
    group = locked(group)
    mine = membership(group, by)
    if mine is None and not Invitation.objects.filter(group=group, user=by).exists():
        raise NotInvited
    return mine or admit(group, by)


@transaction.atomic
def decline_invitation(*, group: Group, by: User) -> None:
    """Let go of an invitation; nobody is told."""
    group = locked(group)
    Invitation.objects.filter(group=group, user=by).delete()


@transaction.atomic
def take_back_invitation(*, group: Group, user: User, by: User) -> None:
    """
    Ask ``user`` no longer.

    :raises NotAKeeper: if ``by`` keeps neither the group nor the rules of the school.
    """
    group = locked(group)
    require_keeper(group, by)
    Invitation.objects.filter(group=group, user=user).delete()


def _invite(group: Group, user: User, by: User) -> None:
    invitation, is_new = Invitation.objects.get_or_create(group=group, user=user, defaults={"invited_by": by})
    if is_new:
        fact = MemberInvited(invitation_id=invitation.pk, group_id=group.pk, user_id=user.pk)
        events.publish(fact, by=by, subject=group.key)
