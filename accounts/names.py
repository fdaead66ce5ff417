"""Checking the names and handles that people type."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from core.text import skeleton
from core.text.names import is_reserved

from . import rules
from .models import User


def clean_handle(text: str, *, user: User) -> str:
    """
    The handle in lower case.

    :raises ValidationError: if it is malformed, reserved, or too like another member's.
    """
    handle = text.strip().lower()
    if not rules.HANDLE.fullmatch(handle):
        raise ValidationError(gettext("A handle has 2 to 30 letters a–z, digits, hyphens or underscores."))
    taken = User.objects.filter(handle_skeleton=skeleton(handle)).exclude(pk=user.pk)
    if is_reserved(handle) or taken.exists():
        raise ValidationError(gettext("This handle, or one that looks the same, belongs to somebody."))
    return handle


def refuse_impersonation(*, name: str, user: User | None = None) -> None:
    """
    Let two members share a name, but nobody look like a member of staff.

    :raises ValidationError: if ``name`` looks like that of somebody on the staff.
    """
    staff = User.objects.filter(is_staff=True, is_active=True).exclude(pk=(user and user.pk) or 0)
    if skeleton(name) in map(skeleton, staff.values_list("name", flat=True)):
        raise ValidationError(
            gettext("This name could be taken for somebody who speaks for the school. Please choose another.")
        )
