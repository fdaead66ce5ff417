"""Facts about money and access."""

from django.utils.translation import gettext_lazy as _

from core.events import Code, Fact


class OrderPlaced(Fact, called=_("Somebody placed an order")):
    order_id: int
    buyer_id: int


class OrderPaid(Fact, called=_("An order was paid")):
    order_id: int
    buyer_id: int
    amount: int
    currency: Code


class PaymentDeclined(Fact, called=_("A payment was declined")):
    order_id: int
    buyer_id: int


class OrderRefunded(Fact, called=_("Money of an order went back")):
    order_id: int
    buyer_id: int
    amount: int
    currency: Code


class EntitlementGranted(Fact, called=_("Somebody was given access")):
    entitlement_id: int
    user_id: int
    product_id: int | None


class EntitlementEnded(Fact, called=_("Somebody's access ended")):
    entitlement_id: int
    user_id: int
    product_id: int | None


class MembershipRunsOut(Fact, called=_("A membership is about to end")):
    """A membership that nobody has renewed yet ends in ``days``; told three times at most."""

    entitlement_id: int
    user_id: int
    days: int


class SubscriptionBegan(Fact, called=_("A renewal by itself began")):
    subscription_id: int
    user_id: int


class RenewalFailed(Fact, called=_("A renewal could not be taken")):
    """A renewal could not be taken; ``is_final`` where the provider has given up, and the membership runs out."""

    subscription_id: int
    user_id: int
    is_final: bool


class SubscriptionEnded(Fact, called=_("A renewal by itself ended")):
    subscription_id: int
    user_id: int


class GiftClaimed(Fact, called=_("Somebody claimed a gift")):
    gift_id: int
    order_id: int
    giver_id: int
    user_id: int


class InvoiceIssued(Fact, called=_("An invoice was issued")):
    order_id: int
    buyer_id: int


class PayoutMoved(Fact, called=_("A payout moved on")):
    """A creator's payout was asked for, approved, held, released, paid, taken back or returned; ``state`` says which."""

    payout_id: int
    creator_id: int
    state: Code
