"""What can be bought, and the page on which it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from payments import fulfilment, providers
from payments.models import Entitlement, Product

from .prices import Priced, priced
from .tiers import memberships


@dataclass(frozen=True, kw_only=True)
class CheckoutPage:
    """What a buyer sees before paying; ``summary`` is what ``components/order_summary.html`` shows."""

    product: Product
    thing: fulfilment.Description
    summary: dict[str, Any]
    ways: list[providers.Provider]
    is_owned: bool

    @property
    def is_free(self) -> bool:
        """Whether there is nothing to pay."""
        return self.summary["total"] == 0

    @property
    def form_actions(self) -> tuple[str, ...]:
        """The exact origins that the page's form may lead to."""
        return tuple(sorted({origin for way in self.ways for origin in way.checkout_origins}))


def product_for(subject: str) -> Product | None:
    """What ``subject`` is sold as; None where it is not on sale."""
    return Product.objects.on_sale().filter(subject=subject).first()


def products_for(subjects: Iterable[str]) -> dict[str, Product]:
    """What each of ``subjects`` is sold as, in one query; what is not on sale is left out."""
    return {product.subject: product for product in Product.objects.on_sale().filter(subject__in=list(subjects))}


def checkout_page(*, product_id: int, viewer: Any) -> CheckoutPage | None:
    """The checkout of a product; None where it is not on sale."""
    product = Product.objects.on_sale().filter(pk=product_id).first()
    if product is None:
        return None
    thing = fulfilment.describe(product)
    wanted = priced(products=[product], buyer=viewer)[0]
    return CheckoutPage(
        product=product,
        thing=thing,
        summary=_summary(wanted, thing),
        ways=[] if wanted.amount == 0 else providers.available(),
        is_owned=_is_owned(product, viewer),
    )


def _is_owned(product: Product, viewer: Any) -> bool:
    if product.period:
        own = memberships(user=viewer).get(product.key)
        return own is not None and not own.is_renewable
    return Entitlement.objects.live().filter(user=viewer, key=product.key).exists()


def _summary(wanted: Priced, thing: fulfilment.Description) -> dict[str, Any]:
    product = wanted.product
    line = {
        "title": thing.title if product.period else product.title,
        "lang": thing.language if product.period else product.language,
        "note": thing.note,
        "amount": wanted.price,
        "cover_url": thing.cover_url,
    }
    discounts = [{"text": step.label, "amount": -step.amount} for step in wanted.steps]
    return {"currency": product.currency, "lines": [line], "discounts": discounts, "total": wanted.amount}
