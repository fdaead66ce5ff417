"""The pages of buying."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def member(request: HttpRequest) -> User:
    """Who asks, in a view that only members reach."""
    return cast("User", request.user)
