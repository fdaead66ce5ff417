"""People and what stands between them."""

from .circles import Block, Follow, Mute, TopicFollow
from .consent import Consent
from .profile import Profile
from .user import User, UserManager

__all__ = ["Block", "Consent", "Follow", "Mute", "Profile", "TopicFollow", "User", "UserManager"]
