"""Bank transfers: what staff saw on the account, and what they sent back, each on record."""

from accounts.models import User
from core import audit
from payments import providers
from payments.enums import Outcome
from payments.models import Payment, Refund
from payments.providers import Seen, Status
from payments.rules import PAYABLE, PaymentState, RefundState

from . import moving
from .arriving import take_in
from .refunding import OwnOrder
from .retrying import retried
from .returning import finish


class NotByHand(Exception):
    """The provider tells us itself, so nobody says it in its place; or there is nothing to say any more."""


@retried
def approve_transfer(*, payment: Payment, amount: int, by: User, reason: str) -> Outcome:
    """
    Take in that ``amount`` arrived for a transfer; another one than was asked for goes back, and so does one that is late.

    :raises NotByHand: if it is no transfer, or was decided on before.
    :raises OwnOrder: if it is ``by`` who paid.
    """
    payment = _undecided(payment, by)
    seen = Seen(
        account=payment.account,
        provider_id=payment.provider_id or "",
        reference=payment.order.reference,
        amount=amount,
        currency=payment.currency,
        status=Status.PAID,
    )
    outcome = take_in(payment=payment, seen=seen, cause="staff", is_asked=True)
    _note(payment, by=by, act="payments.approve_transfer", reason=reason, amount=amount)
    return outcome


@retried
def decline_transfer(*, payment: Payment, by: User, reason: str) -> Payment:
    """
    Say that nothing will come of a transfer; the buyer may pay in another way while the order waits.

    :raises NotByHand: if it is no transfer, or was decided on before.
    :raises OwnOrder: if it is ``by`` who ordered.
    """
    payment = _undecided(payment, by)
    if payment.state == PaymentState.OPEN:
        moving.move_payment(payment, PaymentState.DECLINED, cause="staff", by=by)
    _note(payment, by=by, act="payments.decline_transfer", reason=reason)
    return payment


@retried
def settle_by_hand(*, refund: Refund, by: User) -> Refund:
    """
    Say that a refund was transferred.

    :raises NotByHand: if its provider does that itself, or it is done.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund.pk)
    if not providers.by_name(refund.payment.provider).is_by_hand or refund.state != RefundState.DUE:
        raise NotByHand
    finish(refund.pk, RefundState.DONE)
    _note(refund.payment, by=by, act="payments.settle_refund", refund=refund.pk)
    return refund


def _undecided(payment: Payment, by: User) -> Payment:
    payment = moving.lock_payment(payment.pk)
    if not providers.by_name(payment.provider).is_by_hand or payment.state not in PAYABLE:
        raise NotByHand
    if payment.order.buyer_id == by.pk:
        raise OwnOrder
    return payment


def _note(payment: Payment, *, by: User, act: str, reason: str = "", **after: int) -> None:
    audit.record(by=by, act=act, subject=f"order:{payment.order_id}", after=after, reason=reason)
