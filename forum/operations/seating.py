"""Seats in groups: taking them, and giving them up."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
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
    # Somebody may sit down at this moment, by a key that is about to end: the lock comes before the look.
    for group in Group.objects.filter(seat_key__in=list(keys)).select_for_update(no_key=True).order_by("pk"):
        theirs = GroupMember.objects.filter(group=group, user=user)
        for lost in theirs.exclude(pk__in=theirs.present()):
            let_go(lost, by=None)
