"""Two courses of one teacher at one price, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from payments.models import BundlePart, Product
from payments.models.products import BUNDLE

from .catalogue import Shelf
from .people import OWNER, People


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What a bundle is called, what is in it, and what it costs."""

    slug: str
    title: str
    courses: tuple[str, str]
    price: int


PAIRS = (
    Pair(slug="the-shops-numbers", title="小店的数字：两门课一起", courses=("shop-dashboard", "coffee-pricing"), price=12_800),
    Pair(slug="written-twice", title="Write it, then edit it", courses=("plain-writing-en", "editing-is-writing"), price=17_900),
)  # fmt: skip


def bundle(people: People, shelves: Mapping[str, Shelf]) -> None:
    """Sell together what belongs together, as far as this world has it; on the day after the later one came out."""
    for pair in PAIRS:
        parts = [shelves[slug] for slug in pair.courses if slug in shelves]
        if len(parts) == len(pair.courses):
            _sell(pair, parts, people)


def _sell(pair: Pair, parts: list[Shelf], people: People) -> None:
    first = parts[0].product
    product = Product.objects.create(
        kind=BUNDLE, subject=f"{BUNDLE}:{pair.slug}", title=pair.title, language=first.language, creator=people.by_name[OWNER],
        price_minor=pair.price, currency=first.currency, created_at=max(one.out_at for one in parts) + timedelta(days=1),
    )  # fmt: skip
    BundlePart.objects.bulk_create(
        BundlePart(bundle=product, product=one.product, place=place) for place, one in enumerate(parts)
    )
