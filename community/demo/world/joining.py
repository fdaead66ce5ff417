"""What membership costs and gives: two tiers, with courses that are really included."""

from collections.abc import Mapping, Sequence
from typing import Any

from payments.models import Inclusion, Product, Tier
from payments.rules import Period

from .catalogue import Shelf
from .money import Sale
from .people import OWNER, People
from .plan import DAYS, Plan

READER = 8
"""How many of the paid courses are included for readers."""

TIERS: tuple[dict[str, Any], ...] = (
    {
        "slug": "reader", "name_zh": "读者", "name_en": "Reader", "trial_days": 7,
        "about_zh": "想先读一阵子，再决定学哪一门。", "about_en": "To read for a while before you choose a course.",
        "gives_zh": ["每一课下面都能提问，教课的人看得到", "以后涨价，你续费还是老价格"],
        "gives_en": ["Ask under every included lesson; its teacher reads it", "The price at which you join stays yours"],
        "plans": {Period.MONTH: 3900, Period.QUARTER: 9900, Period.YEAR: 36000},
    },
    {
        "slug": "companion", "name_zh": "同行", "name_en": "Companion", "trial_days": 0,
        "about_zh": "什么都想看看，打算待上一年。", "about_en": "For those who want to read everything and mean to stay.",
        "gives_zh": ["学社现在的每一门课", "以后涨价，你续费还是老价格"],
        "gives_en": ["Every course that the school has today", "The price at which you join stays yours"],
        "plans": {Period.QUARTER: 26900, Period.YEAR: 89900, Period.LIFETIME: 299900},
    },
)  # fmt: skip


def offer(plan: Plan, people: People, shelves: Mapping[str, Shelf], seats: Sequence[Sale]) -> None:
    """Offer both tiers; the first includes some of the courses, the second all of them, and what ``seats`` are sold of."""
    products = [shelf.product for shelf in shelves.values()]
    everything = [*products, *dict.fromkeys(one.product for one in seats)]
    for place, described in enumerate(TIERS):
        plans = described["plans"]
        fields = {name: value for name, value in described.items() if name != "plans"}
        tier = Tier.objects.create(**fields, place=place, created_at=plan.ago(days=DAYS))
        tier.refresh_from_db()
        Product.objects.bulk_create(_plan(plan, people, tier, period, price) for period, price in plans.items())
        included = [one for one in products if one.price_minor][:READER] if place == 0 else everything
        Inclusion.objects.bulk_create(
            Inclusion(tier=tier, product=product, since=plan.ago(days=DAYS / 2)) for product in included
        )


def _plan(plan: Plan, people: People, tier: Tier, period: str, price: int) -> Product:
    return Product(
        kind="tier", subject=f"{tier.key}:{period}", title=f"{tier.name_zh} · {tier.name_en}", creator=people.by_name[OWNER],
        price_minor=price, currency="CNY", share_percent=0, refund_days=7, refund_max_progress=100, tier=tier, period=period,
        created_at=plan.ago(days=DAYS),
    )  # fmt: skip
