"""What a provider answers that has no subscriptions."""

from .interface import Refused, Subscribed


class RenewsByHand:
    """A provider at which each period is bought by itself; nothing of this is asked of it."""

    name = ""
    can_renew = False

    def subscription(self, *, provider_id: str) -> Subscribed | None:
        """See ``Provider``; there is none."""
        return None

    def set_renewal(self, *, provider_id: str, goes_on: bool) -> None:
        """See ``Provider``."""
        raise Refused(f"{self.name} has no subscriptions")

    def end_subscription(self, *, provider_id: str) -> None:
        """See ``Provider``."""
        raise Refused(f"{self.name} has no subscriptions")
