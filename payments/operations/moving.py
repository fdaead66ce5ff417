"""
The one place where orders, payments and refunds change their state.

A move is made on a row that the caller has locked, along an edge of ``rules``, and leaves a row of history.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.models import User
from core import events
from core.events import Code
from payments import rules
from payments.enums import EndCause
from payments.events import OrderPaid, OrderPlaced, PaymentDeclined
from payments.models import Order, OrderHistory, Payment, Refund
from payments.rules import OrderState, PaymentState

from . import redeeming, subscribing
from .granting import end_lines, grant_order


def lock_order(pk: int) -> Order:
    """The order, as it is now and stays until the transaction ends."""
    return Order.objects.select_for_update(of=("self",)).select_related("buyer").get(pk=pk)


def lock_payment(pk: int) -> Payment:
    """The payment with its order, both locked, the order first."""
    order = lock_order(Payment.objects.values_list("order_id", flat=True).get(pk=pk))
    payment = Payment.objects.select_for_update().get(pk=pk)
    payment.order = order
    return payment


def begin_order(order: Order, *, by: User, cause: str = "checkout") -> None:
    """Write the first line of a new order's history and tell of it."""
    OrderHistory.objects.create(order=order, before="", after=order.state, cause=cause, by=by)
    events.publish(OrderPlaced(order_id=order.pk, buyer_id=order.buyer_id), by=by, subject=f"order:{order.pk}")


def move_order(order: Order, to: str, *, cause: str, by: User | None = None) -> None:
    """
    Move a locked order to another state, with all that follows from it.

    :raises NotAllowed: if no edge leads there.
    """
    rules.require_edge(rules.ORDER_EDGES, order.state, to)
    OrderHistory.objects.create(order=order, before=order.state, after=to, cause=cause, by=by)
    order.state = str(to)
    follow = _FOLLOWS.get(to)
    if follow:
        follow(order, by)
    order.save()


def move_payment(payment: Payment, to: str, *, cause: str, by: User | None = None) -> None:
    """
    Move a locked payment to another state and save it.

    :raises NotAllowed: if no edge leads there.
    """
    rules.require_edge(rules.PAYMENT_EDGES, payment.state, to)
    OrderHistory.objects.create(
        order=payment.order, payment=payment, before=payment.state, after=to, cause=cause, by=by
    )
    payment.state = str(to)
    if to == PaymentState.DECLINED:
        order = payment.order
        events.publish(PaymentDeclined(order_id=order.pk, buyer_id=order.buyer_id), subject=f"order:{order.pk}")
    payment.save()


def move_refund(refund: Refund, to: str) -> None:
    """
    Move a locked refund to another state and save it.

    :raises NotAllowed: if no edge leads there.
    """
    rules.require_edge(rules.REFUND_EDGES, refund.state, to)
    refund.state = str(to)
    refund.save()


def abandon_attempts(order: Order, *, cause: str, apart_from: Payment | None = None, by: User | None = None) -> None:
    """Give up the order's attempts that are still alive; money that comes for one of them nevertheless is not lost."""
    alive = order.payments.select_for_update().filter(state__in=rules.ALIVE).order_by("pk")
    for payment in alive:
        if payment != apart_from:
            payment.order = order
            move_payment(payment, PaymentState.ABANDONED, cause=cause, by=by)


def _paid(order: Order, by: User | None) -> None:
    order.paid_at = timezone.now()
    lines = list(order.lines.select_related("product").order_by("pk"))
    redeeming.confirm(order)
    grant_order(order, lines)
    fact = OrderPaid(
        order_id=order.pk, buyer_id=order.buyer_id, amount=order.total_minor, currency=Code(order.currency)
    )
    events.publish(fact, by=order.buyer_id, subject=f"order:{order.pk}")
    # The last lock: everybody who pays this year waits here for everybody else.
    order.receipt_number = _next_receipt(order.paid_at)


def _given_up(order: Order, by: User | None) -> None:
    redeeming.release(order)


def _refunded(order: Order, by: User | None) -> None:
    end_lines(order.lines.all(), cause=EndCause.REFUND, by=by)
    subscribing.leave(order)


def _disputed(order: Order, by: User | None) -> None:
    end_lines(order.lines.all(), cause=EndCause.CHARGEBACK, by=by)
    subscribing.leave(order)


def _next_receipt(paid_at: datetime) -> str:
    # One row per year, locked until the commit: a number is neither skipped nor given twice.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_receiptcounter AS counter (year, last) VALUES (%s, 1) "
            "ON CONFLICT (year) DO UPDATE SET last = counter.last + 1 RETURNING last",
            [paid_at.year],
        )
        (number,) = cursor.fetchone()
    return f"{paid_at.year}-{number:06d}"


_FOLLOWS: dict[str, Callable[[Order, User | None], None]] = {
    OrderState.PAID: _paid,
    OrderState.CANCELLED: _given_up,
    OrderState.EXPIRED: _given_up,
    OrderState.REFUNDED: _refunded,
    OrderState.DISPUTED: _disputed,
}
