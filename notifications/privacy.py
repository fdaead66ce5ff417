"""What this room stores about people: what they were told, and what they want to be told."""

from core.privacy import covers

from .models import Digest, Notification, Preference

covers(
    Notification,
    exporting=["kind", "subject_id", "key", "created_at", "read_at"],
    omitting={"actor": "it is another person"},
)
covers(Preference, exporting=["kind", "no_mail_since"])
covers(Digest, exporting=["week", "items", "written_at"])
