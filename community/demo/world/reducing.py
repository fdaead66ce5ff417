"""What makes things cheaper: a code of the school's, one of a teacher's with single ones, and a public rule in each language."""

from collections.abc import Mapping
from datetime import timedelta

from payments import rules
from payments.models import Coupon, CouponCode, PriceRule

from .catalogue import Shelf
from .people import People
from .plan import Plan

TEACHER = "ada"
SINGLE = 5
WELCOME = "WELCOME"
"""The code that the bar tells visitors of."""
CHEAPER = ("clear-writing-zh", "small-surveys")
"""What costs everybody less at the moment, one in each language."""


def reduce(plan: Plan, people: People, shelves: Mapping[str, Shelf]) -> None:
    """Write the codes and the rules, all of them in force at the world's last minute."""
    ada = people.by_name[TEACHER]
    school = Coupon(name="欢迎 · Welcome", percent=10, starts_at=plan.ago(days=60), created_at=plan.ago(days=61))
    hers = Coupon(
        name="老同学",
        percent=20,
        creator=ada,
        total_cap=100,
        starts_at=plan.ago(days=20),
        created_at=plan.ago(days=20.2),
    )
    school, hers = Coupon.objects.bulk_create([school, hers])
    dice = plan.dice("codes")
    single = [rules.in_groups(dice.choices(rules.UNMISTAKABLE, k=rules.CODE_LETTERS)) for _ in range(SINGLE)]
    CouponCode.objects.bulk_create([
        CouponCode(coupon=school, code=WELCOME, created_at=school.created_at),
        CouponCode(coupon=hers, code="OLDFRIENDS", created_at=hers.created_at),
        *(CouponCode(coupon=hers, code=one, cap=1, created_at=hers.created_at) for one in single),
    ])  # fmt: skip
    PriceRule.objects.bulk_create(_rule(plan, shelves[slug]) for slug in CHEAPER if slug in shelves)


def _rule(plan: Plan, shelf: Shelf) -> PriceRule:
    return PriceRule(
        label_zh="学社生日", label_en="The school’s birthday", percent=20, product=shelf.product, starts_at=plan.ago(days=6),
        ends_at=plan.now + timedelta(days=24), created_at=plan.ago(days=7),
    )  # fmt: skip
