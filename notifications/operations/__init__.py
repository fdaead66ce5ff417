"""Telling people, at once and once a week."""

from .digests import want_digest, write_digest, write_digests
from .telling import MUST_ARRIVE, Notice, mark_read, notify, notify_many, ring_for, set_mail, wants_mail

__all__ = [
    "MUST_ARRIVE",
    "Notice",
    "mark_read",
    "notify",
    "notify_many",
    "ring_for",
    "set_mail",
    "want_digest",
    "wants_mail",
    "write_digest",
    "write_digests",
]
