"""The pages of this room; allauth's own stand under ``/account/``."""

from django.http import HttpRequest

from accounts.models import User


class MemberRequest(HttpRequest):
    """A request that ``login_required`` let through."""

    user: User
