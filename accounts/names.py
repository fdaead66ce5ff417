"""Checking the names and handles that people type."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from . import rules
from .models import User


def clean_name(text: str) -> str:
    """
    The name without what could not be seen.

    :raises ValidationError: if nothing readable is left.
    """
    tidied = rules.tidy(text)
    if not rules.name_skeleton(tidied):
        raise ValidationError(gettext("A name needs at least one letter or character that can be read."))
    return tidied


def clean_handle(text: str, *, user: User) -> str:
    """
    The handle in lower case.

    :raises ValidationError: if it is malformed, reserved, or too like another member's.
    """
    handle = text.strip().lower()
    if not rules.HANDLE.fullmatch(handle):
        raise ValidationError(gettext("A handle has 2 to 30 letters a–z, digits, hyphens or underscores."))
    taken = User.objects.filter(handle_skeleton=rules.handle_skeleton(handle)).exclude(pk=user.pk)
    if rules.is_reserved(handle) or taken.exists():
        raise ValidationError(gettext("This handle, or one that looks the same, belongs to somebody."))
    return handle


def refuse_impersonation(*, name: str, user: User | None = None) -> None:
    """
    Let everybody have any name but those that speak for the school.

    :raises ValidationError: if ``name`` is reserved, or looks like that of a member of staff.
    """
    skeleton = rules.name_skeleton(name)
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(pk=user.pk if user else None)
    if rules.is_reserved(name) or skeleton in map(rules.name_skeleton, staff.values_list("name", flat=True)):
        raise ValidationError(gettext("This name could be taken for somebody who speaks for the school. Please choose another."))
