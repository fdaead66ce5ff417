"""How much each act says about an interest, between 0 and 1."""

VIEWED_THREAD = 0.3
VIEWED_LESSON = 0.4
VOTED = 0.6
ANSWERED = 0.8
COMPLETED_LESSON = 1.0
ASKED = 1.0
ENROLLED = 1.0
COMPLETED_COURSE = 1.0

LONGEST_HISTORY = 100
"""How many of a member's latest items a list is worked out from."""
