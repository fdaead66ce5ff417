"""What the page of memberships says of the courses that are included, and what it costs to say it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.models import School
from courses import operations as teaching
from payments import operations as selling
from payments.models import Inclusion, Product, Tier

pytestmark = pytest.mark.django_db


@pytest.fixture
def tier(eli):
    School.objects.create(name_zh="学园", name_en="Lyceum")
    made = Tier.objects.create(slug="reader", name_zh="读者", name_en="Reader")
    made.refresh_from_db()
    Product.objects.create(
        kind="tier", subject=f"{made.key}:month", title="Reader", creator=eli, price_minor=3_900, currency="CNY",
        share_percent=0, tier=made, period="month",
    )  # fmt: skip
    return made


@pytest.fixture
def included(eli, tier):
    def include(title, *, is_published=True):
        course = teaching.create_course(by=eli, title=title, language="en", summary="From grain to loaf.")
        teaching.add_lesson(course=course, section="One", title=f"{title}, the first", source="Flour and water.")
        product = selling.set_price(
            kind="course", subject=course.key, title=title, amount=900, currency="CNY", creator=eli, by=eli
        )
        if is_published:
            teaching.publish_course(course=course, by=eli)
        Inclusion.objects.create(tier=tier, product=product)
        return course

    return include


def queries_of(browser):
    with CaptureQueriesContext(connection) as asked:
        browser.get("/membership/")
    return len(asked)


def test_each_included_course_is_one_click_away(included, page_of):
    bread = included("Bread")
    page = page_of().get("/membership/").content.decode()
    assert f'href="{bread.get_absolute_url()}">Bread</a>' in page


def test_one_that_cannot_be_visited_is_named_only(included, page_of):
    cake = included("Cake", is_published=False)
    page = page_of().get("/membership/").content.decode()
    assert "Cake" in page
    assert cake.get_absolute_url() not in page


def test_three_cost_as_much_as_one(included, page_of):
    browser = page_of()
    included("Bread")
    browser.get("/membership/")
    for_one = queries_of(browser)
    included("Cake")
    included("Rolls")
    assert (queries_of(browser), for_one) == (for_one, 6)
