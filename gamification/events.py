"""What is recognized."""

from core.events import Code, Fact


class PointsGiven(Fact):
    user_id: int
    points: int
    rule: Code
    transaction_id: int


class BadgeGranted(Fact):
    user_id: int
    badge_id: int


class LevelReached(Fact):
    user_id: int
    level: int
