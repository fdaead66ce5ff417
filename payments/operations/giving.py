"""Gifts: bought by one, claimed by another, given back to the giver when nobody comes."""

from django.utils import timezone

from accounts.models import User
from core import events
from payments import queries
from payments.enums import Cause, RefundCause
from payments.events import GiftClaimed
from payments.models import Gift, Order
from payments.rules import OrderState

from . import moving, periods, refunding
from .granting import grant
from .ordering import AlreadyOwned, require_use
from .retrying import retried


class GiftGone(Exception):
    """The gift cannot be claimed: ``why`` is ``claimed``, ``expired``, ``taken_back`` or ``unpaid``."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@retried
def claim_gift(*, gift: Gift, by: User) -> Gift:
    """
    Let ``by`` have what was given; claiming it again changes nothing, and nobody else can.

    :raises GiftGone: if somebody else was quicker, its time is over, or the giver has it back.
    :raises AlreadyOwned: if ``by`` has all of it; the link stays open for somebody else.
    :raises NotForThem: if ``by`` could not use something of it; the link stays open too.
    """
    order = moving.lock_order(gift.order_id)
    gift = Gift.objects.select_for_update().get(pk=gift.pk)
    if gift.claimed_by_id == by.pk:
        return gift
    _require_open(gift, order)
    # Their own order of the same thing may be paid at this moment.
    periods.lock(user_id=by.pk)
    lines = [line for line in order.lines.select_related("product").order_by("pk") if not line.is_given_back]
    if all(queries.has(user=by, product=line.product) for line in lines):
        raise AlreadyOwned
    require_use(by, [line.product for line in lines])
    gift.claimed_by, gift.claimed_at = by, timezone.now()
    gift.save(update_fields=["claimed_by", "claimed_at"])
    for line in lines:
        grant(user=by, product=line.product, cause=Cause.GIFT, line=line, by=order.buyer)
    fact = GiftClaimed(gift_id=gift.pk, order_id=order.pk, giver_id=order.buyer_id, user_id=by.pk)
    events.publish(fact, by=by, subject=f"order:{order.pk}")
    return gift


def return_gifts(*, limit: int = 50) -> int:
    """Give back what nobody has claimed in its time; return how many there were."""
    due = Gift.objects.filter(claimed_at__isnull=True, expires_at__lte=timezone.now(), order__state=OrderState.PAID)
    return sum(_return(gift) for gift in due.filter(order__total_minor__gt=0).order_by("expires_at")[:limit])


@retried
def _return(gift: Gift) -> bool:
    order = moving.lock_order(gift.order_id)
    gift = Gift.objects.select_for_update().get(pk=gift.pk)
    if order.state != OrderState.PAID or gift.claimed_at is not None:
        return False
    left = order.total_minor - order.refunded_minor
    refunding.decide(payment=refunding.counted(order), amount=left, cause=RefundCause.UNCLAIMED)
    return True


def _require_open(gift: Gift, order: Order) -> None:
    if gift.claimed_at is not None:
        raise GiftGone("claimed")
    if order.state == OrderState.PLACED:
        raise GiftGone("unpaid")
    if order.state != OrderState.PAID:
        raise GiftGone("taken_back")
    if gift.expires_at is None or gift.expires_at <= timezone.now():
        raise GiftGone("expired")
