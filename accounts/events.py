"""What happens to people."""

from core.events import Code, Fact


class SignedUp(Fact):
    """Somebody made an account."""

    user_id: int


class EmailVerified(Fact):
    """A member showed that their address is theirs."""

    user_id: int


class LoggedOut(Fact):
    """At least one of a member's sessions ended before its time; their sockets must ask anew whether they may listen."""

    user_id: int


class Followed(Fact):
    """A member follows another."""

    follower_id: int
    followed_id: int


class Unfollowed(Fact):
    """A member no longer follows another."""

    follower_id: int
    followed_id: int


class ConsentChanged(Fact):
    """A member gave or withdrew consent; ``purpose`` is one of ``accounts.enums.Purpose``."""

    user_id: int
    purpose: Code
    is_given: bool


class ProfileChanged(Fact):
    """A member changed what others see of them."""

    user_id: int
