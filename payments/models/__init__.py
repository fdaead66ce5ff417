"""Products, orders, what was paid and given back for them, and the access that follows."""

from .access import Entitlement
from .coupons import Coupon, CouponCode, CouponUse, PriceRule
from .gifts import BundlePart, Gift
from .invoices import InvoiceRequest
from .money import Payment, Refund, RefundPart, WebhookEvent
from .orders import Order, OrderHistory, OrderLine, ReceiptCounter, Reduction
from .organizations import Organization
from .payouts import Payee, Payout, PayoutBatch, PayoutMove
from .products import Product
from .reconciling import Discrepancy
from .subscriptions import Subscription
from .tiers import Inclusion, Tier

__all__ = [
    "BundlePart",
    "Coupon",
    "CouponCode",
    "CouponUse",
    "Discrepancy",
    "Entitlement",
    "Gift",
    "Inclusion",
    "InvoiceRequest",
    "Order",
    "OrderHistory",
    "OrderLine",
    "Organization",
    "Payee",
    "Payment",
    "Payout",
    "PayoutBatch",
    "PayoutMove",
    "PriceRule",
    "Product",
    "ReceiptCounter",
    "Reduction",
    "Refund",
    "RefundPart",
    "Subscription",
    "Tier",
    "WebhookEvent",
]
