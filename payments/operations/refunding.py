"""Money that goes back: decided and booked in one transaction, settled when the provider says so."""

import uuid
from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from core import audit, events
from core.events import Code, outbox
from payments import queries, rules
from payments.enums import EndCause, RefundCause
from payments.events import OrderRefunded
from payments.models import Order, OrderLine, Payment, Refund, RefundPart
from payments.rules import OrderState, PaymentState, RefundState

from . import bookkeeping, moving
from .granting import end_lines
from .retrying import retried

SEND = "payments.refund"
Parts = list[tuple[OrderLine, int]]


class OutsideThePolicy(Exception):
    """The buyer may not ask for this money back; ``why`` is the code that ``queries.refund_offer`` gives."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class OwnOrder(Exception):
    """Nobody decides on money of their own."""


class NothingLeft(Exception):
    """More was to be given back than is left of what was taken."""


@retried
def request_refund(*, order: Order, by: User, reason: str = "") -> Refund:
    """
    Give a buyer back what the policy allows and end what it opened, all at once; the money follows through the outbox.

    Of a bundle, those parts go back that the policy still covers; the others stay.

    :raises OutsideThePolicy: if the policy that was frozen with the order does not allow it, or the order is not theirs.
    """
    order = moving.lock_order(order.pk)
    offer = queries.refund_offer(order=order, viewer=by)
    if not offer.is_open:
        raise OutsideThePolicy(offer.why_not)
    payment = counted(order)
    return decide(
        payment=payment, amount=offer.amount, cause=RefundCause.REQUEST, by=by, reason=reason, line_ids=offer.line_ids
    )


@retried
def refund_as_staff(*, order: Order, amount: int, by: User, reason: str) -> Refund:
    """
    Give ``amount`` of an order back, on record; all of it ends access, a part does not.

    :raises OwnOrder: if it is ``by`` who paid; the policy gives them what it gives everybody.
    :raises NothingLeft: if less than that is left, or the order was never paid.
    """
    order = moving.lock_order(order.pk)
    if order.buyer_id == by.pk:
        raise OwnOrder
    if order.state != OrderState.PAID:
        raise NothingLeft
    refund = decide(payment=counted(order), amount=amount, cause=RefundCause.STAFF, by=by, reason=reason)
    audit.record(
        by=by, act="payments.refund", subject=f"order:{order.pk}", after={"amount": amount, "state": order.state},
        reason=reason,
    )  # fmt: skip
    return refund


def decide(
    *,
    payment: Payment,
    amount: int,
    cause: RefundCause,
    by: User | None = None,
    reason: str = "",
    is_done: bool = False,
    line_ids: Collection[int] = (),
) -> Refund:
    """
    Write down that ``amount`` of a locked payment goes back, with everything that is reversed by it.

    It is taken from ``line_ids``, or from all lines, in proportion to what is left of each. ``is_done`` where the provider has given it back already; otherwise it is sent through the outbox.

    :raises NothingLeft: if less than that is left.
    """
    if not 0 < amount <= payment.captured_minor - payment.refunded_minor:
        raise NothingLeft
    refund = Refund.objects.create(
        payment=payment, amount_minor=amount, currency=payment.captured_currency, cause=cause, by=by, reason=reason
    )
    payment.refunded_minor += amount
    payment.save(update_fields=["refunded_minor"])
    if payment.counted_at is not None:
        _reverse(refund, payment.order, by, line_ids)
    if payment.refunded_minor == payment.captured_minor:
        moving.move_payment(payment, PaymentState.REFUNDED, cause=cause, by=by)
    if is_done:
        settle(refund)
    else:
        _send(refund)
    return refund


def give_back_held(*, payment: Payment, lines: Collection[OrderLine]) -> None:
    """Give back what a locked payment that was just counted took for ``lines``, whose things the buyer had already."""
    pks = {line.pk for line in lines}
    amount = sum(line.kept_minor for line in lines)
    if amount:
        decide(payment=payment, amount=amount, cause=RefundCause.HELD, line_ids=pks)


def hear_of(*, payment: Payment, refunded: int) -> None:
    """
    Take in that the provider has given ``refunded`` back in all, of a locked payment.

    What our own refunds do not explain was given back at the provider by hand: first of those that it had refused us, of
    which the rest is sent anew, since what was too much before may be right now.
    """
    ours = Refund.objects.select_for_update().filter(payment=payment).order_by("pk")
    unexplained = refunded - sum(refund.amount_minor for refund in ours if refund.state != RefundState.REFUSED)
    for refund in ours:
        if refund.state == RefundState.REFUSED and unexplained > 0:
            unexplained -= _went_by_hand(refund, min(refund.amount_minor, unexplained))
    left = payment.captured_minor - payment.refunded_minor
    if min(unexplained, left) > 0:
        decide(payment=payment, amount=min(unexplained, left), cause=RefundCause.PROVIDER, is_done=True)


def send_anew(refund: Refund) -> None:
    """Let a locked refund that was refused be sent as a new request."""
    refund.idempotency_key = uuid.uuid4()
    moving.move_refund(refund, RefundState.DUE)
    _send(refund)


def settle(refund: Refund) -> None:
    """The provider has given the money of a locked refund back."""
    refund.settled_at = timezone.now()
    moving.move_refund(refund, RefundState.DONE)
    bookkeeping.book_settled(refund=refund)


def charge_back(*, payment: Payment, cause: str) -> None:
    """The buyer's bank has taken the money of a locked payment back: access ends, and what was left is booked away."""
    # What was on its way back, or refused, has now gone by way of the bank.
    ours = Refund.objects.select_for_update().filter(payment=payment).order_by("pk")
    for refund in ours.exclude(state=RefundState.DONE):
        settle(refund)
    left = payment.captured_minor - payment.refunded_minor
    moving.move_payment(payment, PaymentState.DISPUTED, cause=cause)
    if payment.counted_at is None:
        return
    if left:
        bookkeeping.book_chargeback(payment=payment, parts=_parts(payment.order, left))
    moving.move_order(payment.order, OrderState.DISPUTED, cause=cause)


