"""Placing orders, and giving them up."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from payments import fulfilment, queries, rules
from payments.models import Entitlement, Order, OrderLine, Payment, Product, Reduction
from payments.queries import Priced
from payments.rules import OrderState

from . import moving, paying
from .retrying import retried


class NotOnSale(Exception):
    """Something of the basket cannot be bought now."""


class AlreadyOwned(Exception):
    """The buyer holds the key to something of the basket already."""


class DifferentCurrencies(Exception):
    """One order is paid in one currency."""


class NotTheBuyer(Exception):
    """The order is somebody else's."""


@retried
def place_order(*, buyer: User, product_ids: Sequence[int]) -> Order:
    """
    Write down what ``buyer`` wants, at today's prices; the same basket at the same prices gives the same waiting order.

    An order that costs nothing is paid at once.

    :raises NotOnSale: if something of it cannot be bought now.
    :raises AlreadyOwned: if the buyer has something of it; a membership can be bought one period ahead.
    :raises DifferentCurrencies: if it is not all in one currency.
    """
    # A person's orders are placed one after the other: of two clicks the later one finds what the first one made.
    User.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    products = _on_sale(product_ids)
    _require_new(buyer, products)
    basket = ",".join(str(product.pk) for product in products)
    wanted = queries.priced(products=products, buyer=buyer)
    waiting = Order.objects.select_for_update().filter(buyer=buyer, basket=basket, state=OrderState.PLACED).first()
    if waiting is not None:
        if _is_as_of_today(waiting, wanted):
            return waiting
        _give_up(waiting, OrderState.CANCELLED, cause="price_changed")
    return _place(buyer, basket, wanted)


@retried
def cancel_order(*, order: Order, by: User) -> Order:
    """
    Give up an order that waits for its money; one that does not wait any more stays as it is.

    :raises NotTheBuyer: if ``by`` did not place it.
    """
    order = moving.lock_order(order.pk)
    if order.buyer_id != by.pk:
        raise NotTheBuyer
    if order.state == OrderState.PLACED:
        _give_up(order, OrderState.CANCELLED, cause="buyer", by=by)
    return order


def expire_orders(*, limit: int = 50) -> int:
    """Let orders whose time is over expire, after asking their providers once more; return how many did."""
    due = Order.objects.filter(state=OrderState.PLACED, expires_at__lte=timezone.now()).order_by("expires_at")[:limit]
    return sum(_expire(order) for order in due)


def _expire(order: Order) -> bool:
    for payment in Payment.objects.filter(order=order, state__in=rules.ALIVE, provider_id__isnull=False):
        paying.ask(payment=payment)
    return _expire_if_waiting(order)


@retried
def _expire_if_waiting(order: Order) -> bool:
    order = moving.lock_order(order.pk)
    if order.state != OrderState.PLACED:
        return False
    _give_up(order, OrderState.EXPIRED, cause="time")
    return True


def _give_up(order: Order, to: OrderState, *, cause: str, by: User | None = None) -> None:
    moving.abandon_attempts(order, cause=cause, by=by)
    moving.move_order(order, to, cause=cause, by=by)


def _on_sale(product_ids: Sequence[int]) -> list[Product]:
    products = list(Product.objects.on_sale().filter(pk__in=product_ids).order_by("pk"))
    if not products or len(products) != len(set(product_ids)):
        raise NotOnSale
    if len({product.currency for product in products}) > 1:
        raise DifferentCurrencies
    return products


def _require_new(buyer: User, products: list[Product]) -> None:
    own = queries.memberships(user=buyer)
    plans = [own[product.key] for product in products if product.period and product.key in own]
    if any(not membership.is_renewable for membership in plans):
        raise AlreadyOwned
    keys = [product.key for product in products if not product.period]
    if Entitlement.objects.live().filter(user=buyer, key__in=keys).exists():
        raise AlreadyOwned


def _is_as_of_today(order: Order, wanted: Sequence[Priced]) -> bool:
    frozen = {line.product_id: _terms(line, line.price_minor, line.amount_minor) for line in order.lines.all()}
    today = {one.product.pk: _terms(one.product, one.price, one.amount) for one in wanted}
    return order.expires_at > timezone.now() and frozen == today


def _terms(thing: OrderLine | Product, price: int, amount: int) -> tuple[int, ...]:
    return price, amount, thing.refund_days, thing.refund_max_progress


@transaction.atomic
def _place(buyer: User, basket: str, wanted: Sequence[Priced]) -> Order:
    order = Order.objects.create(
        buyer=buyer,
        basket=basket,
        total_minor=sum(one.amount for one in wanted),
        currency=wanted[0].product.currency,
        expires_at=timezone.now() + rules.ORDER_LIVES,
    )
    lines = OrderLine.objects.bulk_create(_line(order, one) for one in wanted)
    Reduction.objects.bulk_create(
        Reduction(line=line, kind=step.kind, label=step.label, amount_minor=step.amount)
        for line, one in zip(lines, wanted, strict=True)
        for step in one.steps
    )
    moving.begin_order(order, by=buyer)
    if not order.total_minor:
        moving.move_order(order, OrderState.PAID, cause="free", by=buyer)
    return order


def _line(order: Order, wanted: Priced) -> OrderLine:
    product, thing = wanted.product, fulfilment.describe(wanted.product)
    return OrderLine(
        order=order,
        product=product,
        creator_id=product.creator_id,
        title=thing.title if product.period else product.title,
        language=thing.language if product.period else product.language,
        price_minor=wanted.price,
        discount_minor=wanted.off,
        amount_minor=wanted.amount,
        share_percent=product.share_percent,
        refund_days=product.refund_days,
        refund_max_progress=product.refund_max_progress,
    )
