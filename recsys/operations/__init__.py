"""Remembering, forgetting, training."""

from .remembering import (
    dismiss,
    find_who_is_alike,
    forget_old_impressions,
    forget_what_was_done,
    forget_who_is_alike,
    note_interactions,
    note_shown,
    take_back_dismissal,
    take_back_wish,
    wish,
)
from .training import CannotServe, TooLittleToLearn, Training, note_refusal, put_in_service, retrain

__all__ = [
    "CannotServe", "TooLittleToLearn", "Training", "dismiss", "find_who_is_alike", "forget_old_impressions", "forget_what_was_done",
    "forget_who_is_alike", "note_interactions", "note_refusal", "note_shown", "put_in_service", "retrain", "take_back_dismissal", "take_back_wish", "wish",
]  # fmt: skip
