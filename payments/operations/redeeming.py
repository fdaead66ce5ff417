"""Coupons: a use is reserved with the order, confirmed with the money, released with the order that is given up."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from core import audit
from payments.models import Coupon, CouponCode, CouponUse, Order, Product
from payments.queries.coupons import tidy
from payments.rules import CouponRefused, UseState

from .retrying import retried

MOST_CODES = 10_000


def reserve(*, code: CouponCode, order: Order) -> CouponUse:
    """
    Take one use of ``code`` for ``order``; the rows of coupon and code stay locked until the transaction ends.

    :raises CouponRefused: if there is none left, for all or for this buyer.
    """
    # One conditional UPDATE each: of many who come at once, as many get through as there are uses.
    is_free = Q(total_cap__isnull=True) | Q(used__lt=F("total_cap"))
    if not Coupon.objects.filter(is_free, pk=code.coupon_id, ended_at__isnull=True).update(used=F("used") + 1):
        raise CouponRefused("used_up")
    if not CouponCode.objects.filter(Q(cap__isnull=True) | Q(used__lt=F("cap")), pk=code.pk).update(used=F("used") + 1):
        raise CouponRefused("used_up")
    try:
        with transaction.atomic():
            return _take_slot(code, order)
    except IntegrityError as taken:
        raise CouponRefused("yours") from taken


def confirm(order: Order) -> None:
    """The order was paid: its use of a coupon stays used, whatever becomes of the order."""
    CouponUse.objects.filter(order=order, state=UseState.RESERVED).update(state=UseState.CONFIRMED)


def release(order: Order) -> None:
    """The order was given up: its use is free again."""
    use = CouponUse.objects.select_for_update().filter(order=order, state=UseState.RESERVED).first()
    if use is not None:
        Coupon.objects.filter(pk=use.coupon_id).update(used=F("used") - 1)
        CouponCode.objects.filter(pk=use.code_id).update(used=F("used") - 1)
        use.state = UseState.RELEASED
        use.save(update_fields=["state"])


@retried
def make_coupon(
    *,
    by: User,
    name: str,
    percent: int | None = None,
    amount: int | None = None,
    currency: str = "CNY",
    creator: User | None = None,
    products: tuple[Product, ...] = (),
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    total_cap: int | None = None,
    per_person: int = 1,
    minimum: int = 0,
) -> Coupon:
    """Write down terms for codes, on record; ``creator`` limits it to what that person sells."""
    coupon = Coupon(
        name=name, percent=percent, amount_minor=amount, currency=currency, creator=creator, starts_at=starts_at or timezone.now(),
        ends_at=ends_at, total_cap=total_cap, per_person=per_person, minimum_minor=minimum,
    )  # fmt: skip
    coupon.full_clean(exclude=["creator"])
    coupon.save()
    coupon.products.set(products)
    audit.record(
        by=by,
        act="payments.coupon",
        subject=f"coupon:{coupon.pk}",
        after={"percent": percent, "amount": amount, "cap": total_cap},
    )
    return coupon


@retried
def share_code(*, coupon: Coupon, code: str) -> CouponCode:
    """Give ``coupon`` a code that many may use; the caps of the coupon hold."""
    return CouponCode.objects.create(coupon=coupon, code=tidy(code))


@retried
def make_codes(*, coupon: Coupon, count: int, by: User) -> list[CouponCode]:
    """
    Give ``coupon`` a batch of ``count`` codes of 60 random bits, each for one use.

    :raises ValueError: for more than ten thousand at once.
    """
    if not 0 < count <= MOST_CODES:
        raise ValueError(count)
    codes = CouponCode.objects.bulk_create(CouponCode(coupon=coupon, cap=1) for _ in range(count))
    audit.record(by=by, act="payments.coupon_codes", subject=f"coupon:{coupon.pk}", after={"count": count})
    return codes


@retried
def end_coupon(*, coupon: Coupon, by: User) -> None:
    """Let nobody use ``coupon`` any more; orders that wait with it keep their price."""
    if Coupon.objects.filter(pk=coupon.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        audit.record(by=by, act="payments.end_coupon", subject=f"coupon:{coupon.pk}")


def _take_slot(code: CouponCode, order: Order) -> CouponUse:
    held = CouponUse.objects.filter(coupon=code.coupon, user=order.buyer_id).exclude(state=UseState.RELEASED)
    taken = set(held.values_list("slot", flat=True))
    slots = code.coupon.per_person
    free = next((slot for slot in range(1, slots + 1) if slot not in taken), None)
    if free is None:
        raise CouponRefused("yours")
    return CouponUse.objects.create(
        coupon=code.coupon, code=code, user_id=order.buyer_id, order=order, slot=free, slots=slots
    )
