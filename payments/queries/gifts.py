"""Gifts and bundles, as those see them who did not buy them yet."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from payments import fulfilment
from payments.models import BundlePart, Gift, OrderLine, Product
from payments.rules import OrderState

from .prices import Priced, bundle_lines


@dataclass(frozen=True, kw_only=True)
class GiftPage:
    """What whoever holds the link of a gift sees: from whom, what, and whether it can still be claimed."""

    gift: Gift
    lines: list[OrderLine]
    things: list[fulfilment.Description]
    is_mine: bool

    @property
    def keys(self) -> list[str]:
        """What it opens."""
        return [line.product.key for line in self.lines]

    @property
    def is_there(self) -> bool:
        """Whether it can be claimed: its time is not over, and the giver has not taken it back."""
        is_in_time = self.gift.expires_at is not None and self.gift.expires_at > timezone.now()
        return is_in_time and self.gift.order.state == OrderState.PAID


@dataclass(frozen=True, kw_only=True)
class BundlePage:
    """A bundle with its parts at the viewer's shares; those that the viewer has are left out of ``lines``."""

    bundle: Product
    lines: list[Priced]
    things: list[fulfilment.Description]
    keys: list[str]
    """What all of its parts open, those of the viewer's among them."""
    is_over: bool
    """Whether none of its parts is sold any more."""

    @property
    def amount(self) -> int:
        """What the viewer pays."""
        return sum(line.amount for line in self.lines)

    @property
    def apart(self) -> int:
        """What the same things cost one by one."""
        return sum(line.price for line in self.lines)


def gift_page(*, token: str, viewer: Any) -> GiftPage | None:
    """The gift behind a link; None where there is none, or it was never paid for."""
    gift = Gift.objects.select_related("order__buyer").filter(token=token, expires_at__isnull=False).first()
    if gift is None:
        return None
    bought = list(gift.order.lines.select_related("product__tier").order_by("pk"))
    lines = [line for line in bought if not line.is_given_back] or bought
    return GiftPage(
        gift=gift,
        lines=lines,
        things=[fulfilment.describe(line.product) for line in lines],
        is_mine=viewer.is_authenticated and gift.claimed_by_id == viewer.pk,
    )


def bundle_page(*, slug: str, viewer: Any) -> BundlePage | None:
    """A bundle that is on sale; None where there is none of that name."""
    bundle = Product.objects.on_sale().filter(subject=f"bundle:{slug}", kind="bundle").first()
    if bundle is None:
        return None
    lines = bundle_lines(bundle=bundle, buyer=viewer)
    things = [fulfilment.describe(line.product) for line in lines]
    parts = [
        part.product for part in BundlePart.objects.filter(bundle=bundle).select_related("product").order_by("place")
    ]
    is_over = not any(part.is_on_sale and part.currency == bundle.currency for part in parts)
    return BundlePage(bundle=bundle, lines=lines, things=things, keys=[part.key for part in parts], is_over=is_over)


def bundles_with(*, product: Product) -> list[Product]:
    """The bundles on sale that ``product`` is a part of."""
    return list(Product.objects.on_sale().filter(parts__product=product).order_by("pk"))


def bundle_address(bundle: Product) -> str:
    """Where a bundle is shown to everybody."""
    return reverse("payments:bundle", args=[bundle.subject.removeprefix("bundle:")])
