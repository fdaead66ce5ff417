"""Products, orders, what was paid and given back for them, and the access that follows."""

from .access import Entitlement
from .money import Payment, Refund, RefundPart, WebhookEvent
from .orders import Order, OrderHistory, OrderLine, ReceiptCounter
from .products import Product

__all__ = [
    "Entitlement",
    "Order",
    "OrderHistory",
    "OrderLine",
    "Payment",
    "Product",
    "ReceiptCounter",
    "Refund",
    "RefundPart",
    "WebhookEvent",
]
