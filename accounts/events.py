"""What happens to people."""

from django.utils.translation import gettext_lazy as _

from core.events import Code, Fact


class SignedUp(Fact, called=_("Somebody signed up")):
    """Somebody made an account."""

    user_id: int


class EmailVerified(Fact, called=_("Somebody confirmed their address")):
    """A member showed that their address is theirs."""

    user_id: int


class LoggedOut(Fact, called=_("Somebody logged out")):
    """At least one of a member's sessions ended before its time; their sockets must ask anew whether they may listen."""

    user_id: int


class Followed(Fact, called=_("Somebody follows another")):
    """A member follows another."""

    follower_id: int
    followed_id: int


class Unfollowed(Fact, called=_("Somebody no longer follows another")):
    """A member no longer follows another."""

    follower_id: int
    followed_id: int


class ConsentChanged(Fact, called=_("Somebody gave or withdrew consent")):
    """A member gave or withdrew consent; ``purpose`` is one of ``accounts.enums.Purpose``."""

    user_id: int
    purpose: Code
    is_given: bool


class ProfileChanged(Fact, called=_("Somebody changed their profile")):
    """A member changed what others see of them."""

    user_id: int
