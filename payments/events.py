"""Facts about money and access."""

from core.events import Code, Fact


class OrderPlaced(Fact):
    order_id: int
    buyer_id: int


class OrderPaid(Fact):
    order_id: int
    buyer_id: int
    amount: int
    currency: Code


class PaymentDeclined(Fact):
    order_id: int
    buyer_id: int


class OrderRefunded(Fact):
    order_id: int
    buyer_id: int
    amount: int
    currency: Code


class EntitlementGranted(Fact):
    entitlement_id: int
    user_id: int
    product_id: int | None


class EntitlementEnded(Fact):
    entitlement_id: int
    user_id: int
    product_id: int | None


class MembershipRunsOut(Fact):
    """A membership that nobody has renewed yet ends in ``days``; told three times at most."""

    entitlement_id: int
    user_id: int
    days: int


class SubscriptionBegan(Fact):
    subscription_id: int
    user_id: int


class RenewalFailed(Fact):
    """A renewal could not be taken; ``is_final`` where the provider has given up, and the membership runs out."""

    subscription_id: int
    user_id: int
    is_final: bool


class SubscriptionEnded(Fact):
    subscription_id: int
    user_id: int


class GiftClaimed(Fact):
    gift_id: int
    order_id: int
    giver_id: int
    user_id: int


class InvoiceIssued(Fact):
    order_id: int
    buyer_id: int


class PayoutMoved(Fact):
    """A creator's payout was asked for, approved, held, released, paid, taken back or returned; ``state`` says which."""

    payout_id: int
    creator_id: int
    state: Code
