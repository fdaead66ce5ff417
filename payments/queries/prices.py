"""What something costs somebody now, and every reason for it; the reasons are public, and the same for all whom they fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from payments.enums import ReductionKind
from payments.models import OrderLine, Product


@dataclass(frozen=True, kw_only=True)
class Step:
    """One reason why a price is smaller, in the reader's words."""

    kind: str
    label: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A product at the price of this moment."""

    product: Product
    price: int
    steps: tuple[Step, ...] = ()

    @property
    def off(self) -> int:
        """What all reasons take off together."""
        return sum(step.amount for step in self.steps)

    @property
    def amount(self) -> int:
        """What is to be paid."""
        return self.price - self.off


def priced(*, products: Sequence[Product], buyer: Any) -> list[Priced]:
    """What each of ``products`` costs ``buyer`` now, in their order; the number of queries does not grow with theirs."""
    kept = kept_prices(products=products, buyer=buyer)
    return [Priced(product=one, price=one.price_minor, steps=tuple(_kept(one, kept.get(one.pk)))) for one in products]


def kept_prices(*, products: Iterable[Product], buyer: Any) -> dict[int, int]:
    """By id of the plan, the price at which ``buyer`` joined, as long as the membership has not lapsed; one query."""
    plans = [product.pk for product in products if product.period]
    if not plans or not buyer.is_authenticated:
        return {}
    running = Q(entitlements__ends_at__gt=timezone.now()) | Q(entitlements__ends_at__isnull=True)
    lines = OrderLine.objects.filter(
        running, product__in=plans, entitlements__user=buyer, entitlements__ended_at__isnull=True
    )
    kept = Sum("reductions__amount_minor", filter=Q(reductions__kind=ReductionKind.KEPT), default=0)
    return {line.product_id: line.price_minor - line.kept for line in lines.annotate(kept=kept).order_by("pk")}


def _kept(product: Product, kept: int | None) -> list[Step]:
    if kept is None or kept >= product.price_minor:
        return []
    return [Step(kind=ReductionKind.KEPT, label=_("Your old price, kept"), amount=product.price_minor - kept)]
