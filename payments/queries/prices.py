"""
What something costs somebody now, and every reason for it; the reasons are public, and the same for all whom they fit.

Reductions stack in this order, and no further: the price at which a member joined, or a bundle's share; then the largest
public rule that fits; then one coupon. No line and no total falls below zero.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import confirmed_domains
from core.audience import keys_of
from payments import rules
from payments.enums import ReductionKind
from payments.models import BundlePart, CouponCode, Entitlement, OrderLine, Organization, PriceRule, Product

from . import coupons


@dataclass(frozen=True, kw_only=True)
class Step:
    """One reason why a price is smaller, in the reader's words."""

    kind: str
    label: str
    amount: int
    rule_id: int | None = None


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

    @property
    def lasting(self) -> int:
        """What it costs each time it is renewed by itself: what a code or a public rule takes off counts once."""
        return self.price - sum(step.amount for step in self.steps if step.kind == ReductionKind.KEPT)

    def less(self, step: Step) -> "Priced":
        """The same, cheaper by one more reason; a reason that takes nothing off is left out."""
        return replace(self, steps=(*self.steps, step)) if step.amount else self


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a basket costs: its lines, and the code that was counted in."""

    lines: tuple[Priced, ...]
    code: CouponCode | None = None

    @property
    def total(self) -> int:
        """What is to be paid."""
        return sum(line.amount for line in self.lines)


def quote(*, products: Sequence[Product], buyer: Any, code: str = "") -> Quote:
    """
    What ``products`` cost ``buyer`` now, with ``code`` if there is one; ``buyer`` is None for what is to be given away.

    :raises CouponRefused: if the code does not fit this purchase.
    """
    lines = [line for product in products for line in _lines_of(product, buyer)]
    if not code:
        return Quote(lines=tuple(lines))
    found = coupons.find(code=code)
    coupons.require_fitting(found.coupon, [line.amount for line in lines if _fits(found, line, products)])
    return Quote(lines=tuple(_with_coupon(lines, found, products)), code=found)


def priced(*, products: Sequence[Product], buyer: Any) -> list[Priced]:
    """What each of ``products`` costs ``buyer`` now, in their order; the number of queries does not grow with theirs."""
    kept, reductions = kept_prices(products=products, buyer=buyer), _rules(products)
    held = _circles(buyer, reductions)
    return [_with_rule(_kept(one, kept.get(one.pk)), reductions, held) for one in products]


def prices_for(subjects: Iterable[str], *, viewer: Any) -> dict[str, Priced]:
    """What each of ``subjects`` that is on sale costs ``viewer`` now, as ``priced`` has it: for lists of cards."""
    on_sale = list(Product.objects.on_sale().filter(subject__in=list(subjects)))
    return {one.product.subject: one for one in priced(products=on_sale, buyer=viewer)} if on_sale else {}


def kept_prices(*, products: Iterable[Product], buyer: Any) -> dict[int, int]:
    """By id of the plan, the price at which ``buyer`` joined, as long as the membership has not lapsed; one query."""
    plans = [product.pk for product in products if product.period]
    if not plans or buyer is None or not buyer.is_authenticated:
        return {}
    running = Q(entitlements__ends_at__gt=timezone.now()) | Q(entitlements__ends_at__isnull=True)
    lines = OrderLine.objects.filter(
        running, product__in=plans, entitlements__user=buyer, entitlements__ended_at__isnull=True
    )
    kept = Sum("reductions__amount_minor", filter=Q(reductions__kind=ReductionKind.KEPT), default=0)
    return {line.product_id: line.price_minor - line.kept for line in lines.annotate(kept=kept).order_by("pk")}


def bundle_lines(*, bundle: Product, buyer: Any) -> list[Priced]:
    """
    The parts of ``bundle`` that are sold and that ``buyer`` has not got, each at its share of the bundle's price.

    Parts are priced by themselves, so that they may have become cheaper than the bundle, be sold in another currency, or not
    any more: none is ever dearer than by itself, and what cannot be bought is not sold by the way.
    """
    inside = BundlePart.objects.filter(bundle=bundle, product__currency=bundle.currency).select_related("product")
    parts = [part.product for part in inside.order_by("place")]
    weights = [part.price_minor for part in parts]
    shares = rules.split(amount=min(bundle.price_minor, sum(weights)), weights=weights)
    owned = _owned(parts, buyer)
    label = _("Bundle “%(title)s”") % {"title": bundle.title}
    return [
        Priced(product=part, price=part.price_minor).less(
            Step(kind=ReductionKind.BUNDLE, label=label, amount=part.price_minor - share)
        )
        for part, share in zip(parts, shares, strict=True)
        if part.is_on_sale and part.key not in owned
    ]


def kept_label() -> str:
    """What the reduction is called by which a member keeps the price at which they joined."""
    return _("Your old price, kept")


def _lines_of(product: Product, buyer: Any) -> list[Priced]:
    return bundle_lines(bundle=product, buyer=buyer) if product.is_bundle else priced(products=[product], buyer=buyer)


def _owned(parts: Sequence[Product], buyer: Any) -> set[str]:
    if buyer is None or not buyer.is_authenticated:
        return set()
    held = Entitlement.objects.live().filter(user=buyer, key__in=[part.key for part in parts])
    return set(held.values_list("key", flat=True))


def _kept(product: Product, kept: int | None) -> Priced:
    plain = Priced(product=product, price=product.price_minor)
    if kept is None or kept >= product.price_minor:
        return plain
    return plain.less(Step(kind=ReductionKind.KEPT, label=kept_label(), amount=product.price_minor - kept))


def _rules(products: Sequence[Product]) -> list[PriceRule]:
    ours = Q(product__in=[product.pk for product in products]) | Q(product__isnull=True)
    return list(PriceRule.objects.in_force(at=timezone.now()).filter(ours).select_related("tier", "organization"))


def _circles(buyer: Any, reductions: Sequence[PriceRule]) -> frozenset[str]:
    """The keys of tiers and organizations that ``buyer`` holds, as far as ``reductions`` ask for them."""
    if buyer is None or not buyer.is_authenticated:
        return frozenset()
    held = keys_of(buyer) if any(rule.tier_id for rule in reductions) else frozenset[str]()
    return held | _organizations(buyer) if any(rule.organization_id for rule in reductions) else held


def _organizations(buyer: Any) -> frozenset[str]:
    theirs = Organization.objects.filter(domains__overlap=sorted(confirmed_domains(buyer)))
    return frozenset(one.key for one in theirs)


def _with_rule(line: Priced, reductions: list[PriceRule], held: frozenset[str]) -> Priced:
    fitting = [rule for rule in reductions if _rule_fits(rule, line.product, held)]
    if not fitting:
        return line
    best = max(fitting, key=lambda rule: (rule.percent, -rule.pk))
    off = rules.percent_off(amount=line.amount, percent=best.percent)
    return line.less(Step(kind=ReductionKind.RULE, label=best.label, amount=off, rule_id=best.pk))


def _rule_fits(rule: PriceRule, product: Product, held: frozenset[str]) -> bool:
    is_ours = rule.product_id == product.pk or (
        rule.product_id is None and not product.period and not product.is_bundle
    )
    return is_ours and (rule.whose is None or rule.whose.key in held)


def _fits(code: CouponCode, line: Priced, products: Sequence[Product]) -> bool:
    coupon, named = code.coupon, coupons.products_of(code.coupon)
    sold_as = {line.product.pk, *(product.pk for product in products)}
    return (
        line.product.currency == coupon.currency
        and (coupon.creator_id is None or coupon.creator_id == line.product.creator_id)
        and (not named or not named.isdisjoint(sold_as))
    )


def _with_coupon(lines: Sequence[Priced], code: CouponCode, products: Sequence[Product]) -> list[Priced]:
    weights = [line.amount if _fits(code, line, products) else 0 for line in lines]
    off = coupons.worth(code.coupon, sum(weights))
    label = _("Coupon %(code)s") % {"code": code.code}
    shares = rules.split(amount=off, weights=weights)
    return [
        line.less(Step(kind=ReductionKind.COUPON, label=label, amount=share))
        for line, share in zip(lines, shares, strict=True)
    ]
