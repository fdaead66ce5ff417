"""What things cost."""

from django.utils import timezone

from accounts.models import User
from core import audit
from payments.models import Product, Tier

from .retrying import retried

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
