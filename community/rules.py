"""What the school decides once."""

from core.media import Limits

FIRST_CARDS, NEXT_CARDS = 10, 15
"""So many cards of the feed are on the home page, and so many more come each time that more is asked for."""
CARDS = "cards"
"""What says in the address of the home page, and of a part of it, how many cards are there."""
ABOVE, BESIDE, MOST_NAMED = "above", "beside", 60
"""
What the names of the cards that stand above a part are called in its address, and those of what stands on the page beside its cards; and
how many of them are looked at.
"""

LOGO = "logo"
LOGO_LIMITS = Limits(largest_side=512, per_user=20)
"""A logo is kept whole, whatever its shape: whoever drew it has decided what belongs to it."""
MAIL_WIDTH, MAIL_HEIGHT = 400, 96
"""The logo's pixels in a letter, where it is shown at half of this size."""
