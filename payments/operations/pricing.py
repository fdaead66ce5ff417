"""What things cost."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from core import audit
from payments.models import BundlePart, Organization, PriceRule, Product, Tier
from payments.models.products import BUNDLE

from .retrying import retried


class NoBundle(Exception):
    """A bundle is in one currency, and not dearer than its parts."""


_PRICED = ("price_minor", "currency", "share_percent", "refund_days", "refund_max_progress")


@retried
def set_price(
    *,
    kind: str,
    subject: str,
    title: str,
    amount: int,
    currency: str,
    creator: User,
    by: User | None,
    language: str = "",
    share_percent: int | None = None,
    refund_days: int | None = None,
    refund_max_progress: int | None = None,
    tier: Tier | None = None,
    period: str = "",
) -> Product:
    """
    Put ``subject`` on sale for ``amount`` minor units, or change its terms; orders that were placed keep theirs.

    Terms that are None stay as they are. A change of price or terms is on record.
    """
    product = Product.objects.select_for_update().filter(subject=subject).first() or Product(subject=subject)
    before = _terms(product) if product.pk else None
    product.kind, product.title, product.language, product.creator = kind, title, language, creator
    product.price_minor, product.currency, product.withdrawn_at = amount, currency, None
    product.tier, product.period = tier, period
    terms = {"share_percent": share_percent, "refund_days": refund_days, "refund_max_progress": refund_max_progress}
    for name, value in terms.items():
        if value is not None:
            setattr(product, name, value)
    product.full_clean(exclude=["creator"], validate_unique=False)
    product.save()
    after = _terms(product)
    if before != after:
        audit.record(by=by, act="payments.set_price", subject=subject, before=before, after=after)
    return product


@retried
def set_bundle(
    *,
    slug: str,
    title: str,
    products: Sequence[Product],
    amount: int,
    by: User,
    language: str = "",
    creator: User | None = None,
) -> Product:
    """
    Sell ``products`` together at ``amount``; each keeps its own terms and its creator's share, in proportion to its price.

    :raises NoBundle: if that is dearer than one by one, or not all in one currency.
    """
    currencies = {product.currency for product in products}
    if len(currencies) != 1 or amount > sum(product.price_minor for product in products):
        raise NoBundle
    bundle = set_price(
        kind=BUNDLE, subject=f"bundle:{slug}", title=title, amount=amount, currency=currencies.pop(), creator=creator or by, by=by,
        language=language,
    )  # fmt: skip
    BundlePart.objects.filter(bundle=bundle).exclude(product__in=products).delete()
    for place, product in enumerate(products):
        BundlePart.objects.update_or_create(bundle=bundle, product=product, defaults={"place": place})
    return bundle


@retried
def set_rule(
    *,
    label_zh: str,
    label_en: str,
    percent: int,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    product: Product | None = None,
    tier: Tier | None = None,
    organization: Organization | None = None,
) -> PriceRule:
    """
    Make things cheaper for a time, for everybody, for the members of ``tier`` or for the people of ``organization``.

    It is public, and on record.
    """
    rule = PriceRule(
        label_zh=label_zh, label_en=label_en, percent=percent, product=product, tier=tier, organization=organization,
        starts_at=starts_at, ends_at=ends_at,
    )  # fmt: skip
    rule.full_clean()
    rule.save()
    subject = product.subject if product else f"rule:{rule.pk}"
    audit.record(by=by, act="payments.set_rule", subject=subject, after=_said(rule))
    return rule


@retried
def end_rule(*, rule: PriceRule, by: User) -> None:
    """End a price rule before its time; orders that wait keep their price."""
    if PriceRule.objects.filter(pk=rule.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        audit.record(by=by, act="payments.end_rule", subject=f"rule:{rule.pk}")


@retried
def change_terms(*, product: Product, by: User) -> None:
    """Save the price and terms that ``product`` carries now, on record with what they were; orders that were placed keep theirs."""
    before = Product.objects.select_for_update().get(pk=product.pk)
    product.full_clean(exclude=["creator"], validate_unique=False)
    product.save(update_fields=_PRICED)
    was, now = _terms(before), _terms(product)
    if was != now:
        audit.record(by=by, act="payments.set_price", subject=product.subject, before=was, after=now)


@retried
def withdraw(*, subject: str, by: User | None) -> None:
    """Take ``subject`` off sale; who has it keeps it."""
    taken = Product.objects.filter(subject=subject, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now())
    if taken:
        audit.record(by=by, act="payments.withdraw", subject=subject)


def _terms(product: Product) -> dict[str, int | str]:
    return {name: getattr(product, name) for name in _PRICED}


def _said(rule: PriceRule) -> dict[str, int | str | None]:
    whose = rule.whose
    until = rule.ends_at.isoformat()
    return {"rule": rule.pk, "percent": rule.percent, "for": whose.key if whose else "everybody", "until": until}
