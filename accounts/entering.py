"""Letting somebody in without asking them who they are: for the demo's doors and the first owner's token."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest

from accounts.models import User


def let_in(request: HttpRequest, *, user: User, method: str) -> None:
    """Log ``user`` in as proved by ``method``; the caller has made sure that this is who they are, or that it is a demo."""
    get_adapter(request).login(request, user)
    proof: dict[str, Any] = {"reauthenticated": True}
    record_authentication(request, user, method=method, **proof)
