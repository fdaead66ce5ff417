"""What a guest reads of membership on the front page."""

import pytest

from community.models import School
from payments.models import Inclusion, Product, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _school():
    School.objects.create(name_zh="学园", name_en="Lyceum")


@pytest.fixture
def tier(eli):
    made = Tier.objects.create(
        slug="reader", name_zh="读者", name_en="Reader", gives_zh=["答疑"], gives_en=["A question hour"]
    )
    made.refresh_from_db()
    for period, price in (("year", 35_900), ("month", 3_900)):
        Product.objects.create(
            kind="tier", subject=f"{made.key}:{period}", title="Reader", creator=eli, price_minor=price, currency="CNY",
            share_percent=0, tier=made, period=period,
        )  # fmt: skip
    course = Product.objects.create(
        kind="course", subject="course:1", title="Bread", creator=eli, price_minor=900, currency="CNY"
    )
    Inclusion.objects.create(tier=made, product=course)
    return made


def test_it_says_what_membership_gives_and_with_which_price_one_can_begin(tier, page_of):
    page = page_of().get("/")
    [shown] = page.context["tiers"]
    assert (shown["tier"], shown["gives"], shown["plan"]["amount"]) == (
        tier, ["1 course included", "A question hour"], 3_900,
    )  # fmt: skip
    assert 'href="/membership/#reader"' in page.content.decode()


def test_a_school_without_membership_does_not_speak_of_it(page_of):
    assert "What membership costs" not in page_of().get("/").content.decode()
