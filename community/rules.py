"""What the school decides once."""

from core.media import Limits

FIRST_CARDS, NEXT_CARDS = 10, 14
"""So many cards of the feed are on the home page, and so many in each part of the feed by itself."""
CARDS = "cards"
"""What says in the address of the home page how many cards are there."""
ABOVE, MOST_ABOVE = "above", 60
"""What the names of the cards that stand above a part are called in its address, and how many of them are looked at."""

LOGO = "logo"
LOGO_LIMITS = Limits(largest_side=512, per_user=20)
"""A logo is kept whole, whatever its shape: whoever drew it has decided what belongs to it."""
MAIL_WIDTH, MAIL_HEIGHT = 400, 96
"""The logo's pixels in a letter, where it is shown at half of this size."""
