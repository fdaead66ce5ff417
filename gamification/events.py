"""What is recognized."""

from django.utils.translation import gettext_lazy as _

from core.events import Code, Fact


class PointsGiven(Fact, called=_("Somebody was given points")):
    user_id: int
    points: int
    rule: Code
    transaction_id: int


class BadgeGranted(Fact, called=_("Somebody was given a badge")):
    user_id: int
    badge_id: int


class LevelReached(Fact, called=_("Somebody reached a level")):
    user_id: int
    level: int
