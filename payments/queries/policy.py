"""Whether a buyer may have their money back, by the policy that was frozen with the order."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from payments import fulfilment, rules
from payments.models import Order, OrderLine
from payments.rules import OrderState


@dataclass(frozen=True, kw_only=True)
class RefundOffer:
    """
    What a buyer may ask back; ``why_not`` is a code where that is nothing: ``theirs``, ``state``, ``free``, ``never``,
    ``time`` or ``progress``.
    """

    why_not: str
    amount: int
    until: datetime | None
    max_progress: int
    progress: int | None

    @property
    def is_open(self) -> bool:
        """Whether the buyer may ask."""
        return not self.why_not


def refund_offer(*, order: Order, viewer: Any, as_of: datetime | None = None) -> RefundOffer:
    """What ``viewer`` may ask back of ``order`` at this moment; every line must allow it."""
    lines = list(order.lines.select_related("product").order_by("pk"))
    days = min((line.refund_days for line in lines), default=0)
    until = rules.refund_until(paid_at=order.paid_at, days=days) if order.paid_at else None
    progress = _progress(lines, viewer) if order.buyer_id == viewer.pk else None
    offer = {
        "until": until,
        "progress": progress,
        "max_progress": min((x.refund_max_progress for x in lines), default=0),
    }
    refusal = _refusal(order, viewer) or _outside(lines, until, progress, as_of or timezone.now())
    amount = 0 if refusal else order.total_minor - order.refunded_minor
    return RefundOffer(why_not=refusal, amount=amount, **offer)  # type: ignore[arg-type]


def _refusal(order: Order, viewer: Any) -> str:
    if order.buyer_id != viewer.pk:
        return "theirs"
    if order.state != OrderState.PAID:
        return "state"
    return "" if order.total_minor else "free"


def _outside(lines: list[OrderLine], until: datetime | None, progress: int | None, now: datetime) -> str:
    if any(not line.refund_days for line in lines):
        return "never"
    if until is None or now > until:
        return "time"
    limit = min(line.refund_max_progress for line in lines)
    return "progress" if progress is not None and progress > limit else ""


def _progress(lines: list[OrderLine], viewer: Any) -> int | None:
    asked = [(line, fulfilment.of(line.product.kind).progress) for line in lines]
    return max((ask(viewer, line.product.subject) for line, ask in asked if ask), default=None)
