"""Placing orders, and giving them up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from payments import fulfilment, queries, rules
from payments.models import CouponUse, Gift, Order, OrderLine, Payment, Product, Reduction
from payments.models.orders import GIFT
from payments.queries import Priced, Quote
from payments.rules import OrderState

from . import moving, paying, redeeming
from .retrying import retried


@dataclass(frozen=True, kw_only=True)
class GiftWish:
    """What a giver writes on a gift."""

    recipient: str = ""
    message: str = ""


class NotOnSale(Exception):
    """Something of the basket cannot be bought now."""


class AlreadyOwned(Exception):
    """The buyer holds the key to something of the basket already."""


class NotForThem(Exception):
    """They could not use it; the room that owns it says why, in words for them."""


class DifferentCurrencies(Exception):
    """One order is paid in one currency."""


class NotTheBuyer(Exception):
    """The order is somebody else's."""


@retried
def place_order(*, buyer: User, product_ids: Sequence[int], code: str = "", gift: GiftWish | None = None) -> Order:
    """
    Write down what ``buyer`` wants, at today's prices; the same basket at the same prices gives the same waiting order.

    A use of ``code`` is reserved until the order is paid or given up. An order that costs nothing is paid at once.

    :raises NotOnSale: if something of it cannot be bought now.
    :raises AlreadyOwned: if the buyer has it, and it is no gift; a membership can be bought one period ahead.
    :raises NotForThem: if the buyer could not use it, and it is no gift.
    :raises DifferentCurrencies: if it is not all in one currency.
    :raises CouponRefused: if the code does not fit, or is used up.
    """
    # A person's orders are placed one after the other: of two clicks the later one finds what the first one made.
    User.objects.select_for_update(no_key=True).get(pk=buyer.pk)
    products = _on_sale(product_ids)
    if gift is None:
        _require_new(buyer, products)
    wanted = queries.quote(products=products, buyer=None if gift else buyer, code=code)
    if not wanted.lines:
        raise AlreadyOwned
    if gift is None:
        require_use(buyer, [line.product for line in wanted.lines])
    basket = basket_of(products, is_gift=gift is not None)
    waiting = Order.objects.select_for_update().filter(buyer=buyer, basket=basket, state=OrderState.PLACED).first()
    if waiting is not None:
        if _is_as_of_today(waiting, wanted):
            return _with_wish(waiting, gift)
        _give_up(waiting, OrderState.CANCELLED, cause="price_changed")
    return _place(buyer, basket, wanted, products, gift)


def require_use(user: User, products: Iterable[Product]) -> None:
    """
    Let pass what ``user`` could use.

    :raises NotForThem: with the words of the room that owns what they could not.
    """
    for product in products:
        if why := fulfilment.refusal(user, product):
            raise NotForThem(why)


def basket_of(products: Sequence[Product], *, is_gift: bool) -> str:
    """The name of a basket: the products, and whether they are for somebody else."""
    return (GIFT if is_gift else "") + ",".join(str(product.pk) for product in products)


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
    due = Order.objects.filter(state=OrderState.PLACED, expires_at__lte=timezone.now()).order_by("expires_at", "pk")
    return sum(_expire(order) for order in due[:limit])


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
    if any(queries.has(user=buyer, product=product) for product in products if not product.is_bundle):
        raise AlreadyOwned


def _is_as_of_today(order: Order, wanted: Quote) -> bool:
    frozen = {line.product_id: _terms(line, line.price_minor, line.amount_minor) for line in order.lines.all()}
    today = {one.product.pk: _terms(one.product, one.price, one.amount) for one in wanted.lines}
    code = CouponUse.objects.filter(order=order).values_list("code_id", flat=True).first()
    is_same = frozen == today and code == (wanted.code.pk if wanted.code else None)
    return order.expires_at > timezone.now() and is_same


def _terms(thing: OrderLine | Product, price: int, amount: int) -> tuple[int, ...]:
    return price, amount, thing.refund_days, thing.refund_max_progress


def _with_wish(order: Order, gift: GiftWish | None) -> Order:
    if gift is not None:
        Gift.objects.filter(order=order).update(recipient=gift.recipient, message=gift.message)
    return order


@transaction.atomic
def _place(buyer: User, basket: str, wanted: Quote, products: Sequence[Product], gift: GiftWish | None) -> Order:
    order = Order.objects.create(
        buyer=buyer,
        basket=basket,
        bundle=next((product for product in products if product.is_bundle), None),
        total_minor=wanted.total,
        currency=wanted.lines[0].product.currency,
        expires_at=timezone.now() + rules.ORDER_LIVES,
    )
    _freeze(order, wanted)
    if gift is not None:
        Gift.objects.create(order=order, recipient=gift.recipient, message=gift.message)
    if wanted.code is not None:
        redeeming.reserve(code=wanted.code, order=order)
    moving.begin_order(order, by=buyer)
    if not order.total_minor:
        moving.move_order(order, OrderState.PAID, cause="free", by=buyer)
    return order


def _freeze(order: Order, wanted: Quote) -> None:
    lines = OrderLine.objects.bulk_create(_line(order, one) for one in wanted.lines)
    Reduction.objects.bulk_create(
        Reduction(line=line, kind=step.kind, label=step.label[:200], amount_minor=step.amount, rule_id=step.rule_id)
        for line, one in zip(lines, wanted.lines, strict=True)
        for step in one.steps
    )


def _line(order: Order, wanted: Priced) -> OrderLine:
    product, thing = wanted.product, fulfilment.describe(wanted.product)
    return OrderLine(
        order=order,
        product=product,
        creator_id=product.creator_id,
        title=thing.title,
        language=thing.language,
        price_minor=wanted.price,
        discount_minor=wanted.off,
        amount_minor=wanted.amount,
        share_percent=product.share_percent,
        refund_days=product.refund_days,
        refund_max_progress=product.refund_max_progress,
    )
