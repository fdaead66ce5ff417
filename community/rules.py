"""What the school decides once."""

from core.media import Limits

LOGO = "logo"
LOGO_LIMITS = Limits(largest_side=512, per_user=20)
"""A logo is kept whole, whatever its shape: whoever drew it has decided what belongs to it."""
MAIL_WIDTH, MAIL_HEIGHT = 400, 96
"""The logo's pixels in a letter, where it is shown at half of this size."""
