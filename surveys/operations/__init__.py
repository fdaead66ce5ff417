"""Asking and answering."""

from .answering import Closed, Given, Incomplete, NotAChoice, skip, submit
from .building import (
    HasAnswers,
    Offer,
    change_survey,
    close,
    create_survey,
    new_version,
    open_version,
    remove_question,
    save_question,
)

__all__ = [
    "Closed", "Given", "HasAnswers", "Incomplete", "NotAChoice", "Offer", "change_survey", "close", "create_survey",
    "new_version", "open_version", "remove_question", "save_question", "skip", "submit",
]  # fmt: skip
