"""What may be asked about products, orders and access."""

from .access import Reason, entitlements_of, why
from .orders import OrderPage, order_page, orders_of, receipt
from .policy import RefundOffer, refund_offer
from .products import CheckoutPage, checkout_page, product_for, products_for

__all__ = [
    "CheckoutPage",
    "OrderPage",
    "Reason",
    "RefundOffer",
    "checkout_page",
    "entitlements_of",
    "order_page",
    "orders_of",
    "product_for",
    "products_for",
    "receipt",
    "refund_offer",
    "why",
]
