"""A transfer by the buyer's bank: nobody to ask and nobody who tells, so staff say what arrived and what was sent back."""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .interface import Checkout, Event, Hint, Listed, NotConfigured, Returned, Seen, Wanted
from .renewing import RenewsByHand


class Transfer(RenewsByHand):
    """The account's lines come from the settings; the buyer quotes the order's number."""

    name = "transfer"
    label = _("Bank transfer")
    note = _("You transfer it yourself; it opens once we have seen the money, on a working day as a rule.")
    icon = "receipt"
    checkout_origins: tuple[str, ...] = ()
    signs_time = True
    tells_returned = True
    is_by_hand = True
    time_zone = "UTC"

    @property
    def account(self) -> str:
        """One account, whatever its lines say."""
        return "bank"

    @property
    def is_configured(self) -> bool:
        """Whether the school says where to transfer to."""
        return bool(settings.TRANSFER_ACCOUNT)

    @property
    def currencies(self) -> frozenset[str]:
        """Those that the account takes."""
        return frozenset(settings.TRANSFER_CURRENCIES)

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """See ``Provider``; there is nowhere to go, the order's page says what to transfer."""
        return Checkout(provider_id=f"transfer-{wanted.key}")

    def fetch(self, *, provider_id: str) -> Seen | None:
        """Nobody knows but the bank."""
        return None

    def trace(self, hint: Hint) -> Seen | None:
        """Nobody knows but the bank."""
        return None

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """Never settled by itself: staff transfer it and say so."""
        return Returned(provider_id="", is_settled=False)

    def listed(self, day: date) -> list[Listed]:
        """The bank's list is on paper."""
        return []

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """There are no messages, so none can be believed."""
        raise NotConfigured(self.name)

    def read(self, body: bytes) -> Seen | Hint | None:
        """There are no messages."""
        return None

    def acknowledgment(self) -> str:
        """There are no messages."""
        return ""
