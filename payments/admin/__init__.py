"""Products, orders and access, at the desk; only who was given rights to this room sees any of it."""

from .access import EntitlementAdmin, GiftAdmin
from .batches import PayoutBatchAdmin
from .invoices import InvoiceRequestAdmin
from .orders import OrderAdmin, RefundAdmin, WebhookEventAdmin
from .paying import PaymentAdmin
from .payouts import PayoutAdmin
from .reconciling import DiscrepancyAdmin
from .shop import CouponAdmin, OrganizationAdmin, PriceRuleAdmin, ProductAdmin, TierAdmin
from .subscriptions import SubscriptionAdmin

__all__ = [
    "CouponAdmin",
    "DiscrepancyAdmin",
    "EntitlementAdmin",
    "GiftAdmin",
    "InvoiceRequestAdmin",
    "OrderAdmin",
    "OrganizationAdmin",
    "PaymentAdmin",
    "PayoutAdmin",
    "PayoutBatchAdmin",
    "PriceRuleAdmin",
    "ProductAdmin",
    "RefundAdmin",
    "SubscriptionAdmin",
    "TierAdmin",
    "WebhookEventAdmin",
]
