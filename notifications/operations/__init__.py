"""Telling people, at once and once a week."""

from .digests import want_digest, write_digest, write_digests
from .telling import MUST_ARRIVE, mark_read, notify, ring, set_mail, wants_mail

__all__ = [
    "MUST_ARRIVE",
    "mark_read",
    "notify",
    "ring",
    "set_mail",
    "want_digest",
    "wants_mail",
    "write_digest",
    "write_digests",
]
