"""Becoming a member."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from accounts import rules
from accounts.enums import Purpose
from accounts.events import EmailVerified, SignedUp
from accounts.models import Profile, User
from core import events
from core.text import skeleton

from .consents import record_consent

TRIES = 5


@transaction.atomic
def join(*, user: User, is_verified: bool = False, accepts_terms: bool = True) -> User:
    """
    Save a new ``user``, who has a name, an address and perhaps a password, with a handle made from the name.

    ``is_verified`` is for accounts whose address the caller knows to be theirs: the demo's, and the first owner's.
    """
    _save_with_handle(user)
    Profile.objects.create(user=user)
    events.publish(SignedUp(user_id=user.pk), by=user, subject=f"user:{user.pk}")
    if accepts_terms:
        record_consent(user=user, purpose=Purpose.TERMS, is_given=True)
    if is_verified:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        events.publish(EmailVerified(user_id=user.pk), by=user, subject=f"user:{user.pk}")
    return user


@transaction.atomic
def pretend_to_join(*, name: str, password: str) -> None:
    """Do what joining costs and leave nothing behind, so that a known address takes as long as an unknown one."""
    somebody = User(name=name, email=f"{get_random_string(16).lower()}@pretended.invalid")
    somebody.set_password(password)
    _pretend_to_write_down_the_address(join(user=somebody))
    transaction.set_rollback(True)


def _pretend_to_write_down_the_address(somebody: User) -> None:
    # As allauth goes about an address that is new: asked for four times, written, and its owner read twice.
    EmailAddress.objects.create(user=somebody, email=somebody.email, primary=True)
    for _ in range(4):
        list(EmailAddress.objects.filter(user_id=somebody.pk).select_related("user"))
    for _ in range(2):
        User.objects.get(pk=somebody.pk)


def pretend_to_reset() -> None:
    """
    Ask what a reset link costs and leave nothing behind, so that an unknown address takes as long.

    Once and no more: for an unknown address allauth asks by a cursor of the server's, which costs about what the link's token does.
    """
    list(EmailAddress.objects.filter(user_id=0).values_list("email", flat=True))


def _save_with_handle(user: User) -> None:
    wanted = user.username or rules.handle_from(user.name)
    for attempt in range(TRIES):
        user.username = (
            wanted if attempt == 0 else f"{wanted}-{get_random_string(4, '23456789abcdefghjkmnpqrstuvwxyz')}"
        )
        if User.objects.filter(handle_skeleton=skeleton(user.username)).exists():
            continue
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:
            # Somebody of the same name joined between the question and the answer; an address twice is another matter.
            if attempt == TRIES - 1 or User.objects.filter(email=user.email).exists():
                raise
        else:
            return
    raise NoHandleLeft(wanted)


class NoHandleLeft(Exception):
    """Every handle that was tried belongs to somebody."""
