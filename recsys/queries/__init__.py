"""What may be asked of the recommender."""

from .feed import Part, content_ids, feed, part, picks
from .health import Health, health, trouble
from .interests import Interest, dismissed, interests_of
from .knowing import Pick
from .related import answerable, related
from .trainings import served_lately, trainings
from .why import Why, why

__all__ = [
    "Health",
    "Interest",
    "Part",
    "Pick",
    "Why",
    "answerable",
    "content_ids",
    "dismissed",
    "feed",
    "health",
    "interests_of",
    "part",
    "picks",
    "related",
    "served_lately",
    "trainings",
    "trouble",
    "why",
]
