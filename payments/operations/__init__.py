"""
Everything that changes money or access, each in one transaction.

Locks are taken in this order: buyer or creator, payout, batch of payouts, subscription, order, payment, refund, coupon, periods of a member, accounts of the ledger, receipt counter.
No provider is called while a transaction is open.
"""

from payments.rules import CouponRefused

from .arriving import take_in
from .batching import BatchOver, dissolve_batch, gather_payouts, note_file, pay_batch
from .buying import NoWayToPay, check_out, is_open
from .giving import GiftGone, claim_gift, return_gifts
from .granting import end_entitlement, grant
from .invoicing import NoInvoice, ask_for_invoice, note_invoice, refuse_invoice
from .joining import AlreadyTried, NothingNew, NoTrial, close_tier, exclude, include, set_plan, start_trial
from .lapsing import end_what_is_over, look_after_entitlements
from .ordering import (
    AlreadyOwned,
    DifferentCurrencies,
    GiftWish,
    NotForThem,
    NotOnSale,
    NotTheBuyer,
    basket_of,
    cancel_order,
    expire_orders,
    place_order,
)
from .paying import NotPayable, ask, ask_about, ask_again, start_payment
from .paying_out import (
    InABatch,
    NeedsAnother,
    NoLongerCovered,
    NoPayee,
    NotCleared,
    OneOnItsWay,
    OwnPayout,
    TooLittle,
    approve_payout,
    ask_for_payout,
    cancel_payout,
    hold_payout,
    mark_paid,
    release_payout,
    relock_payees,
    return_payout,
    set_payee,
)
from .pricing import NoBundle, change_terms, end_rule, set_bundle, set_price, set_rule, withdraw
from .reconciling import closed_days, reconcile, settle_discrepancy
from .redeeming import end_coupon, make_codes, make_coupon, share_code
from .refunding import NothingLeft, OutsideThePolicy, OwnOrder, refund_as_staff, request_refund
from .renewing import catch_up, end_at_provider, tell_wish
from .returning import retry_refund, send_refund
from .subscribing import NotTheMember, SubscriptionOver, resume_subscription, stop_subscription
from .transferring import NotByHand, approve_transfer, decline_transfer, settle_by_hand
from .webhooks import receive, work_off, work_off_at_once

__all__ = [
    "AlreadyOwned",
    "AlreadyTried",
    "BatchOver",
    "CouponRefused",
    "DifferentCurrencies",
    "GiftGone",
    "GiftWish",
    "InABatch",
    "NeedsAnother",
    "NoBundle",
    "NoInvoice",
    "NoLongerCovered",
    "NoPayee",
    "NoTrial",
    "NoWayToPay",
    "NotByHand",
    "NotCleared",
    "NotForThem",
    "NotOnSale",
    "NotPayable",
    "NotTheBuyer",
    "NotTheMember",
    "NothingLeft",
    "NothingNew",
    "OneOnItsWay",
    "OutsideThePolicy",
    "OwnOrder",
    "OwnPayout",
    "SubscriptionOver",
    "TooLittle",
    "approve_payout",
    "approve_transfer",
    "ask",
    "ask_about",
    "ask_again",
    "ask_for_invoice",
    "ask_for_payout",
    "basket_of",
    "cancel_order",
    "cancel_payout",
    "catch_up",
    "change_terms",
    "check_out",
    "claim_gift",
    "close_tier",
    "closed_days",
    "decline_transfer",
    "dissolve_batch",
    "end_at_provider",
    "end_coupon",
    "end_entitlement",
    "end_rule",
    "end_what_is_over",
    "exclude",
    "expire_orders",
    "gather_payouts",
    "grant",
    "hold_payout",
    "include",
    "is_open",
    "look_after_entitlements",
    "make_codes",
    "make_coupon",
    "mark_paid",
    "note_file",
    "note_invoice",
    "pay_batch",
    "place_order",
    "receive",
    "reconcile",
    "refund_as_staff",
    "refuse_invoice",
    "release_payout",
    "relock_payees",
    "request_refund",
    "resume_subscription",
    "retry_refund",
    "return_gifts",
    "return_payout",
    "send_refund",
    "set_bundle",
    "set_payee",
    "set_plan",
    "set_price",
    "set_rule",
    "settle_by_hand",
    "settle_discrepancy",
    "share_code",
    "start_payment",
    "start_trial",
    "stop_subscription",
    "take_in",
    "tell_wish",
    "withdraw",
    "work_off",
    "work_off_at_once",
]
