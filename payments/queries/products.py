"""What can be bought, and the page on which it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from payments import fulfilment, providers
from payments.models import Entitlement, Product


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
        return self.product.price_minor == 0

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
    return CheckoutPage(
        product=product,
        thing=thing,
        summary=_summary(product, thing),
        ways=[] if product.price_minor == 0 else providers.available(),
        is_owned=Entitlement.objects.live().filter(user=viewer, key=product.subject).exists(),
    )


def _summary(product: Product, thing: fulfilment.Description) -> dict[str, Any]:
    line = {
        "title": product.title,
        "lang": product.language,
        "note": thing.note,
        "amount": product.price_minor,
        "cover_url": thing.cover_url,
    }
    return {"currency": product.currency, "lines": [line], "discounts": [], "total": product.price_minor}
