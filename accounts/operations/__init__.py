"""What members may do with their accounts."""

from .circles import (
    NotWithYourself,
    ShutOut,
    block,
    follow,
    follow_topics,
    mute,
    set_followed_topics,
    unblock,
    unfollow,
    unmute,
)
from .consents import record_consent
from .faces import change_face, remove_face
from .joining import join, pretend_to_join, pretend_to_reset
from .preferences import change_preferences, change_privacy, change_profile
from .sessions import end_other_sessions, end_session, note_logout, note_verified_address

__all__ = [
    "NotWithYourself",
    "ShutOut",
    "block",
    "change_face",
    "change_preferences",
    "change_privacy",
    "change_profile",
    "end_other_sessions",
    "end_session",
    "follow",
    "follow_topics",
    "join",
    "mute",
    "note_logout",
    "note_verified_address",
    "pretend_to_join",
    "pretend_to_reset",
    "record_consent",
    "remove_face",
    "set_followed_topics",
    "unblock",
    "unfollow",
    "unmute",
]
