"""
Recognition that is open and reversible: points rules, levels, badges, boards, streaks, challenges, redemption.

Owns rules, badges and boards; points themselves are entries of the ledger.
Publishes PointsGiven, BadgeGranted, LevelReached.
Listens to what members do in courses, forum and payments.
"""
