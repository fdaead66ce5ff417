"""Money that goes back: decided and booked in one transaction, sent afterwards, settled when the provider says so."""

import logging
import uuid
from collections.abc import Collection

from django.utils import timezone

from accounts.models import User
from core import audit, events
from core.events import Code, outbox
from payments import providers, queries, rules
from payments.enums import EndCause, RefundCause
from payments.events import OrderRefunded
from payments.models import Order, OrderLine, Payment, Refund, RefundPart
from payments.rules import OrderState, PaymentState, RefundState

from . import bookkeeping, moving
from .granting import end_lines
from .retrying import retried

logger = logging.getLogger(__name__)

SEND = "payments.refund"
Parts = list[tuple[OrderLine, int]]


class OutsideThePolicy(Exception):
    """The buyer may not ask for this money back; ``why`` is the code that ``queries.refund_offer`` gives."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NothingLeft(Exception):
    """More was to be given back than is left of what was taken."""


class NotSettled(Exception):
    """The provider has not given the money back yet; the outbox asks again with the same key."""


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

    :raises NothingLeft: if less than that is left, or the order was never paid.
    """
    order = moving.lock_order(order.pk)
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
        _settle(refund)
    else:
        outbox.enqueue(kind=SEND, key=f"refund:{refund.idempotency_key}", payload={"id": refund.pk})
    return refund


def hear_of(*, payment: Payment, refunded: int) -> None:
    """
    Take in that the provider has given ``refunded`` back in all, of a locked payment.

    What our own refunds do not explain was given back at the provider by hand: first those that it had refused us.
    """
    ours = Refund.objects.select_for_update().filter(payment=payment).order_by("pk")
    unexplained = refunded - sum(refund.amount_minor for refund in ours if refund.state != RefundState.REFUSED)
    for refund in ours:
        if refund.state == RefundState.REFUSED and refund.amount_minor <= unexplained:
            unexplained -= refund.amount_minor
            _settle(refund)
    left = payment.captured_minor - payment.refunded_minor
    if min(unexplained, left) > 0:
        decide(payment=payment, amount=min(unexplained, left), cause=RefundCause.PROVIDER, is_done=True)


def charge_back(*, payment: Payment, cause: str) -> None:
    """The buyer's bank has taken the money of a locked payment back: access ends, and what was left is booked away."""
    # What was on its way back, or refused, has now gone by way of the bank.
    for refund in Refund.objects.select_for_update().filter(payment=payment).exclude(state=RefundState.DONE):
        _settle(refund)
    left = payment.captured_minor - payment.refunded_minor
    moving.move_payment(payment, PaymentState.DISPUTED, cause=cause)
    if payment.counted_at is None:
        return
    if left:
        bookkeeping.book_chargeback(payment=payment, parts=_parts(payment.order, left))
    moving.move_order(payment.order, OrderState.DISPUTED, cause=cause)


def send_refund(*, refund_id: int) -> None:
    """
    Ask the provider to give the money back; harmless when repeated.

    :raises Unreachable: if no answer came.
    :raises NotSettled: if it is not done yet.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundState.DUE or providers.by_name(refund.payment.provider).is_by_hand:
        return
    try:
        returned = _ask_for(refund)
    except providers.Refused as refused:
        logger.error("refund %s was refused: %s", refund.pk, refused)  # noqa: TRY400 - the refusal is all there is to say
        finish(refund_id, RefundState.REFUSED)
        return
    if not returned.is_settled:
        raise NotSettled(refund.pk)
    finish(refund_id, RefundState.DONE, provider_id=returned.provider_id)


@retried
def retry_refund(*, refund: Refund, by: User) -> Refund:
    """Send a refused refund once more, as a new request to the provider; on record."""
    payment = moving.lock_payment(refund.payment_id)
    refund = Refund.objects.select_for_update().get(pk=refund.pk)
    refund.idempotency_key = uuid.uuid4()
    moving.move_refund(refund, RefundState.DUE)
    outbox.enqueue(kind=SEND, key=f"refund:{refund.idempotency_key}", payload={"id": refund.pk})
    audit.record(by=by, act="payments.retry_refund", subject=f"order:{payment.order_id}", after={"refund": refund.pk})
    return refund


def _ask_for(refund: Refund) -> providers.Returned:
    payment = refund.payment
    return providers.by_name(payment.provider).refund(
        provider_id=payment.provider_id or "",
        amount=refund.amount_minor,
        currency=refund.currency,
        key=str(refund.idempotency_key),
        reason=refund.cause,
    )


@retried
def finish(refund_id: int, to: RefundState, *, provider_id: str = "") -> None:
    """Write down how the sending of a refund ended; one that ended meanwhile stays as it is."""
    moving.lock_payment(Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id))
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    refund.provider_id = provider_id
    # A chargeback may have settled it while we were asking.
    if refund.state != RefundState.DUE:
        refund.save(update_fields=["provider_id"])
    elif to == RefundState.DONE:
        _settle(refund)
    else:
        moving.move_refund(refund, to)


def _settle(refund: Refund) -> None:
    refund.settled_at = timezone.now()
    moving.move_refund(refund, RefundState.DONE)
    bookkeeping.book_settled(refund=refund)


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
    end_lines([line for line, _ in parts if line.amount_minor and not line.kept_minor], cause=EndCause.REFUND, by=by)
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
