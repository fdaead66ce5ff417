"""What a guest reads of membership on the front page."""

import pytest

from community.models import School
from courses import operations as teaching
from payments.models import Inclusion, Product, Tier
from payments.operations import set_price

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


class TestRefunds:
    TERMS = {
        "some studied": [(14, 30), (14, 30)],
        "all studied": [(7, 100)],
        "different": [(14, 30), (7, 30)],
        "none": [(0, 100)],
        "nothing for sale": [],
    }

    @pytest.mark.parametrize(
        ("case", "answer"),
        [
            (
                "some studied",
                "Yes, within 14 days and as long as no more than 30 % is studied, by one button on your order.",
            ),
            ("all studied", "Yes, within 7 days, by one button on your order."),
            ("different", "Each course says so beside its price."),
            ("none", "Each course says so beside its price."),
            ("nothing for sale", "Each course says so beside its price."),
        ],
    )
    def test_the_answer_leaves_out_no_condition(self, ada, page_of, case, answer):
        for number, (days, percent) in enumerate(self.TERMS[case]):
            course = teaching.create_course(by=ada, title=f"Bread {number}", language="en", summary="From flour.")
            teaching.add_lesson(course=course, section="One", title="Flour", source="Flour.", is_preview=True)
            teaching.publish_course(course=course, by=ada)
            set_price(
                kind="course", subject=course.key, title=course.title, amount=900, currency="CNY", creator=ada, by=ada,
                language="en", refund_days=days, refund_max_progress=percent,
            )  # fmt: skip
        answers = {one["question"]: one["answer"] for one in page_of().get("/").context["answers"]}
        assert answers["Can I get my money back?"] == answer
