"""Becoming somebody of the demo world."""

from django.http import HttpRequest
from django.utils.crypto import get_random_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import operations
from accounts.models import User

from .bar import ROLES


class NobodyThere(Exception):
    """The world has no such person, or not yet."""


def person(*, role: str, request: HttpRequest) -> User:
    """
    The person to enter as, who from now on has the language of the page; a newcomer is made on the spot.

    :raises NobodyThere: if the role is unknown or its person does not live here.
    """
    found = next((one for one in ROLES if one.code == role), None)
    if found is None:
        raise NobodyThere(role)
    if found.person is None:
        return _newcomer(theme=getattr(request, "theme", ""))
    user = User.objects.filter(username=found.person.username, is_active=True).first()
    if user is None:
        raise NobodyThere(role)
    _speaks(user, get_language() or user.language)
    return user


def _speaks(user: User, language: str) -> None:
    # Whoever looks around in English and enters as somebody from Shanghai has not learned Chinese by that click.
    if user.language != language:
        read = [*user.languages_read, *({language} - set(user.languages_read))]
        operations.change_preferences(user=user, language=language, languages_read=read)


def _newcomer(*, theme: str) -> User:
    tail = get_random_string(5, "23456789abcdefghjkmnpqrstuvwxyz")
    language = get_language() or "en"
    user = User(
        name=_("Newcomer %(tail)s") % {"tail": tail}, username=f"newcomer-{tail}", email=f"newcomer-{tail}@lantern.test",
        language=language, languages_read=[language], theme=theme,
    )  # fmt: skip
    user.set_unusable_password()
    return operations.join(user=user, is_verified=True)
