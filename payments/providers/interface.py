"""What every provider is asked and answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise


class Unreachable(Exception):
    """No usable answer came: what the provider did is unknown and has to be asked again."""


class Refused(Exception):
    """The provider understood and said no; the same request will not do better."""


class NotConfigured(Exception):
    """There are no keys for this provider here, so nothing from it can be believed."""


class Forged(Exception):
    """The message is not the provider's, or not of these five minutes."""


class NotUnderstood(Exception):
    """The message is the provider's, and does not say what such a message has to say."""


class Status(StrEnum):
    """How a payment stands at its provider, in the order in which it can only go forward."""

    OPEN = "open"
    DECLINED = "declined"
    PAID = "paid"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """That a payment is renewed every ``period``, a code of ``rules.Period``, at ``amount``, until it is stopped."""

    period: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """
    A payment to be made possible; ``key`` makes asking twice the same as asking once.

    ``is_phone`` where the buyer holds the device that has the wallet; ``payer_address`` is known only while they are here.
    """

    key: str
    reference: str
    amount: int
    currency: str
    description: str
    return_url: str
    webhook_url: str
    expires_at: datetime
    is_phone: bool = False
    payer_address: str = ""
    renewal: Renewal | None = None


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """
    The provider's number for the payment, and where to send the buyer, or what to show them as a QR code.

    Neither where the buyer pays by their own means, as by a bank transfer.
    """

    provider_id: str
    url: str = ""
    qr: str = ""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """
    A payment as its provider tells it; amounts in the smallest unit, of which ``refunded`` went back.

    ``subscription`` is the one that it began or renewed, and ``reference`` then the order that began it.
    """

    account: str
    provider_id: str
    reference: str
    amount: int
    currency: str
    status: Status
    refunded: int = 0
    fee: int = 0
    subscription: str = ""

    @property
    def took_money(self) -> bool:
        """Whether money was taken, whatever became of it afterwards."""
        return self.status in {Status.PAID, Status.REFUNDED, Status.DISPUTED}


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A refund as its provider tells it; one that is not settled is asked for again with the same key."""

    provider_id: str
    is_settled: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a message that carried a valid signature says about itself."""

    account: str
    id: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A message that says of which money something happened and not enough to be believed: the provider is asked."""

    number: str


class Standing(StrEnum):
    """How a subscription stands at its provider."""

    ACTIVE = "active"
    LATE = "late"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Bill:
    """One period of a subscription as a message tells it; ``is_paid`` where its money was taken, ``is_first`` at the checkout."""

    provider_id: str
    amount: int
    currency: str
    is_paid: bool
    is_first: bool = False


@dataclass(frozen=True, kw_only=True)
class Notice:
    """
    A message about a subscription: believed where all of it matches what the provider, asked, says.

    ``reference`` and ``key`` are those of the payment that began it.
    """

    account: str
    subscription: str
    reference: str
    key: str
    bill: Bill | None = None


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    """
    A subscription as its provider tells it now; ``renewals`` are what was paid for it after the checkout, oldest first.

    ``is_stopped`` where it ends with the paid time; ``pay_url`` is where the member can pay what is owed.
    """

    account: str
    provider_id: str
    reference: str
    currency: str
    standing: Standing
    is_stopped: bool
    renews_at: datetime | None
    pay_url: str = ""
    first: Bill | None = None
    renewals: tuple[Bill, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """
    What a provider's list of one day says about one payment: what was taken and what was given back on that day.

    It is found by ``provider_id``, or by our ``key`` where the list has only that. ``fee`` is what the provider kept.
    ``subscription`` is what the payment renewed.
    """

    reference: str
    currency: str
    provider_id: str = ""
    key: str = ""
    captured: int = 0
    returned: int = 0
    fee: int = 0
    subscription: str = ""


class Provider(Protocol):
    """
    One provider. Every call that goes out may raise ``Unreachable`` or ``Refused``, and all of them ``NotConfigured``.

    Where ``can_renew`` is false it has no subscriptions, and what stands below about them is never asked for.

    ``account`` is ours at the provider; ``checkout_origins`` are where a checkout may send the browser. Where
    ``signs_time`` is false a message is taken in only once the provider, asked, says the same. Where ``tells_returned``
    is false it does not say how much of a payment went back, and only its daily list does. Where ``is_by_hand`` there
    is nobody to ask: staff say what arrived and what was sent. ``time_zone`` is that of its daily list.
    """

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    @property
    def note(self) -> str | Promise: ...

    @property
    def icon(self) -> str: ...

    @property
    def account(self) -> str: ...

    @property
    def is_configured(self) -> bool: ...

    @property
    def checkout_origins(self) -> tuple[str, ...]: ...

    @property
    def currencies(self) -> frozenset[str]: ...

    @property
    def signs_time(self) -> bool: ...

    @property
    def tells_returned(self) -> bool: ...

    @property
    def is_by_hand(self) -> bool: ...

    @property
    def time_zone(self) -> str: ...

    @property
    def can_renew(self) -> bool: ...

    def create_checkout(self, wanted: Wanted) -> Checkout:
        """Make the payment possible and say where; the same key again gives the same checkout."""

    def fetch(self, *, provider_id: str) -> Seen | None:
        """How the payment stands; None where the provider has not heard of it yet."""

    def trace(self, hint: Hint) -> Seen | None:
        """The payment that a hint is about, asked for; None where it is no payment of a checkout of ours."""

    def subscription(self, *, provider_id: str) -> Subscribed | None:
        """How a subscription stands; None where it is none of ours."""

    def set_renewal(self, *, provider_id: str, goes_on: bool) -> None:
        """Stop a subscription at the end of the paid time, or let it go on; again changes nothing."""

    def end_subscription(self, *, provider_id: str) -> None:
        """End a subscription now, without giving anything back; one that has ended is refused."""

    def refund(self, *, provider_id: str, amount: int, currency: str, key: str, reason: str) -> Returned:
        """Give ``amount`` back; the same key again gives nothing more."""

    def verify(self, *, headers: Mapping[str, str], body: bytes, at: datetime) -> Event:
        """
        The event that a message of ``at`` tells.

        :raises Forged: if the signature over the raw body is not the provider's or its time is off by over 300 s.
        :raises NotUnderstood: if it is the provider's and does not say which event it is.
        """

    def listed(self, day: date) -> list[Listed]:
        """What was taken and given back on ``day``, by the provider's own list; for reconciliation."""

    def read(self, body: bytes) -> Seen | Hint | Notice | None:
        """
        The payment that a verified message is about, a hint of it, or what it says of a subscription; None where it is about
        something else.

        :raises NotUnderstood: if it does not say what such a message has to say.
        """

    def acknowledgment(self) -> str:
        """The body of our answer to a message that was taken."""
