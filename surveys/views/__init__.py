"""Pages on which surveys are answered, built and read."""

from .answering import onboarding, skip, survey, thanks
from .building import add_question, begin, build, move_on, question, remove, surveys
from .reading import results, results_csv

__all__ = [
    "add_question", "begin", "build", "move_on", "onboarding", "question", "remove", "results", "results_csv", "skip", "survey",
    "surveys", "thanks",
]  # fmt: skip
