"""What may be asked about products, orders and access."""

from .access import Reason, entitlements_of, held, why
from .batches import transfers_of
from .coupons import coupons_of, shared_codes, single_codes, sold_by
from .earnings import Balance, EarningsPage, balance_of, earnings_page, payouts_of
from .gifts import BundlePage, GiftPage, bundle_address, bundle_page, bundles_with, gift_page
from .orders import OrderPage, order_page, orders_of, receipt, receipt_rows
from .policy import RefundOffer, refund_offer
from .prices import Priced, Quote, Step, bundle_lines, kept_label, kept_prices, priced, prices_for, quote
from .products import CheckoutPage, Way, checkout_page, product_for, product_of, products_for
from .reductions import reductions_in_force
from .statements import Statement, statements
from .subscriptions import (
    SubscriptionPage,
    first_day,
    lasting_price,
    subscription_page,
    subscriptions_of,
)
from .tiers import (
    Membership,
    TierOffer,
    has,
    holds,
    included_keys,
    memberships,
    places_of,
    tier_offers,
    tiers_behind,
    tiers_with,
)

__all__ = [
    "Balance",
    "BundlePage",
    "CheckoutPage",
    "EarningsPage",
    "GiftPage",
    "Membership",
    "OrderPage",
    "Priced",
    "Quote",
    "Reason",
    "RefundOffer",
    "Statement",
    "Step",
    "SubscriptionPage",
    "TierOffer",
    "Way",
    "balance_of",
    "bundle_address",
    "bundle_lines",
    "bundle_page",
    "bundles_with",
    "checkout_page",
    "coupons_of",
    "earnings_page",
    "entitlements_of",
    "first_day",
    "gift_page",
    "has",
    "held",
    "holds",
    "included_keys",
    "kept_label",
    "kept_prices",
    "lasting_price",
    "memberships",
    "order_page",
    "orders_of",
    "payouts_of",
    "places_of",
    "priced",
    "prices_for",
    "product_for",
    "product_of",
    "products_for",
    "quote",
    "receipt",
    "receipt_rows",
    "reductions_in_force",
    "refund_offer",
    "shared_codes",
    "single_codes",
    "sold_by",
    "statements",
    "subscription_page",
    "subscriptions_of",
    "tier_offers",
    "tiers_behind",
    "tiers_with",
    "transfers_of",
    "why",
]
