"""Writing the log: one row in the transaction of the act."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.utils import timezone

from core.events.publishing import request_id

from . import chain

client_address: ContextVar[str] = ContextVar("client_address", default="")
"""Where the request being served comes from; ``middleware.NoteAddress`` fills it."""

_ACT = re.compile(r"[a-z0-9_.]{1,64}")
_SUBJECT = re.compile(r"[a-z0-9_.]{1,60}:\S{1,39}")
_SECRET = re.compile(
    r"passw|secret|token|cookie|signature|private_key|api_key|card_number|cvc|recovery_code|totp", re.IGNORECASE
)
_LONGEST_VALUE = 300
_LONGEST_REASON = 1_000

Values = Mapping[str, Any]


def record(
    *, by: Any, act: str, subject: str, before: Values | None = None, after: Values | None = None, reason: str = ""
) -> None:
    """
    Note an act of ``by`` (a user, the id of one, or None for the site itself) in the caller's transaction.

    ``act`` names it as in ``forum.hide_post``, ``subject`` as in ``post:7``; ``before`` and ``after`` hold what changed, as
    short plain values. Nobody waits for another's act: the chain is closed at the commit.

    :raises RuntimeError: outside a transaction, where the act could be undone and its note stay, or the other way round.
    :raises ValueError: if a value is long as a message, is named like a secret, or cannot be read back as it was written.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An act is recorded in the transaction that does it.")
    _require_names(act, subject)
    from .models import AuditEntry

    fields = {
        "happened_at": timezone.now(),
        "actor_id": getattr(by, "pk", by),
        "act": act,
        "subject": subject,
        "before": _checked(before),
        "after": _checked(after),
        "reason": _one_line(reason),
        "address": client_address.get(),
        "request_id": request_id.get(),
    }
    AuditEntry.objects.create(**fields, digest=chain.digest(fields))


def _require_names(act: str, subject: str) -> None:
    if not _ACT.fullmatch(act):
        raise ValueError(f"An act is named like forum.hide_post, not {act!r}.")
    if not _SUBJECT.fullmatch(subject):
        raise ValueError(f"A subject is named like post:7, not {subject!r}.")


def _checked(values: Values | None) -> dict[str, Any] | None:
    for name, value in (values or {}).items():
        if _SECRET.search(name):
            raise ValueError(f"{name} looks like a secret; say that it changed, not what it is.")
        for part in value if isinstance(value, list) else [value]:
            _require_plain(name, part)
    return dict(values) if values is not None else None


def _require_plain(name: str, value: Any) -> None:
    # A float comes back from the database written otherwise, and the digest would not be the same.
    if value is not None and type(value) not in {str, int, bool}:
        raise ValueError(
            f"{name} is {type(value).__name__}; texts, whole numbers, yes or no, and lists of them are recorded."
        )
    if isinstance(value, str) and (len(value) > _LONGEST_VALUE or "\x00" in value):
        raise ValueError(f"{name} is too long: the log holds what changed, not what people wrote.")


def _one_line(reason: str) -> str:
    return " ".join(reason.replace("\x00", " ").split())[:_LONGEST_REASON]
