"""Products, orders, what was paid and given back for them, and the access that follows."""

from .access import Entitlement
from .coupons import Coupon, CouponCode, CouponUse, PriceRule
from .gifts import BundlePart, Gift
from .invoices import InvoiceRequest
from .money import Payment, Refund, RefundPart, WebhookEvent
from .orders import Order, OrderHistory, OrderLine, ReceiptCounter, Reduction
from .payouts import Payee, Payout, PayoutMove
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
    "Payee",
    "Payment",
    "Payout",
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
