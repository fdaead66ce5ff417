"""What may be asked about products, orders and access."""

from .access import Reason, entitlements_of, why
from .orders import OrderPage, order_page, orders_of, receipt
from .policy import RefundOffer, refund_offer
from .prices import Priced, Step, kept_prices, priced
from .products import CheckoutPage, checkout_page, product_for, products_for
from .tiers import Membership, TierOffer, holds, included_keys, memberships, tier_offers, tiers_behind, tiers_with

__all__ = [
    "CheckoutPage",
    "Membership",
    "OrderPage",
    "Priced",
    "Reason",
    "RefundOffer",
    "Step",
    "TierOffer",
    "checkout_page",
    "entitlements_of",
    "holds",
    "included_keys",
    "kept_prices",
    "memberships",
    "order_page",
    "orders_of",
    "priced",
    "product_for",
    "products_for",
    "receipt",
    "refund_offer",
    "tier_offers",
    "tiers_behind",
    "tiers_with",
    "why",
]
