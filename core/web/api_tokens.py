"""Tokens for programs: scoped, hashed at rest, ended by time or hand."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from ninja.security import HttpBearer

from .models import ApiToken

PREFIX = "lyc_"
HINT = 10
LIFE = timedelta(days=365)
_NOTED_EVERY = timedelta(minutes=5)

scopes: dict[str, str | Promise] = {}


class UnknownScope(ValueError):
    """A token was asked to do what no room has named."""


def register_scope(name: str, *, label: str | Promise) -> None:
    """Name something that a token may be allowed to do, as in ``courses:read``."""
    scopes[name] = label


def issue(*, user: Any, name: str, may: Iterable[str], expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """
    Make a token; its secret is returned here and never again.

    :raises UnknownScope: if one of ``may`` is not registered.
    """
    wanted = sorted(set(may))
    if unknown := [scope for scope in wanted if scope not in scopes]:
        raise UnknownScope(", ".join(unknown))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=_digest(secret), hint=secret[:HINT], scopes=wanted,
        expires_at=expires_at or timezone.now() + LIFE,
    )  # fmt: skip
    return token, secret


def authenticate(*, secret: str, scope: str) -> Any | None:
    """The member behind ``secret`` if it is valid now and may do ``scope``, else None."""
    now = timezone.now()
    # The secret has 256 random bits: one round of SHA-256 is enough, and finding it by index tells nothing about it.
    token = (
        ApiToken.objects.select_related("user")
        .filter(
            digest=_digest(secret), revoked_at=None, expires_at__gt=now, scopes__contains=[scope], user__is_active=True
        )
        .first()
    )
    if token is None:
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - _NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    return token.user


def revoke(*, token: ApiToken) -> None:
    """End ``token`` now; ending it again changes nothing."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


class TokenAuth(HttpBearer):
    """For django-ninja: ``auth=TokenAuth("courses:read")``."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any | None:
        """The member, or None, which answers 401."""
        user = authenticate(secret=token, scope=self.scope)
        if user is not None:
            request.user = user
        return user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
