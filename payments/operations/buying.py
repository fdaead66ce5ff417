"""From the click to where it is paid."""

from collections.abc import Sequence

from accounts.models import User
from payments import providers, rules
from payments.models import Order, Payment, Product
from payments.rules import OrderState, PaymentState

from .ordering import GiftWish, place_order
from .paying import start_payment


class NoWayToPay(Exception):
    """No provider of that name is set up here."""


def check_out(
    *,
    buyer: User,
    product_ids: Sequence[int],
    provider: str,
    code: str = "",
    gift: GiftWish | None = None,
    is_phone: bool = False,
    is_recurring: bool = False,
    payer_address: str = "",
) -> tuple[Order, Payment | None]:
    """
    Place the order, or find the one that waits, and begin to pay it; nothing is begun where nothing is to pay.

    ``is_recurring`` where the buyer lets the provider renew a membership by itself. Calls the provider.

    :raises NoWayToPay: if ``provider`` is not set up, or cannot renew what is to be renewed.
    :raises NotOnSale: and what else ``place_order`` refuses.
    """
    if is_recurring and not _can_recur(provider, product_ids, gift):
        raise NoWayToPay
    order = place_order(buyer=buyer, product_ids=product_ids, code=code, gift=gift)
    if order.state != OrderState.PLACED:
        return order, None
    try:
        return order, start_payment(
            order=order, provider=provider, is_phone=is_phone, is_recurring=is_recurring, payer_address=payer_address
        )
    except providers.NotConfigured as missing:
        raise NoWayToPay from missing


def _can_recur(provider: str, product_ids: Sequence[int], gift: GiftWish | None) -> bool:
    plans = Product.objects.filter(pk__in=product_ids)
    return (
        gift is None
        and len(product_ids) == 1
        and all(rules.renews(plan.period) for plan in plans)
        and any(way.name == provider and way.can_renew for way in providers.available())
    )


def is_open(payment: Payment) -> bool:
    """Whether the buyer can be sent to the provider."""
    return bool(payment.checkout_url) and payment.state in {PaymentState.OPEN, PaymentState.DECLINED}
