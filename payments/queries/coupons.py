"""Whether a code can be used, and what it is worth."""

from collections.abc import Sequence

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from payments import rules
from payments.models import Coupon, CouponCode, Product
from payments.rules import CouponRefused


def find(*, code: str) -> CouponCode:
    """
    The code that somebody typed, in whatever case and spacing.

    :raises CouponRefused: if there is none, or it is not its time.
    """
    found = CouponCode.objects.select_related("coupon").filter(code=tidy(code)).first()
    if found is None or found.coupon.ended_at is not None:
        raise CouponRefused("unknown")
    now = timezone.now()
    if found.coupon.starts_at > now:
        raise CouponRefused("early")
    if found.coupon.ends_at is not None and found.coupon.ends_at <= now:
        raise CouponRefused("late")
    return found


def tidy(code: str) -> str:
    """A code as it is stored."""
    # No database takes a NUL, and no code has one.
    return "".join(code.replace("\0", "").split()).upper()[:40]


def products_of(coupon: Coupon) -> set[int]:
    """The ids of the products that ``coupon`` is limited to; empty for all. Asked once for each coupon object."""
    if not hasattr(coupon, "_product_ids"):
        coupon._product_ids = set(coupon.products.values_list("pk", flat=True))  # type: ignore[attr-defined]  # noqa: SLF001
    found: set[int] = coupon._product_ids  # type: ignore[attr-defined]  # noqa: SLF001
    return found


def require_fitting(coupon: Coupon, amounts: Sequence[int]) -> None:
    """
    Pass if ``amounts``, which are those of the lines it holds for, are worth a reduction.

    :raises CouponRefused: if there is none, or they are too little.
    """
    if not sum(amounts):
        raise CouponRefused("scope")
    if sum(amounts) < coupon.minimum_minor:
        raise CouponRefused("minimum")


def worth(coupon: Coupon, amount: int) -> int:
    """What ``coupon`` takes off ``amount``; never more than all of it."""
    if coupon.percent is not None:
        return rules.percent_off(amount=amount, percent=coupon.percent)
    return min(coupon.amount_minor or 0, amount)


def coupons_of(*, creator: User) -> QuerySet[Coupon]:
    """The coupons that ``creator`` has made for what they sell, the latest first, each with how many codes it has."""
    made = Coupon.objects.filter(creator=creator).annotate(codes_count=Count("codes"))
    return made.prefetch_related("products").order_by("-pk")


def shared_codes(coupon: Coupon) -> QuerySet[CouponCode]:
    """The codes that many may use."""
    return coupon.codes.filter(cap__isnull=True).order_by("pk")


def single_codes(coupon: Coupon) -> QuerySet[CouponCode]:
    """The codes for one use each, the latest batch last."""
    return coupon.codes.filter(cap__isnull=False).order_by("pk")


def sold_by(*, creator: User) -> QuerySet[Product]:
    """What ``creator`` sells now."""
    return Product.objects.on_sale().filter(creator=creator, price_minor__gt=0).order_by("title", "pk")
