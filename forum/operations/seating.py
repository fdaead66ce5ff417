"""Seats in groups: taking them, and giving them up."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core import events
from forum.events import GroupLeft
from forum.models import Group, GroupMember

from .grouping import admit, comes_by_seat, is_unwelcome, let_go, locked, membership


@transaction.atomic
def take_seat(*, group: Group, user: User) -> None:
    """
    Let ``user`` in, who holds a seat in ``group`` since now; who is in it already stays what they are.

    Who was refused or taken out stays outside.
    """
    group = locked(group)
    if membership(group, user) is None and not is_unwelcome(group, user):
        admit(group, user, is_bought=comes_by_seat(group, user))


@transaction.atomic
def give_up_seats(*, user: User, keys: Iterable[str]) -> None:
    """
    Let ``user`` go from where they sat by one of ``keys``, which they do not hold any more, unless they hold it for another reason.

    What is said there is closed to them already, by the loss of the key: this is the note of it.
    """
    for group in _locked(keys):
        theirs = GroupMember.objects.filter(group=group, user=user)
        for lost in theirs.exclude(pk__in=theirs.present()):
            let_go(lost, by=None)


@transaction.atomic
def clear_seats(*, key: str) -> None:
    """
    Let all go who sat by ``key`` and do not hold it any more, by whatever: a membership includes it no longer.

    Whoever took it from them lets their open pages ask again. As it may be about everybody, they are told of in one statement.
    """
    for group in _locked([key]):
        bought = GroupMember.objects.filter(group=group, is_bought=True)
        lost = dict(bought.exclude(pk__in=bought.present()).order_by("pk").values_list("pk", "user_id"))
        GroupMember.objects.filter(pk__in=list(lost)).delete()
        left = [GroupLeft(group_id=group.pk, user_id=user_id) for user_id in lost.values()]
        events.publish_all(left, subject=group.key)


def _locked(keys: Iterable[str]) -> QuerySet[Group]:
    """The groups in which ``keys`` are seats, to which nobody else does anything until the transaction ends."""
    # Somebody may sit down at this moment, by a key that is about to end: the lock comes before the look.
    return Group.objects.filter(seat_key__in=list(keys)).select_for_update(no_key=True).order_by("pk")
