"""What one loses and keeps by asking for the money back is said of what was bought, in the reader's language."""

import re
from html import unescape

import pytest
from django.test import Client

from courses import operations as teaching
from forum.tests.grouping import opened
from payments import operations as payments
from payments.models import Product
from payments.providers import Status

pytestmark = pytest.mark.django_db

SAID = {
    "course": (
        (
            "Points that you earned with its lessons are taken back; what you have completed stays on record, "
            "and so do your questions and answers."
        ),
        "学其中课时得到的积分会收回；学完的记录，以及你的提问和回答，都会保留。",
    ),
    "seat": (
        "You leave the group; what you have written there stays.",
        "你会退出小组；你在小组里写下的内容会保留。",
    ),
    "tier": (
        (
            "Points that you earned with lessons of the membership are taken back; "
            "what you have completed stays on record, and so does what you wrote."
        ),
        "学会员课程得到的积分会收回；学完的记录和你写下的内容都会保留。",
    ),
}


@pytest.fixture
def products(ada, tier):
    course = teaching.create_course(by=ada, title="Coffee", language="en", summary="From bean to price.")
    teaching.add_lesson(course=course, section="One", title="Beans", source="They are seeds.")
    teaching.publish_course(course=course, by=ada)
    payments.set_price(
        kind="course", subject=course.key, title="Coffee", amount=19900, currency="CNY", creator=ada, by=ada
    )
    group = opened(ada, "paid", "table", price=9900, currency="CNY")
    plan = payments.set_plan(tier=tier, period="month", amount=3900, currency="CNY", by=ada)
    return {
        "course": Product.objects.get(subject=course.key),
        "seat": Product.objects.get(subject=group.seat_key),
        "tier": plan,
    }


def refund_page(till, buyer, product):
    """What will happen, line by line, after the amount."""
    order, payment = payments.check_out(buyer=buyer, product_ids=[product.pk], provider="till")
    seen = till.happens(payment.provider_id, Status.PAID)
    payments.take_in(payment=payment, seen=seen, cause="payment", is_asked=False)
    client = Client()
    client.force_login(buyer)
    page = client.get(f"{order.get_absolute_url()}refund/").content.decode()
    told = re.search(r'<div class="notice.*?</ul>', page, re.DOTALL)[0]
    return [unescape(line) for line in re.findall(r"<li>(.*?)</li>", told)][1:]


@pytest.mark.parametrize("kind", sorted(SAID))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_speaks_of_what_was_bought(products, till, member, kind, language):
    buyer = member("Cleo", language=language)
    in_english, in_chinese = SAID[kind]
    assert refund_page(till, buyer, products[kind]) == (
        ["What you bought closes at once.", in_english] if language == "en" else ["所购内容立即关闭。", in_chinese]
    )
