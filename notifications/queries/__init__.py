"""What members were told, what waits for them, and what a digest says."""

from .digests import Contents, contents, due_for_digest, monday_of, wants_digest
from .told import attach_subjects, mail_preferences, page_of, unread_count, unread_counts, waiting_for

__all__ = [
    "Contents",
    "attach_subjects",
    "contents",
    "due_for_digest",
    "mail_preferences",
    "monday_of",
    "page_of",
    "unread_count",
    "unread_counts",
    "waiting_for",
    "wants_digest",
]
