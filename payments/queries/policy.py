"""Whether a buyer may have their money back, by the policy that was frozen with the order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from payments import fulfilment, rules
from payments.models import Gift, Order, OrderLine
from payments.rules import OrderState


@dataclass(frozen=True, kw_only=True)
class RefundOffer:
    """
    What a buyer may ask back, and of which lines; ``why_not`` is a code where that is nothing: ``theirs``, ``state``,
    ``free``, ``never``, ``time``, ``progress`` or ``claimed``.
    """

    why_not: str
    amount: int
    line_ids: frozenset[int]
    until: datetime | None
    max_progress: int
    progress: int | None

    @property
    def is_open(self) -> bool:
        """Whether the buyer may ask."""
        return not self.why_not


@dataclass(frozen=True)
class _Judged:
    line: OrderLine
    progress: int | None
    why_not: str


def refund_offer(*, order: Order, viewer: Any, as_of: datetime | None = None) -> RefundOffer:
    """What ``viewer`` may ask back of ``order`` at this moment: every line that its own policy allows, or an unclaimed gift."""
    lines = list(order.lines.select_related("product").order_by("pk"))
    refusal = _refusal(order, viewer)
    gift = Gift.objects.filter(order=order).first()
    judged = [_judge(line, order, gift, as_of or timezone.now()) for line in lines]
    back = [] if refusal else [one.line for one in judged if not one.why_not and one.line.kept_minor]
    if not refusal and not back:
        refusal = next((one.why_not for one in judged if one.why_not), "state")
    return RefundOffer(
        why_not=refusal,
        amount=sum(line.kept_minor for line in back),
        line_ids=frozenset(line.pk for line in back),
        until=_until(order, lines, gift),
        progress=None
        if refusal == "theirs"
        else max((one.progress for one in judged if one.progress is not None), default=None),
        max_progress=min((line.refund_max_progress for line in lines), default=0),
    )


def _refusal(order: Order, viewer: Any) -> str:
    if order.buyer_id != viewer.pk:
        return "theirs"
    if order.state != OrderState.PAID:
        return "state"
    return "" if order.total_minor else "free"


def _judge(line: OrderLine, order: Order, gift: Gift | None, now: datetime) -> _Judged:
    if gift is not None:
        return _Judged(line, None, "claimed" if gift.claimed_at else "")
    progress = _progress(line, order)
    return _Judged(line, progress, _outside(line, order, progress, now))


def _outside(line: OrderLine, order: Order, progress: int | None, now: datetime) -> str:
    if not line.refund_days:
        return "never"
    if order.paid_at is None or now > rules.refund_until(paid_at=order.paid_at, days=line.refund_days):
        return "time"
    return "progress" if progress is not None and progress > line.refund_max_progress else ""


def _until(order: Order, lines: list[OrderLine], gift: Gift | None) -> datetime | None:
    if gift is not None:
        return gift.expires_at
    days = min((line.refund_days for line in lines), default=0)
    return rules.refund_until(paid_at=order.paid_at, days=days) if order.paid_at else None


def _progress(line: OrderLine, order: Order) -> int | None:
    ask = fulfilment.of(line.product.kind).progress
    return ask(order.buyer, line.product.subject) if ask else None
