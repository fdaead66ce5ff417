"""Tokens for programs: scoped, hashed at rest, ended by time or hand."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from ninja.errors import HttpError
from ninja.security import HttpBearer

from .limits import allow
from .models import ApiToken

PREFIX = "lyc_"
HINT = 10
LIFE = timedelta(days=365)
_NOTED_EVERY = timedelta(minutes=5)
_BEARER = re.compile(r"\ABearer ", re.IGNORECASE)

PER_MINUTE = "120/m"

scopes: dict[str, str | Promise] = {}
_for_staff: set[str] = set()


class UnknownScope(ValueError):
    """A token was asked to do what no room has named."""


def register_scope(name: str, *, label: str | Promise, is_for_staff: bool = False) -> None:
    """Name something that a token may be allowed to do, as in ``courses:read``; some only a token of the staff."""
    scopes[name] = label
    if is_for_staff:
        _for_staff.add(name)


def scopes_open_to(user: Any) -> dict[str, str | Promise]:
    """What a token of ``user`` may be allowed to do."""
    return {name: label for name, label in scopes.items() if user.is_staff or name not in _for_staff}


def issue(*, user: Any, name: str, may: Iterable[str], expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """
    Make a token; its secret is returned here and never again.

    :raises UnknownScope: if one of ``may`` is not registered, or not open to ``user``.
    """
    wanted = sorted(set(may))
    if unknown := [scope for scope in wanted if scope not in scopes_open_to(user)]:
        raise UnknownScope(", ".join(unknown))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=_digest(secret), hint=secret[:HINT], scopes=wanted,
        expires_at=expires_at or timezone.now() + LIFE,
    )  # fmt: skip
    return token, secret


def authenticate(*, secret: str, scope: str) -> Any | None:
    """The member behind ``secret`` if it is valid now and may do ``scope``, else None."""
    token = _valid(secret)
    if token is None or not _may(token, scope):
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=timezone.now() - _NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=timezone.now())
    return token.user


def may(request: HttpRequest, scope: str) -> bool:
    """Whether the token that ``request`` came with may do ``scope`` too."""
    token = _valid(_BEARER.sub("", request.headers.get("Authorization", "")))
    return token is not None and _may(token, scope)


def _valid(secret: str) -> ApiToken | None:
    # The secret has 256 random bits: one round of SHA-256 is enough, and finding it by index tells nothing about it.
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(secret), revoked_at=None, expires_at__gt=timezone.now(), user__is_active=True)
        .first()
    )


def _may(token: ApiToken, scope: str) -> bool:
    # Asked at each use: who is no longer of the staff keeps the token, and the token no longer opens this.
    return scope in token.scopes and (scope not in _for_staff or token.user.is_staff)


def open_tokens(user: Any) -> list[ApiToken]:
    """The tokens of ``user`` that open something now, the newest first."""
    return list(ApiToken.objects.filter(user=user, revoked_at=None, expires_at__gt=timezone.now()).order_by("-pk"))


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
        if user is None:
            return None
        if not allow(scope="api", key=_digest(token), rate=PER_MINUTE):
            raise HttpError(429, "Too many requests: wait a minute and go on more slowly.")
        request.user = user
        return user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
