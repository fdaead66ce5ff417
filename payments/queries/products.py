"""What can be bought, and the page on which it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from core.ui.formats import need_decimals
from payments import fulfilment, providers, rules
from payments.models import Order, Product
from payments.rules import CouponRefused, OrderState

from .prices import Priced, Quote, quote
from .tiers import has


def way_code(provider: str, *, is_recurring: bool) -> str:
    """What a way to pay is called in forms."""
    return f"{provider}-renewing" if is_recurring else provider


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to pay that a buyer may choose; ``renews_for`` is what each renewal costs where the provider takes it by itself."""

    provider: providers.Provider
    renews_for: int | None = None

    @property
    def code(self) -> str:
        """What the browser sends of it."""
        return way_code(self.provider.name, is_recurring=self.is_recurring)

    @property
    def label(self) -> str | Promise:
        """What it is called."""
        return self.provider.label

    @property
    def is_recurring(self) -> bool:
        """Whether it goes on by itself until it is stopped."""
        return self.renews_for is not None


@dataclass(frozen=True, kw_only=True)
class CheckoutPage:
    """
    What a buyer sees before paying; ``summary`` is what ``components/order_summary.html`` shows.

    ``refusal`` says why the code that was typed does not count, ``objection`` why what is bought would be of no use to them; ``waiting``
    is the order of the same basket that waits, and ``tried`` the way by which it was last tried to pay it.
    """

    product: Product
    thing: fulfilment.Description
    summary: dict[str, Any]
    terms: list[Product]
    ways: list[Way]
    is_owned: bool
    objection: str
    is_gift: bool
    code: str
    refusal: str
    waiting: Order | None
    tried: str

    @property
    def is_free(self) -> bool:
        """Whether there is nothing to pay."""
        return self.summary["total"] == 0

    @property
    def form_actions(self) -> tuple[str, ...]:
        """The exact origins that the page's form may lead to."""
        return tuple(sorted({origin for way in self.ways for origin in way.provider.checkout_origins}))


def product_for(subject: str) -> Product | None:
    """What ``subject`` is sold as; None where it is not on sale."""
    return Product.objects.on_sale().filter(subject=subject).first()


def product_of(subject: str) -> Product | None:
    """What ``subject`` is or was sold as; None where it never was."""
    return Product.objects.filter(subject=subject).first()


def products_for(subjects: Iterable[str]) -> dict[str, Product]:
    """What each of ``subjects`` is sold as, in one query; what is not on sale is left out."""
    return {product.subject: product for product in Product.objects.on_sale().filter(subject__in=list(subjects))}


def checkout_page(*, product_id: int, viewer: Any, code: str = "", is_gift: bool = False) -> CheckoutPage | None:
    """The checkout of a product with ``code`` counted in where it fits; None where it is not on sale."""
    product = Product.objects.on_sale().select_related("tier").filter(pk=product_id).first()
    if product is None:
        return None
    thing = fulfilment.describe(product)
    wanted, refusal = _quoted(product, None if is_gift else viewer, code)
    waiting = _waiting(product, viewer, is_gift=is_gift)
    is_owned = not is_gift and (has(user=viewer, product=product) if not product.is_bundle else not wanted.lines)
    return CheckoutPage(
        product=product,
        thing=thing,
        summary=_summary(product, wanted, thing),
        terms=[line.product for line in wanted.lines],
        ways=_ways(product, wanted, is_gift=is_gift),
        is_owned=is_owned,
        objection="" if is_gift else _objection(viewer, wanted),
        is_gift=is_gift,
        code=wanted.code.code if wanted.code else code,
        refusal=refusal,
        waiting=waiting,
        tried=_tried(waiting),
    )


def _objection(viewer: Any, wanted: Quote) -> str:
    return next(filter(None, (fulfilment.refusal(viewer, line.product) for line in wanted.lines)), "")


def _ways(product: Product, wanted: Quote, *, is_gift: bool) -> list[Way]:
    """Every provider that pays in the currency, and once more where it can renew what is bought."""
    if not wanted.total:
        return []
    lasting = wanted.lines[0].lasting if rules.renews(product.period) and not is_gift else 0
    found = []
    for provider in providers.available(currency=product.currency):
        found.append(Way(provider=provider))
        if lasting and provider.can_renew:
            found.append(Way(provider=provider, renews_for=lasting))
    return found


def _quoted(product: Product, buyer: Any, code: str) -> tuple[Quote, str]:
    try:
        return quote(products=[product], buyer=buyer, code=code), ""
    except CouponRefused as refused:
        return quote(products=[product], buyer=buyer), refused.why


def _waiting(product: Product, viewer: Any, *, is_gift: bool) -> Order | None:
    basket = f"gift:{product.pk}" if is_gift else str(product.pk)
    placed = Order.objects.filter(buyer=viewer, basket=basket, state=OrderState.PLACED)
    return placed.select_related("gift", "coupon_use__code").first()


def _tried(waiting: Order | None) -> str:
    attempt = waiting.payments.order_by("-pk").first() if waiting else None
    return way_code(attempt.provider, is_recurring=attempt.is_recurring) if attempt else ""


def _summary(product: Product, wanted: Quote, thing: fulfilment.Description) -> dict[str, Any]:
    lines = [_shown(one, thing if one.product == product else fulfilment.describe(one.product)) for one in wanted.lines]
    discounts = [{"text": step.label, "amount": -step.amount} for one in wanted.lines for step in one.steps]
    return summed_up(currency=product.currency, lines=lines, discounts=discounts, total=wanted.total)


def summed_up(
    *, currency: str, lines: list[dict[str, Any]], discounts: list[dict[str, Any]], total: int
) -> dict[str, Any]:
    """What ``components/order_summary.html`` shows of a basket or an order, its amounts written alike."""
    shown = merged(discounts)
    amounts = [total, *(line["amount"] for line in lines), *(one["amount"] for one in shown)]
    decimals = need_decimals(amounts=amounts, currency=currency)
    return {"currency": currency, "lines": lines, "discounts": shown, "total": total, "decimals": decimals}


def merged(discounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Reductions of the same name as one: a coupon on three lines is one reduction to whoever pays."""
    sums: dict[str, int] = {}
    for one in discounts:
        sums[one["text"]] = sums.get(one["text"], 0) + one["amount"]
    return [{"text": text, "amount": amount} for text, amount in sums.items()]


def _shown(wanted: Priced, thing: fulfilment.Description) -> dict[str, Any]:
    return {
        "title": thing.title,
        "lang": thing.language,
        "note": thing.note,
        "amount": wanted.price,
        "cover_url": thing.cover_url,
    }
