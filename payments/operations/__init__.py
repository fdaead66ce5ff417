"""
Everything that changes money or access, each in one transaction.

Locks are taken in this order: buyer, order, payment, refund, coupon, periods of a member, accounts of the ledger, receipt counter.
No provider is called while a transaction is open.
"""

from .arriving import take_in
from .buying import NoWayToPay, check_out, is_open
from .granting import end_entitlement, grant
from .joining import AlreadyTried, NoTrial, close_tier, exclude, include, set_plan, start_trial
from .lapsing import look_after_entitlements
from .ordering import (
    AlreadyOwned,
    DifferentCurrencies,
    NotOnSale,
    NotTheBuyer,
    cancel_order,
    expire_orders,
    place_order,
)
from .paying import NotPayable, ask, ask_about, ask_again, start_payment
from .pricing import change_terms, set_price, withdraw
from .refunding import (
    NothingLeft,
    OutsideThePolicy,
    refund_as_staff,
    request_refund,
    retry_refund,
    send_refund,
)
from .webhooks import receive, work_off

__all__ = [
    "AlreadyOwned",
    "AlreadyTried",
    "DifferentCurrencies",
    "NoTrial",
    "NoWayToPay",
    "NotOnSale",
    "NotPayable",
    "NotTheBuyer",
    "NothingLeft",
    "OutsideThePolicy",
    "ask",
    "ask_about",
    "ask_again",
    "cancel_order",
    "change_terms",
    "check_out",
    "close_tier",
    "end_entitlement",
    "exclude",
    "expire_orders",
    "grant",
    "include",
    "is_open",
    "look_after_entitlements",
    "place_order",
    "receive",
    "refund_as_staff",
    "request_refund",
    "retry_refund",
    "send_refund",
    "set_plan",
    "set_price",
    "start_payment",
    "start_trial",
    "take_in",
    "withdraw",
    "work_off",
]