def counted(order: Order) -> Payment:
    """
    The payment that paid a locked order, locked.

    :raises NothingLeft: if it was never paid.
    """
    payment = order.payments.select_for_update().filter(counted_at__isnull=False).first()
    if payment is None:
        raise NothingLeft
    payment.order = order
    return payment


def _send(refund: Refund) -> None:
    outbox.enqueue(kind=SEND, key=f"refund:{refund.idempotency_key}", payload={"id": refund.pk})


def _went_by_hand(refund: Refund, amount: int) -> int:
    if amount == refund.amount_minor:
        settle(refund)
    else:
        settle(_taken_out(refund, amount))
        send_anew(refund)
    return amount


def _taken_out(refund: Refund, amount: int) -> Refund:
    """A refund of its own for ``amount`` of a larger one, line by line; what was decided stays the same in all."""
    gone = Refund.objects.create(
        payment=refund.payment, amount_minor=amount, currency=refund.currency, cause=RefundCause.PROVIDER
    )
    refund.amount_minor -= amount
    refund.save(update_fields=["amount_minor"])
    parts = list(refund.parts.order_by("pk"))
    for part, taken in zip(parts, rules.split(amount=amount, weights=[one.amount_minor for one in parts]), strict=True):
        _move_part(part, gone, taken)
    return gone


def _move_part(part: RefundPart, gone: Refund, taken: int) -> None:
    if taken == part.amount_minor:
        part.refund = gone
    elif taken:
        RefundPart.objects.create(refund=gone, line=part.line, amount_minor=taken)
        part.amount_minor -= taken
    part.save(update_fields=["refund", "amount_minor"])


def _reverse(refund: Refund, order: Order, by: User | None, line_ids: Collection[int]) -> None:
    parts = _parts(order, refund.amount_minor, line_ids)
    bookkeeping.book_decided(refund=refund, parts=parts)
    RefundPart.objects.bulk_create(
        RefundPart(refund=refund, line=line, amount_minor=amount) for line, amount in parts if amount
    )
    for line, amount in parts:
        line.refunded_minor += amount
    OrderLine.objects.bulk_update([line for line, _ in parts], ["refunded_minor"])
    order.refunded_minor += refund.amount_minor
    order.save(update_fields=["refunded_minor"])
    _tell(refund, order, by)
    end_lines([line for line, _ in parts if line.is_given_back], cause=EndCause.REFUND, by=by)
    if order.refunded_minor == order.total_minor:
        moving.move_order(order, OrderState.REFUNDED, cause=refund.cause, by=by)


def _parts(order: Order, amount: int, line_ids: Collection[int] = ()) -> Parts:
    lines = list(order.lines.order_by("pk"))
    weights = [line.kept_minor if not line_ids or line.pk in line_ids else 0 for line in lines]
    return list(zip(lines, rules.split(amount=amount, weights=weights), strict=True))


def _tell(refund: Refund, order: Order, by: User | None) -> None:
    fact = OrderRefunded(
        order_id=order.pk, buyer_id=order.buyer_id, amount=refund.amount_minor, currency=Code(refund.currency)
    )
    events.publish(fact, by=by, subject=f"order:{order.pk}")
