"""What a provider says about a payment, and what follows from it, in whatever order it is said."""

import logging

from django.utils import timezone

from payments.enums import Currency, Outcome, RefundCause
from payments.models import Order, OrderLine, Payment
from payments.providers import Seen, Status
from payments.rules import CHARGEABLE, PAYABLE, OrderState, PaymentState

from . import bookkeeping, granting, moving, refunding, subscribing
from .retrying import retried

logger = logging.getLogger(__name__)


class NotYetKnown(Exception):
    """What is told may be about something that we have not learned of yet; it is tried again later."""


@retried
def take_in(*, payment: Payment, seen: Seen, cause: str, is_asked: bool) -> Outcome:
    """
    Bring a payment to where its provider says it is; hearing it again, or late, changes nothing.

    ``is_asked`` where we asked the provider ourselves. A message that does not match the payment is not believed; where
    money was taken in another amount, only the provider's own answer counts, and that money goes back.
    """
    payment = moving.lock_payment(payment.pk)
    refusal = mismatch(payment, seen)
    if refusal is None:
        outcome = _follow(payment, seen, cause)
        if is_asked:
            _stop_asking(payment)
        return outcome
    logger.warning("payment %s: %s says %s", payment.pk, cause, refusal)
    if refusal in {Outcome.AMOUNT, Outcome.CURRENCY}:
        _look_into(payment, seen, is_asked=is_asked)
    return refusal


def mismatch(payment: Payment, seen: Seen) -> Outcome | None:
    """Why what is told is not believed of ``payment``, which comes with its order; None where all of it matches."""
    if seen.account != payment.account:
        return Outcome.ACCOUNT
    if seen.provider_id != payment.provider_id:
        return Outcome.PAYMENT
    if seen.reference != _reference(payment) or not _is_of_its_kind(payment, seen):
        return Outcome.REFERENCE
    amount, currency = _expected(payment)
    if seen.currency != currency:
        return Outcome.CURRENCY
    return None if seen.amount == amount else Outcome.AMOUNT


def _expected(payment: Payment) -> tuple[int, str]:
    """What was taken, where the provider has told us itself, though it be another amount; before that what was ordered."""
    if payment.captured_minor:
        return payment.captured_minor, payment.captured_currency
    return payment.amount_minor, payment.currency


def _reference(payment: Payment) -> str:
    """The order that the provider knows of: of a renewal, the one that began it."""
    return payment.subscription.order.reference if payment.subscription else payment.order.reference


def _is_of_its_kind(payment: Payment, seen: Seen) -> bool:
    """Whether money that was taken renews itself exactly where the buyer agreed to that, and by the subscription that we know."""
    if not seen.took_money:
        return True
    known = payment.subscription.provider_id if payment.subscription else seen.subscription
    return bool(seen.subscription) is payment.is_recurring and seen.subscription == known


def _look_into(payment: Payment, seen: Seen, *, is_asked: bool) -> None:
    if payment.state not in PAYABLE:
        return
    if not is_asked:
        payment.ask_at = timezone.now()
        payment.save(update_fields=["ask_at"])
    elif seen.took_money and seen.currency in Currency:
        _capture(payment, seen)
        moving.move_payment(payment, PaymentState.MISMATCHED, cause="asked")
        _send_back(payment, RefundCause.MISMATCH)


def _follow(payment: Payment, seen: Seen, cause: str) -> Outcome:
    before = (payment.state, payment.refunded_minor)
    if seen.status is Status.DECLINED and payment.state == PaymentState.OPEN:
        moving.move_payment(payment, PaymentState.DECLINED, cause=cause)
    if seen.took_money:
        _take_money(payment, seen, cause)
    return Outcome.KNOWN if before == (payment.state, payment.refunded_minor) else Outcome.TAKEN


def _stop_asking(payment: Payment) -> None:
    """What was taken is asked about only where a refund was refused, and that is answered now."""
    if payment.ask_at is not None and payment.state not in PAYABLE:
        payment.ask_at = None
        payment.save(update_fields=["ask_at"])


def _take_money(payment: Payment, seen: Seen, cause: str) -> None:
    if payment.state in PAYABLE:
        _capture(payment, seen)
        moving.move_payment(payment, PaymentState.PAID, cause=cause)
        held = _count(payment, cause)
        if seen.subscription:
            subscribing.begin(payment=payment, number=seen.subscription)
        refunding.give_back_held(payment=payment, lines=held)
    refunding.hear_of(payment=payment, refunded=seen.refunded)
    if seen.status is Status.DISPUTED and payment.state in CHARGEABLE:
        refunding.charge_back(payment=payment, cause=cause)


def _capture(payment: Payment, seen: Seen) -> None:
    payment.captured_minor, payment.captured_currency = seen.amount, seen.currency
    payment.fee_minor = seen.fee
    payment.paid_at, payment.ask_at = timezone.now(), None


def _count(payment: Payment, cause: str) -> list[OrderLine]:
    """Let the money pay its order, or send it back; give the lines of what the buyer has come to hold otherwise meanwhile."""
    order = payment.order
    if order.state != OrderState.PLACED:
        _send_back(payment, RefundCause.DOUBLE if order.paid_at else RefundCause.LATE)
        return []
    payment.counted_at = payment.paid_at
    payment.save(update_fields=["counted_at"])
    bookkeeping.book_sale(payment=payment, lines=_lines(order))
    moving.abandon_attempts(order, cause="paid", apart_from=payment)
    # A renewal prolongs what its member holds; whatever else they hold already is not sold to them twice.
    held = [] if payment.subscription_id else granting.lines_held(order)
    moving.move_order(order, OrderState.PAID, cause=cause)
    if not payment.subscription_id:
        subscribing.supersede(order)
    return held


def _send_back(payment: Payment, cause: RefundCause) -> None:
    bookkeeping.book_unclaimed(payment=payment)
    refunding.decide(payment=payment, amount=payment.captured_minor, cause=cause)


def _lines(order: Order) -> list[OrderLine]:
    return list(order.lines.order_by("pk"))
