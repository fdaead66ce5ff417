"""How many people must stand behind a figure, over which time figures are taken, and how phrases are compared."""

import hashlib
import hmac

from django.conf import settings

from core.text.characters import fold

FEWEST = 5
"""A figure with fewer people behind it is not shown: they could be told apart."""
DAYS, WEEK = 28, 7
RISES_FROM = 1.5
"""So many times the week's usual number of people, and a need is called rising."""
WIDE = 2.0
"""From so many people for each lesson on, more should be taught."""
KEPT_DAYS = 91
SHORTEST, LONGEST = 2, 60
"""What is shorter says nothing, and what is longer is not a search but a letter."""


def tidy(text: str) -> str:
    """``text`` as it is compared and shown: one case, one blank between words."""
    return " ".join(fold(text).split())


def seal(text: str) -> str:
    """Sixteen hex digits that stand for a tidy ``text``; without the site's secret nobody can try words against them."""
    key = f"insights.phrase:{settings.SECRET_KEY}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]
